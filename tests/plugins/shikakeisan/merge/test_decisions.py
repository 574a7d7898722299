"""Officers' decisions on facts: two people, surviving every merge, shown when they no longer fit."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import JuminzeiError, NotFound, SelfApproval
from core.graphql.masking import ReasonRequired
from plugins.shikakeisan.base.errors import YearAssessed, YearNotFrozen
from plugins.shikakeisan.merge.decisions import Proposal, propose_decision, propose_ending, withdraw_decision
from plugins.shikakeisan.merge.errors import DecisionSettled, PathUnknown, ValueUnfit
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR, City
from tests.plugins.shikakeisan.correction.papers import Paper
from tests.plugins.shikakeisan.merge.desk import CHIEF, CLERK, Desk, family, named, pension, slip

INSURANCE = "social_insurance"
DECISIONS = "SELECT * FROM shikakeisan.decision ORDER BY id"
OTHER = "100003"


@pytest.fixture
async def home(city: City, desk: Desk) -> Desk:
    """The family, whose father has a salary and whose mother has a pension."""
    await desk.register(*family(city))
    await desk.file("1", slip())
    await desk.file("2", pension())
    await desk.merge("1", "2")
    return desk


async def test_a_proposal_changes_nothing_and_an_approval_the_fact(home: Desk) -> None:
    proposed = await home.propose("1", INSURANCE, 800_000)
    before = await home.facts("1")
    approved = await home.approve(proposed)

    assert before[INSURANCE] == 700_000
    assert (await home.facts("1"))[INSURANCE] == 800_000
    assert await home.origins("1", INSURANCE) == [{"decision": approved, "rule": "decision_of_officer"}]
    assert await home.findings() == []
    rows = await home.city.rows(DECISIONS)
    assert [(row.id, row.proposed_by, row.approved_by, row.value, row.seen) for row in rows] == [
        (proposed, CLERK, "", 800_000, 700_000),
        (approved, CLERK, CHIEF, 800_000, 700_000),
    ]


async def test_a_decision_survives_a_new_merge(home: Desk) -> None:
    await home.decide("1", INSURANCE, 800_000)
    await home.file("1", Paper({"pension": 300_000}, "pension_report"))

    assert await home.merge("1") == ["1"]

    facts = await home.facts("1")
    assert (facts[INSURANCE], facts["pension"]) == (800_000, 300_000)
    assert await home.findings() == []


async def test_a_decision_that_no_longer_fits_is_shown_until_it_fits_again(home: Desk) -> None:
    decision = await home.decide("1", INSURANCE, 800_000)
    more = await home.file("1", Paper({"salary": 100_000, INSURANCE: 5_000}))
    await home.merge("1")

    found = await home.finding("1", "DECISION_NO_LONGER_FITS")
    facts = await home.facts("1")
    await home.withdraw(more)
    await home.merge("1")

    assert (found.state, found.is_blocking) == ("open", True)
    assert found.details == {"path": INSURANCE, "decision": decision}
    assert facts[INSURANCE] == 800_000
    assert (await home.facts("1"))[INSURANCE] == 800_000
    assert (await home.finding("1", "DECISION_NO_LONGER_FITS")).state == "gone"


async def test_a_decision_of_what_the_documents_say_by_now_is_shown(home: Desk) -> None:
    await home.decide("1", "quake", 20_000)
    await home.file("1", Paper({"salary": 100_000, "quake": 20_000}, "resident_return"))

    await home.merge("1")

    assert await home.findings() == [("1", "DECISION_NO_LONGER_FITS")]


async def test_a_decision_for_somebody_without_documents(home: Desk) -> None:
    await home.decide("5", "given.total_income_all", 0)

    assert await home.facts("5") == {"taxpayer": {"birth": "1975-01-01"}, "given": {"total_income_all": 0}}


async def test_a_fact_is_taken_away(home: Desk) -> None:
    await home.decide("1", INSURANCE, None)

    assert INSURANCE not in await home.facts("1")


async def test_a_dependant_denied_settles_what_two_claimed(home: Desk) -> None:
    await home.file("1", slip(6_000_000, named("dependant", "朝霧　一郎"), specific_main=1))
    await home.file("2", pension(1_600_000, named("dependant", "朝霧　一郎"), specific_count=1))
    await home.merge("1", "2")
    twice = await home.findings()

    await home.decide("2", f"dependants[{home.ids['3']}]", None)

    assert twice == [("1", "TWO_CLAIMANTS"), ("2", "TWO_CLAIMANTS")]
    assert await home.findings() == []
    assert await home.claims() == {("1", "3", "dependant")}
    assert "dependants" not in await home.facts("2")
    assert len((await home.facts("1"))["dependants"]) == 1


async def test_a_dependant_whom_a_decision_adds_is_claimed_like_any_other(home: Desk) -> None:
    await home.file("2", pension(1_600_000, named("dependant", "朝霧　一郎"), specific_count=1))
    await home.merge("2")

    await home.decide("1", f"dependants[{home.ids['3']}]", {"age": 20})

    assert await home.claims() == {("1", "3", "dependant"), ("2", "3", "dependant")}
    assert await home.findings() == [("1", "TWO_CLAIMANTS"), ("2", "TWO_CLAIMANTS")]


async def test_a_part_of_a_dependant_is_decided_by_the_person_wherever_they_stand(home: Desk) -> None:
    await home.file(
        "2", pension(1, named("dependant", "朝霧　一郎"), named("dependant", "朝霧　春", 2), other_count=2)
    )
    await home.merge("2")
    await home.decide("2", f"dependants[{home.ids['4']}].disability", "special")
    await home.decide("2", f"dependants[{home.ids['3']}]", None)

    assert [(one["age"], one["disability"]) for one in (await home.facts("2"))["dependants"]] == [
        (17, "special")
    ]
    assert await home.claims() == {("2", "4", "dependant")}


async def test_a_decision_whose_relative_is_gone_is_shown(home: Desk) -> None:
    paper = await home.file("2", pension(1, named("dependant", "朝霧　春"), other_count=1))
    await home.merge("2")
    await home.decide("2", f"dependants[{home.ids['4']}].disability", "special")
    await home.withdraw(paper)

    await home.merge("2")

    assert "dependants" not in await home.facts("2")
    assert await home.findings() == [("2", "DECISION_WITHOUT_PLACE")]


async def test_nobody_approves_their_own(home: Desk) -> None:
    proposed = await home.propose("1", INSURANCE, 1)

    with pytest.raises(SelfApproval):
        await home.approve(proposed, CLERK)

    assert (await home.facts("1"))[INSURANCE] == 700_000


async def test_a_new_decision_takes_the_place_of_the_old_one(home: Desk) -> None:
    await home.decide("1", INSURANCE, 800_000)
    await home.decide("1", INSURANCE, 900_000)

    rows = [row for row in await home.city.rows(DECISIONS) if row.known_to.year == 9999]
    assert [(row.value, row.seen) for row in rows] == [(900_000, 700_000)]
    assert (await home.facts("1"))[INSURANCE] == 900_000
    assert await home.findings() == []


async def test_an_ending_by_two_people_brings_the_documents_back(home: Desk) -> None:
    decision = await home.decide("1", INSURANCE, 800_000)
    async with home.work(CLERK) as work:
        ending = await propose_ending(work, decision, "誤りだった")
    still = (await home.facts("1"))[INSURANCE]
    with pytest.raises(SelfApproval):
        await home.approve(ending, CLERK)

    await home.approve(ending)

    assert still == 800_000
    assert (await home.facts("1"))[INSURANCE] == 700_000
    assert all(row.known_to.year < 9999 for row in await home.city.rows(DECISIONS))


async def test_an_ending_does_not_reach_the_decision_that_took_the_place_of_what_it_ends(home: Desk) -> None:
    first = await home.decide("1", INSURANCE, 800_000)
    async with home.work(CLERK) as work:
        ending = await propose_ending(work, first, "誤りだった")
    second = await home.decide("1", INSURANCE, 900_000)

    with pytest.raises(DecisionSettled):
        await home.approve(ending)

    assert (await home.facts("1"))[INSURANCE] == 900_000
    in_force = [row.id for row in await home.city.rows(DECISIONS) if row.known_to.year == 9999]
    assert in_force == [ending, second]


@pytest.mark.parametrize(
    ("number", "path", "value", "refusal"),
    [
        ("1", "social", 1, PathUnknown),
        ("1", "dependants[0000000000000000000]", {}, PathUnknown),
        ("1", "dependants[1].payable", 1, PathUnknown),
        ("1", "given.salary", 1, PathUnknown),
        ("1", INSURANCE, -1, ValueUnfit),
        ("1", INSURANCE, "700000", ValueUnfit),
        ("1", "dependants[77].age", 17, ValueUnfit),
        ("1", "spouse", {"age": 40, "payable": 1}, ValueUnfit),
    ],
)
async def test_what_is_no_fact_is_refused(
    home: Desk, number: str, path: str, value: Any, refusal: type[JuminzeiError]
) -> None:
    with pytest.raises(refusal):
        await home.propose(number, path, value)

    assert await home.city.rows(DECISIONS) == []


async def test_a_reason_is_given(home: Desk) -> None:
    async with home.work() as work:
        with pytest.raises(ReasonRequired):
            await propose_decision(work, Proposal(TAX_YEAR, home.ids["1"], INSURANCE, 1, " "))


async def test_who_is_not_in_the_base_is_not_found(home: Desk) -> None:
    home.ids["6"] = 77

    with pytest.raises(NotFound):
        await home.propose("6", INSURANCE, 1)


async def test_a_year_without_base_waits_and_a_decided_one_is_corrected(city: City, home: Desk) -> None:
    proposed = await home.propose("1", INSURANCE, 1)

    for state, refusal in (("open", YearNotFrozen), ("assessed", YearAssessed)):
        async with city.database.transaction() as session:
            await session.execute(text("UPDATE shikakeisan.fiscal_year SET state = :s"), {"s": state})
        with pytest.raises(refusal):
            await home.propose("1", INSURANCE, 1)
        with pytest.raises(refusal):
            await home.approve(proposed)


async def test_a_proposal_is_settled_once(home: Desk) -> None:
    approved, withdrawn = await home.propose("1", INSURANCE, 1), await home.propose("1", INSURANCE, 2)
    in_force = await home.approve(approved)
    async with home.work(OTHER) as work:
        await withdraw_decision(work, withdrawn)

    for decision in (approved, withdrawn, in_force):
        with pytest.raises(DecisionSettled):
            await home.approve(decision)
        async with home.work(OTHER) as work:
            with pytest.raises(DecisionSettled):
                await withdraw_decision(work, decision)
    assert (await home.facts("1"))[INSURANCE] == 1


async def test_of_two_approvals_at_once_one_is_refused(home: Desk) -> None:
    proposed = await home.propose("1", INSURANCE, 800_000)

    said = await asyncio.gather(
        home.approve(proposed, CHIEF), home.approve(proposed, OTHER), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in said) == ["DecisionSettled", "int"]
    rows = [row for row in await home.city.rows(DECISIONS) if row.approved_by]
    assert len(rows) == 1


async def test_what_is_withdrawn_at_once_is_not_approved(home: Desk) -> None:
    proposed = await home.propose("1", INSURANCE, 800_000)

    async with home.work(CLERK) as work:
        await withdraw_decision(work, proposed)
        approval = asyncio.create_task(home.approve(proposed))
        await asyncio.sleep(0.3)  # the approval has read the proposal and waits for this transaction
    with pytest.raises(DecisionSettled):
        await approval

    assert (await home.facts("1"))[INSURANCE] == 700_000
