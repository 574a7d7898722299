"""Findings in the hands of two officers: closed as long as the merge says the same."""

from collections.abc import Awaitable, Callable

import pytest

from core.errors import Conflict, NotFound, SelfApproval
from core.graphql.masking import ReasonRequired
from core.work import Work
from plugins.shikakeisan.merge.errors import FindingSettled
from plugins.shikakeisan.merge.settling import (
    assign_finding,
    confirm_closing,
    propose_closing,
    reject_closing,
)
from tests.plugins.shikakeisan.base.conftest import City
from tests.plugins.shikakeisan.correction.papers import Paper
from tests.plugins.shikakeisan.merge.desk import CHIEF, CLERK, Desk, family

TWO_PENSIONS = "SAME_PENSION_OF_TWO_PAYERS"
PENSION = Paper({"pension": 900_000, "social_insurance": 12_345}, "pension_report", birth_date=None)
Settle = Callable[[Work, int, int], Awaitable[None]]


async def _propose(work: Work, finding: int, version: int) -> None:
    await propose_closing(work, finding, version, "別の年金と確認")


async def _assign(work: Work, finding: int, version: int) -> None:
    await assign_finding(work, finding, version, CLERK)


@pytest.fixture
async def home(city: City, desk: Desk) -> Desk:
    """Somebody with the same pension from two payers."""
    await desk.register(*family(city))
    for _ in range(2):
        await desk.file("5", PENSION)
    await desk.merge("5")
    return desk


async def settle(desk: Desk, deed: Settle, version: int, staff: str = CLERK) -> None:
    finding = await desk.finding("5", TWO_PENSIONS)
    async with desk.work(staff) as work:
        await deed(work, finding.id, version)


async def test_one_proposes_another_closes_and_a_new_merge_leaves_it_closed(home: Desk) -> None:
    await settle(home, _assign, 1)
    await settle(home, _propose, 2)
    await settle(home, confirm_closing, 3, CHIEF)

    await home.merge("5")

    found = await home.finding("5", TWO_PENSIONS)
    assert (found.state, found.version, found.owner, found.reason) == ("closed", 4, CLERK, "別の年金と確認")
    assert (found.proposed_by, found.closed_by, found.closed_at is not None) == (CLERK, CHIEF, True)
    assert await home.findings() == []


async def test_nobody_closes_what_they_proposed(home: Desk) -> None:
    await settle(home, _propose, 1)

    with pytest.raises(SelfApproval):
        await settle(home, confirm_closing, 2)

    assert await home.findings("proposed") == [("5", TWO_PENSIONS)]


async def test_what_is_sent_back_is_open_again(home: Desk) -> None:
    await settle(home, _propose, 1)
    await settle(home, reject_closing, 2, CHIEF)

    found = await home.finding("5", TWO_PENSIONS)
    assert (found.state, found.reason, found.proposed_by) == ("open", "", "")


async def test_what_is_closed_opens_anew_where_other_documents_say_it(home: Desk) -> None:
    await settle(home, _propose, 1)
    await settle(home, confirm_closing, 2, CHIEF)
    await home.file("5", PENSION)

    await home.merge("5")

    closed, opened = (await home.findings("closed"), await home.findings("open"))
    assert (closed, opened) == ([("5", TWO_PENSIONS)], [("5", TWO_PENSIONS)])


async def test_what_officers_closed_stays_closed_when_it_is_no_longer_found(home: Desk) -> None:
    await settle(home, _propose, 1)
    await settle(home, confirm_closing, 2, CHIEF)
    await home.withdraw((await home.finding("5", TWO_PENSIONS)).documents[1])

    await home.merge("5")

    assert (await home.findings("closed"), await home.findings("gone")) == ([("5", TWO_PENSIONS)], [])


async def test_what_the_merge_no_longer_finds_is_gone(home: Desk) -> None:
    found = await home.finding("5", TWO_PENSIONS)
    await home.withdraw(found.documents[1])

    await home.merge("5")

    assert await home.findings("gone") == [("5", TWO_PENSIONS)]
    for deed in (_propose, _assign, confirm_closing, reject_closing):
        with pytest.raises(FindingSettled):
            await settle(home, deed, 2)


@pytest.mark.parametrize(
    ("deed", "refusal"), [(confirm_closing, FindingSettled), (reject_closing, FindingSettled)]
)
async def test_only_what_is_proposed_is_confirmed_or_sent_back(
    home: Desk, deed: Settle, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await settle(home, deed, 1, CHIEF)


async def test_who_saw_an_older_version_is_told_the_current_one(home: Desk) -> None:
    await settle(home, _propose, 1)

    for deed in (confirm_closing, reject_closing, _propose, _assign):
        with pytest.raises(Conflict) as told:
            await settle(home, deed, 1, CHIEF)
        assert told.value.details == {"currentVersion": 2}


async def test_closing_needs_a_reason_and_a_finding(home: Desk) -> None:
    async with home.work() as work:
        with pytest.raises(ReasonRequired):
            await propose_closing(work, 1, 1, " ")
        with pytest.raises(NotFound):
            await propose_closing(work, 999, 1, "確認")
