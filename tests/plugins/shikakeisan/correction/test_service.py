"""A correction is proposed by one, approved by another, and takes effect exactly as it was shown."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from core.errors import Conflict, JuminzeiError, NotFound, SelfApproval
from core.graphql.masking import ReasonRequired
from plugins.shikakeisan.correction.errors import (
    DocumentUnknown,
    EventRequired,
    FactNotAllowed,
    FactsRefused,
    FiledTooLate,
    KindUnknown,
    NobodyDenied,
    NotAssessed,
    NothingChanges,
    PeriodOver,
    ProposalSettled,
    RevisionChanged,
)
from plugins.shikakeisan.correction.queries import take_slips
from plugins.shikakeisan.correction.service import propose, reject, withdraw
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR
from tests.plugins.shikakeisan.correction.conftest import CLERK, OTHER, Office, someone

MORE = {"social_insurance": 800_000}
SON = {
    "role": "dependant",
    "place": 1,
    "name": "山田　一郎",
    "kana": "",
    "birth": "2005-05-05",
    "relation": "子",
}


async def test_an_approved_correction_is_a_new_revision_as_it_was_shown(office: Office) -> None:
    [person] = await office.settle(someone())

    number = await office.propose(person, MORE)
    before_approval = len(await office.year.revisions(person))
    done = await office.approve(number)

    row = await office.proposal(number)
    first, second = await office.year.revisions(person)
    assert before_approval == 1
    assert (done.is_approved, done.revision) == (True, 2)
    assert (row.state, row.proposed_by, row.decided_by, row.decided_revision) == ("approved", CLERK, OTHER, 2)
    assert row.before["figures"]["payable"] == first.payable
    assert row.after["figures"]["payable"] == second.payable == first.payable - 10_000
    assert (first.superseded_at, second.proposal_id) == (second.decided_at, number)
    assert second.reason == "職権による更正: 調査による"


async def test_a_proposal_shows_causes_in_the_order_of_calculation_and_effects(office: Office) -> None:
    [person] = await office.settle(someone())

    row = await office.proposal(await office.propose(person, MORE))

    names = [cause["name"] for cause in row.causes]
    assert names.index("ded_social") < names.index("taxable") < names.index("annual_total")
    assert {"name": "ded_social", "before": 700_000, "after": 800_000} in row.causes
    assert "通知: 税額変更通知を送ります。納付する額が 10,000円減ります。" in row.effects
    assert "期間制限: 2031-06-30まで（地方税法17条の5第4項）" in row.effects


async def test_the_decision_is_kept_with_both_officers_and_what_the_merge_said(office: Office) -> None:
    [person] = await office.settle(someone())

    await office.correct(person, MORE)
    await office.correct(person, {"social_insurance": None})

    first, second = await office.year.rows("SELECT * FROM shikakeisan.decision ORDER BY id")
    assert (first.value, first.seen, first.proposed_by, first.approved_by) == (800_000, 700_000, CLERK, OTHER)
    assert (second.value, second.known_from) == (None, first.known_to)
    bases = await office.year.rows("SELECT facts FROM shikakeisan.basis ORDER BY id")
    assert [row.facts.get("social_insurance") for row in bases] == [700_000, 800_000, None]


async def test_nobody_approves_their_own_proposal(office: Office) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, MORE)

    with pytest.raises(SelfApproval):
        await office.approve(number, CLERK)

    assert await office.state(number) == "proposed"


async def test_the_loser_of_two_proposals_is_told_the_revision_in_force(office: Office) -> None:
    [person] = await office.settle(someone())
    first, second = (
        await office.propose(person, MORE),
        await office.propose(person, {"medical_paid": 300_000}),
    )

    won = await office.approve(first)
    lost = await office.approve(second)

    assert (won.is_approved, won.revision) == (True, 2)
    assert (lost.is_approved, lost.revision) == (False, 2)
    assert await office.state(second) == "stale"
    assert len(await office.year.revisions(person)) == 2


async def test_a_stale_proposal_can_be_proposed_anew(office: Office) -> None:
    [person] = await office.settle(someone())
    stale = await office.propose(person, {"medical_paid": 300_000})
    await office.correct(person, MORE)

    anew = await office.correct(person, {"medical_paid": 300_000})

    assert (anew.is_approved, anew.revision) == (True, 3)
    assert await office.state(stale) == "stale"


async def test_a_proposal_is_stale_when_the_merged_facts_changed(office: Office) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, MORE)
    await office.file(person, someone({"salary": 1_000_000}))
    await office.remerge(person)

    done = await office.approve(number)

    assert not done.is_approved
    assert await office.state(number) == "stale"
    assert len(await office.year.revisions(person)) == 1


@pytest.mark.parametrize(
    ("on", "text"),
    [
        ("2026-12-31", "増えた額を残りの納期に割り振ります。"),
        ("2027-02-01", "増えた額を残りの納期に割り振ります。"),
        ("2027-02-02", "不足税額は直ちに徴収します（地方税法321条の2）。"),
    ],
)
async def test_more_tax_is_spread_until_the_last_bill(office: Office, on: str, text: str) -> None:
    [person] = await office.settle(someone())
    clock = office.year.runtime.clock
    clock.move(datetime.fromisoformat(f"{on}T09:00+09:00") - clock.now())  # type: ignore[attr-defined]  # a movable clock

    proposal = await office.proposal(await office.propose(person, {"salary": 6_000_000}))

    assert f"徴収: {text}" in proposal.effects


async def test_a_proposal_is_stale_when_its_period_ran_out(office: Office) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, {"salary": 6_000_000})
    office.year.runtime.clock.move(timedelta(days=4 * 366))  # type: ignore[attr-defined]  # a movable clock

    assert not (await office.approve(number)).is_approved


@pytest.mark.parametrize(("years", "changes"), [(2, {"salary": 6_000_000}), (4, MORE)])
async def test_past_years_are_corrected_within_the_limits(
    office: Office, years: int, changes: dict[str, Any]
) -> None:
    [person] = await office.settle(someone())
    office.year.runtime.clock.move(timedelta(days=years * 365))  # type: ignore[attr-defined]  # a movable clock

    assert (await office.correct(person, changes)).is_approved


@pytest.mark.parametrize(
    ("years", "changes", "law"),
    [(4, {"salary": 6_000_000}, "地方税法17条の5第3項"), (6, MORE, "地方税法17条の5第4項")],
)
async def test_beyond_the_limit_a_change_is_refused_with_its_article(
    office: Office, years: int, changes: dict[str, Any], law: str
) -> None:
    [person] = await office.settle(someone())
    office.year.runtime.clock.move(timedelta(days=years * 365))  # type: ignore[attr-defined]  # a movable clock

    with pytest.raises(PeriodOver) as refusal:
        await office.propose(person, changes)

    assert refusal.value.details["law"] == law


@pytest.mark.parametrize(
    ("more", "changes", "refusal"),
    [
        ({"kind": "nothing"}, MORE, KindUnknown),
        ({"kind": "dependant_denied"}, MORE, FactNotAllowed),
        ({"kind": "late_document"}, MORE, FactNotAllowed),
        ({"kind": "dependant_denied"}, {"dependants[999999]": None}, NobodyDenied),
        ({"kind": "dependant_denied"}, {"dependants[999999]": {"age": 3}}, NobodyDenied),
        ({"kind": "dependant_denied"}, {"spouse": None}, NobodyDenied),
        ({}, {"Salary; DROP": 1}, FactNotAllowed),
        ({"kind": "amended_return"}, MORE, EventRequired),
        ({}, {"salry": 1}, FactsRefused),
        ({}, {"salary": -5}, FactsRefused),
        ({}, {}, NothingChanges),
        ({"documents": (99,)}, MORE, DocumentUnknown),
        ({"reason": " "}, MORE, ReasonRequired),
        (
            {"kind": "amended_return", "event_on": date(2026, 6, 25), "received_on": date(2026, 6, 25)},
            {"residence_loss": 1_000_000},
            FiledTooLate,
        ),
    ],
)
async def test_what_cannot_be_proposed_is_refused_with_its_code(
    office: Office, more: dict[str, Any], changes: dict[str, Any], refusal: type[JuminzeiError]
) -> None:
    [person] = await office.settle(someone())

    with pytest.raises(refusal):
        await office.propose(person, changes, **more)


async def test_nobody_without_decided_tax_is_corrected(office: Office) -> None:
    await office.settle(someone())

    with pytest.raises(NotAssessed):
        await office.propose(999, MORE)


async def test_the_proposer_names_the_revision_that_was_seen(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.correct(person, MORE)

    with pytest.raises(RevisionChanged) as refusal:
        async with office.work() as work:
            await propose(office.year.runtime, work, office.request(person, {"salary": 1}), 1)

    assert refusal.value.details["currentVersion"] == 2


async def test_rejected_and_withdrawn_proposals_stay_and_end(office: Office) -> None:
    [person] = await office.settle(someone())
    turned_down, taken_back = await office.propose(person, MORE), await office.propose(person, MORE)

    async with office.work(OTHER) as work:
        await reject(work, turned_down, 1)
    async with office.work(CLERK) as work:
        await withdraw(work, taken_back, 1)

    assert [await office.state(number) for number in (turned_down, taken_back)] == ["rejected", "withdrawn"]
    for number in (turned_down, taken_back):
        with pytest.raises(ProposalSettled):
            await office.approve(number, version=2)


@pytest.mark.parametrize(
    ("end", "staff", "refusal"), [(reject, CLERK, SelfApproval), (withdraw, OTHER, ProposalSettled)]
)
async def test_only_others_reject_and_only_oneself_withdraws(
    office: Office, end: Any, staff: str, refusal: type[JuminzeiError]
) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, MORE)

    with pytest.raises(refusal):
        async with office.work(staff) as work:
            await end(work, number, 1)


async def test_an_approval_names_the_version_that_was_seen(office: Office) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, MORE)

    with pytest.raises(Conflict):
        await office.approve(number, version=7)
    with pytest.raises(NotFound):
        await office.approve(999)


async def test_denying_a_dependant_marks_the_person_for_one_slip(office: Office) -> None:
    [person] = await office.settle(someone(items={"specific_main": 1}, relatives=[SON]))

    done = await office.correct(person, {"dependants": None}, kind="dependant_denied")
    async with office.work() as work:
        once = await take_slips(work, TAX_YEAR, 10)
    async with office.work() as work:
        again = await take_slips(work, TAX_YEAR, 10)

    assert done.is_approved
    assert [row.person_id for row in once] == [person]
    assert again == []


async def test_a_filing_in_time_counts(office: Office) -> None:
    [person] = await office.settle(someone())
    filed = {"kind": "amended_return", "event_on": date(2026, 6, 1), "received_on": date(2026, 6, 1)}

    assert (await office.correct(person, {"residence_loss": 1_000_000}, **filed)).is_approved


async def test_every_step_enters_the_journal(office: Office) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, MORE)

    async with office.work(OTHER) as work:
        await reject(work, number, 1)
        written = {kind: list(ids) for kind, ids in work.journal.written.items()}

    assert written == {"shikakeisan.proposal": [str(number)]}
