"""What was filed after the notice was served does not count, whatever correction brings it in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from core.errors import Invalid
from core.hooks import hook
from core.storage.database import ReadSession
from plugins.shikakeisan.correction.late import late_request
from plugins.shikakeisan.correction.service import propose
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR
from tests.plugins.shikakeisan.correction.conftest import Office, someone
from tests.plugins.shikakeisan.correction.papers import Paper

LOSS = "carryover.futures"
IN_TIME, TOO_LATE = "2026-06-01", "2026-07-10"
LATER = datetime(2026, 7, 12, tzinfo=UTC)


def loss(filed_on: str) -> Paper:
    """A return of one's salary and a gain, with the loss of an earlier year taken off."""
    items = {"filed_on": filed_on, "futures_loss_used": 300_000}
    return Paper({"salary": 5_500_000, "futures": 500_000}, "tax_return", items, accepted_at=LATER)


class Sender:
    """A plug-in that sent the notices on a day of its own."""

    def __init__(self, served_on: date) -> None:
        self.served_on = served_on

    @hook
    async def notices_served(
        self, session: ReadSession, tax_year: int, person_ids: Sequence[int]
    ) -> Mapping[int, date]:
        return dict.fromkeys(person_ids, self.served_on)


async def held_back(office: Office, number: int) -> list[str]:
    return [one["path"] for one in (await office.proposal(number)).held_back]


async def facts_of(office: Office, person: int) -> Any:
    statement = "SELECT facts FROM shikakeisan.basis WHERE person_id = :id AND known_to = 'infinity'"
    [row] = await office.year.rows(statement, id=person)
    return row.facts


async def test_a_late_loss_does_not_come_in_by_a_correction_of_something_else(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.file(person, loss(TOO_LATE))

    number = await office.propose(person, {"medical_paid": 300_000})
    done = await office.approve(number)

    assert await held_back(office, number) == [LOSS]
    assert done.is_approved
    facts = await facts_of(office, person)
    assert (facts["futures"], facts["medical_paid"], facts.get("carryover")) == (500_000, 300_000, None)


async def test_a_proposer_who_names_an_earlier_day_does_not_make_a_document_earlier(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.file(person, loss(TOO_LATE))

    number = await office.propose(person, {}, kind="late_document", received_on=date(2026, 1, 5))

    assert await held_back(office, number) == [LOSS]


async def test_a_return_filed_in_time_counts_though_it_came_to_us_late(office: Office) -> None:
    [person] = await office.settle(someone())
    await office.file(person, loss(IN_TIME))

    number = await office.propose(person, {}, kind="late_document", received_on=date(2026, 6, 1))
    done = await office.approve(number)

    assert (await held_back(office, number), done.is_approved) == ([], True)
    assert (await facts_of(office, person))["carryover"] == {"futures": 300_000}


@pytest.mark.parametrize(
    ("served_on", "held"), [(date(2026, 7, 9), [LOSS]), (date(2026, 7, 10), []), (date(2026, 8, 1), [])]
)
async def test_the_day_of_service_is_that_of_whoever_sends_the_notice(
    office: Office, served_on: date, held: list[str]
) -> None:
    office.year.runtime.plugins.manager.register(Sender(served_on))
    [person] = await office.settle(someone())
    await office.file(person, loss(TOO_LATE))

    number = await office.propose(person, {}, kind="late_document", received_on=date(2026, 7, 10))

    assert await held_back(office, number) == held


async def test_what_others_corrections_merged_is_late_all_the_same(office: Office) -> None:
    [person] = await office.settle(someone())
    document = await office.file(person, loss(TOO_LATE))
    await office.remerge(person)

    async with office.work() as work:
        request = await late_request(work.session, TAX_YEAR, person, "期限後の資料")
        number = await propose(office.year.runtime, work, request)

    assert (list(request.documents), request.received_on) == ([document], date(2026, 7, 10))
    assert await held_back(office, number) == [LOSS]


async def test_an_officer_may_decide_what_nobody_filed(office: Office) -> None:
    [person] = await office.settle(someone())

    number = await office.propose(person, {LOSS: 100_000, "futures": 400_000})

    assert await held_back(office, number) == []


@pytest.mark.parametrize(
    "more",
    [
        {"received_on": date(2099, 1, 1)},
        {"kind": "amended_return", "event_on": date(2099, 1, 1)},
    ],
)
async def test_nothing_is_filed_or_decided_in_the_future(office: Office, more: dict[str, Any]) -> None:
    [person] = await office.settle(someone())

    with pytest.raises(Invalid) as refusal:
        await office.propose(person, {"salary": 6_000_000}, **more)

    assert refusal.value.details["rule"] == "future"
