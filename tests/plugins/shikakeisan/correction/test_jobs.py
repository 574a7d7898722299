"""Late documents become proposals; batches are tried, sampled, signed by another person, and written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.access.actor import SYSTEM, Actor, ActorKind
from core.errors import JuminzeiError, SelfApproval
from core.jobs import service as jobs
from core.jobs.state import JobState, JobStatus
from core.jobs.types import JobType
from core.jobs.worker import Worker
from plugins.shikakeisan.correction import batch_queries
from plugins.shikakeisan.correction import jobs as correction_jobs
from plugins.shikakeisan.correction.batches import (
    Plan,
    Selection,
    look_at,
    plan_batch,
    propose_batch,
    reject_batch,
    sign_off,
)
from plugins.shikakeisan.correction.errors import (
    EventRequired,
    ProposalSettled,
    SampleUnseen,
    SelectionUnknown,
)
from plugins.shikakeisan.correction.jobs import DRY, LATE, WRITE
from plugins.shikakeisan.correction.service import approve
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR
from tests.plugins.shikakeisan.closing.conftest import City, city
from tests.plugins.shikakeisan.correction.conftest import CLERK, OTHER, Office, someone
from tests.plugins.shikakeisan.correction.papers import Paper

__all__ = ["city"]

CLERK_ACTOR = Actor(ActorKind.STAFF, CLERK, grants=frozenset())
REASON = "期限後の資料"
LATER = datetime(2026, 7, 10, tzinfo=UTC)


async def run(
    office: Office, kind: JobType, parameters: Mapping[str, Any], actor: Actor = CLERK_ACTOR
) -> JobStatus:
    async with office.year.database.transaction() as session:
        job_id = await jobs.enqueue(session, kind, parameters, actor)
    await Worker(office.year.runtime, office.year.database).work_once()
    async with office.year.database.read() as session:
        status = await jobs.get(session, job_id)
    assert status.error_code is None, status
    return status


async def late(office: Office) -> Mapping[str, int]:
    status = await run(office, LATE, {"tax_year": TAX_YEAR, "reason": REASON})
    return status.result  # type: ignore[return-value]  # counts of the job


async def proposals(office: Office) -> Sequence[Any]:
    return await office.year.rows("SELECT * FROM shikakeisan.proposal ORDER BY id")


async def test_late_documents_become_one_proposal_per_person_whose_tax_changes(office: Office) -> None:
    first, second, third = await office.settle(someone(), someone(), someone())
    new = await office.file(first, someone({"salary": 1_000_000}))
    await office.file(third, Paper({}, kind="salary_report"))

    counts = await late(office)

    [row] = await proposals(office)
    assert (row.person_id, row.kind, row.state, row.proposed_by) == (
        first,
        "late_document",
        "proposed",
        CLERK,
    )
    assert list(row.documents) == [new]
    assert counts["proposed"] == 1
    assert {len(await office.year.revisions(one)) for one in (first, second, third)} == {1}


async def test_an_approved_late_document_counts(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.file(person, someone({"salary": 1_000_000}))
    await late(office)
    [row] = await proposals(office)

    done = await office.approve(row.id)

    assert (done.is_approved, done.revision) == (True, 2)
    [_, second] = await office.year.revisions(person)
    assert second.payable == row.after["figures"]["payable"] > row.before["figures"]["payable"]
    assert (await late(office)).get("proposed") is None


async def test_asking_again_proposes_nothing_twice(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.file(person, someone({"salary": 1_000_000}))
    await late(office)

    counts = await late(office)

    assert (counts["waiting"], counts.get("proposed")) == (1, None)
    assert len(await proposals(office)) == 1


async def test_a_newer_document_replaces_the_waiting_proposal(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.file(person, someone({"salary": 1_000_000}))
    await late(office)
    await office.file(person, someone({"salary": 2_000_000}))

    await late(office)

    assert [row.state for row in await proposals(office)] == ["stale", "proposed"]


async def test_what_was_filed_after_the_notice_is_held_back(office: Office) -> None:
    [person] = await office.settle(someone())
    said = {"filed_on": "2026-07-10", "futures_loss_used": 300_000}
    paper = Paper({"salary": 5_500_000, "futures": 500_000}, "tax_return", said, accepted_at=LATER)
    await office.file(person, paper)
    await late(office)

    [row] = await proposals(office)

    assert [(one["path"], one["rule"]) for one in row.held_back] == [("carryover.futures", "futures_loss")]
    assert row.changes == {"carryover.futures": None}
    assert (await office.approve(row.id)).is_approved
    [decision] = await office.year.rows("SELECT path, value, seen FROM shikakeisan.decision")
    assert tuple(decision) == ("carryover.futures", None, 300_000)


async def plan(city: City, people: Sequence[int], **more: Any) -> int:
    said: dict[str, Any] = {
        "tax_year": TAX_YEAR,
        "kind": "ex_officio",
        "reason": "読取りの誤り",
        "received_on": date(2026, 7, 1),
        "selection": Selection(atena_numbers=[f"{one:015d}" for one in people]),
        "changes": {"social_insurance": 800_000},
        **more,
    }
    async with city.office.work(CLERK) as work:
        batch_id = await plan_batch(work, Plan(**said))
    await run(city.office, DRY, {"batch": batch_id})
    return batch_id


async def batch(city: City, batch_id: int) -> Any:
    async with city.office.year.database.read() as session:
        return await batch_queries.batch_row(session, batch_id)


async def propose(city: City, batch_id: int, staff: str = CLERK) -> None:
    row = await batch(city, batch_id)
    async with city.office.work(staff) as work:
        await propose_batch(work, batch_id, row.version)


async def sign(city: City, batch_id: int, staff: str = OTHER, *, looks: bool = True) -> None:
    row = await batch(city, batch_id)
    async with city.office.work(staff) as work:
        for number in row.sample if looks else ():
            await look_at(work, number)
        await sign_off(work, batch_id, row.version)


async def test_whoever_looks_at_the_sample_is_in_the_access_log(city: City) -> None:
    row = await batch(city, await plan(city, await city.settle(someone(), someone())))

    async with city.office.work(OTHER) as work:
        for number in row.sample:
            await look_at(work, number)

    assert work.journal.written == {"shikakeisan.proposal": {str(one): {"sample_look"} for one in row.sample}}


async def test_a_dry_run_counts_and_writes_no_tax(city: City) -> None:
    people = await city.settle(*[someone() for _ in range(4)], someone({"salary": 900_000}))

    row = await batch(city, await plan(city, people))

    assert (row.state, row.counts["selected"], row.counts["changed"]) == ("ready", 5, 5)
    assert row.counts["decreased"] == 4
    assert row.counts["payable_after"] == row.counts["payable_before"] - 40_000
    assert {len(await city.office.year.revisions(one)) for one in people} == {1}


async def test_a_signed_batch_is_written_for_everybody(city: City) -> None:
    people = await city.settle(*[someone() for _ in range(3)])
    number = await plan(city, people)
    await propose(city, number)
    await sign(city, number)

    status = await run(city.office, WRITE, {"batch": number}, SYSTEM)

    row = await batch(city, number)
    assert (status.state, row.state) == (JobState.DONE, "done")
    assert (row.counts["written"], row.counts["skipped"]) == (3, 0)
    assert {(await city.office.proposal(one)).decided_by for one in row.sample} == {OTHER}
    assert {len(await city.office.year.revisions(one)) for one in people} == {2}


async def test_who_changed_meanwhile_is_skipped_and_listed(city: City) -> None:
    people = await city.settle(*[someone() for _ in range(3)])
    number = await plan(city, people)
    await propose(city, number)
    await city.office.correct(people[1], {"medical_paid": 300_000})
    await sign(city, number)

    status = await run(city.office, WRITE, {"batch": number}, SYSTEM)

    row = await batch(city, number)
    skipped = [one.person_id for one in await proposals(city.office) if one.state == "stale"]
    assert status.state is JobState.DONE_WITH_ERRORS
    assert (row.counts["written"], row.counts["skipped"], skipped) == (2, 1, [people[1]])


async def test_writing_goes_on_after_a_kill_between_steps(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = await city.settle(*[someone() for _ in range(5)])
    number = await plan(city, people)
    await propose(city, number)
    await sign(city, number)
    monkeypatch.setattr(correction_jobs, "PEOPLE_PER_STEP", 2)
    approved = 0

    async def fail_once(*given: Any, **named: Any) -> Any:
        nonlocal approved
        approved += 1
        if approved == 4:
            raise RuntimeError
        return await approve(*given, **named)

    monkeypatch.setattr(correction_jobs, "approve", fail_once)
    async with city.office.year.database.transaction() as session:
        job_id = await jobs.enqueue(session, WRITE, {"batch": number}, SYSTEM)
    await Worker(city.office.year.runtime, city.office.year.database).work_once()
    half = [len(await city.office.year.revisions(one)) for one in people]
    async with city.office.year.database.transaction() as session:
        await jobs.resume(session, job_id)
    await Worker(city.office.year.runtime, city.office.year.database).work_once()

    assert half == [2, 2, 1, 1, 1]
    assert [len(await city.office.year.revisions(one)) for one in people] == [2] * 5
    assert (await batch(city, number)).counts["written"] == 5


async def test_the_sample_is_the_same_however_often_it_is_drawn(city: City) -> None:
    people = await city.settle(*[someone({"salary": 3_000_000 + 10_000 * n}) for n in range(25)])
    number = await plan(city, people)

    row = await batch(city, number)

    again = await plan(city, people)
    assert 10 <= len(row.sample) <= 16
    assert len((await batch(city, again)).sample) >= 10


async def test_a_batch_is_signed_by_somebody_else_who_looked_at_the_sample(city: City) -> None:
    people = await city.settle(someone(), someone())
    number = await plan(city, people)

    with pytest.raises(ProposalSettled):
        await sign(city, number)
    with pytest.raises(ProposalSettled):
        await propose(city, number, OTHER)
    await propose(city, number)
    with pytest.raises(SelfApproval):
        await sign(city, number, CLERK)
    with pytest.raises(SampleUnseen):
        await sign(city, number, looks=False)


async def test_a_member_of_a_batch_is_not_approved_alone(city: City) -> None:
    people = await city.settle(someone())
    number = await plan(city, people)
    await propose(city, number)
    [row] = await proposals(city.office)

    with pytest.raises(ProposalSettled):
        await city.office.approve(row.id, OTHER, row.version)


async def test_a_rejected_batch_ends_with_its_members(city: City) -> None:
    people = await city.settle(someone())
    number = await plan(city, people)
    await propose(city, number)

    row = await batch(city, number)
    async with city.office.work(OTHER) as work:
        await reject_batch(work, number, row.version, may_approve=True)

    assert [one.state for one in await proposals(city.office)] == ["rejected"]
    with pytest.raises(ProposalSettled):
        await sign(city, number)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"selection": Selection()}, SelectionUnknown),
        ({"selection": Selection(["1"], "X")}, SelectionUnknown),
        ({"selection": Selection(["999"])}, JuminzeiError),
        ({"kind": "amended_return"}, EventRequired),
    ],
)
async def test_a_batch_names_its_people_in_one_way(
    city: City, more: Mapping[str, Any], refusal: type[JuminzeiError]
) -> None:
    with pytest.raises(refusal):
        await plan(city, [], **more)


async def test_who_was_decided_by_other_rules_is_calculated_again(city: City) -> None:
    people = await city.settle(someone(), someone())
    changed = "UPDATE shikakeisan.assessment SET rules_version = 'old', payable = 1 WHERE person_id = :id"
    await city.alter(changed, id=people[0])

    number = await plan(city, [], kind="rule_change", selection=Selection(by_rules=True), changes={})

    row = await batch(city, number)
    assert (row.selection, row.counts["selected"], row.counts["increased"]) == ({"by": "rules"}, 1, 1)


async def test_people_with_an_open_finding_are_chosen_by_its_code(city: City) -> None:
    people = await city.settle(someone({}), someone())

    number = await plan(city, [], selection=Selection(finding="NO_DOCUMENT"), changes={"salary": 3_000_000})

    row = await batch(city, number)
    assert (row.counts["selected"], row.counts["increased"]) == (1, 1)
    assert [one.person_id for one in await proposals(city.office)] == [people[0]]


async def test_a_batch_that_nobody_signed_is_not_written(city: City) -> None:
    people = await city.settle(someone(), someone())
    number = await plan(city, people)
    await propose(city, number)

    async with city.office.year.database.transaction() as session:
        job_id = await jobs.enqueue(session, WRITE, {"batch": number}, SYSTEM)
    await Worker(city.office.year.runtime, city.office.year.database).work_once()

    async with city.office.year.database.read() as session:
        status = await jobs.get(session, job_id)
    assert (status.state, status.error_code) == (JobState.FAILED, "CORRECTION_STATE")
    assert (await batch(city, number)).state == "proposed"
    assert {len(await city.office.year.revisions(one)) for one in people} == {1}


async def test_a_dry_run_that_somebody_ended_stays_ended(city: City) -> None:
    people = await city.settle(someone(), someone())
    async with city.office.work() as work:
        selection = Selection(atena_numbers=[f"{one:015d}" for one in people])
        changes = {"social_insurance": 800_000}
        given = Plan(TAX_YEAR, "ex_officio", "読取りの誤り", date(2026, 7, 1), selection, changes)
        number = await plan_batch(work, given)
        await reject_batch(work, number, 1, may_approve=False)

    await run(city.office, DRY, {"batch": number})

    assert (await batch(city, number)).state == "rejected"
    assert await proposals(city.office) == []


async def test_who_would_be_undecided_again_is_no_member_of_a_batch(city: City) -> None:
    relatives = [{"role": "dependant", "place": 1, "name": "山田　一郎", "kana": "", "number": "ab" * 32}]
    father, mother = await city.settle(someone(items={"other_main": 1}, relatives=relatives), someone())
    late_return = someone(kind="tax_return", items={"filed_on": "2026-07-10"}, relatives=relatives)
    await city.office.file(mother, late_return)

    row = await batch(city, await plan(city, [father, mother]))

    assert (row.counts["changed"], row.counts["CORRECTION_LEAVES_UNDECIDED"]) == (1, 1)
    assert [one.person_id for one in await proposals(city.office)] == [father]
