"""Years of long ago are corrected as long as 地方税法17条の5 and 17条の6 let them, and no longer."""

from datetime import date, timedelta
from typing import Any

import pytest

from plugins.shikakeisan.correction.errors import PeriodOver
from tests.plugins.shikakeisan.correction.conftest import Office, someone

MORE_TAX, LESS_TAX = {"salary": 6_000_000}, {"social_insurance": 800_000}
TWO_YEARS, SIX_MONTHS, THREE_YEARS = 730, 180, 1_095
AFTER = date(2029, 7, 1)
ORDINARY, FRAUD = "地方税法17条の5第3項", "地方税法17条の5第7項"
INCOME_TAX, RULING, LOST = "地方税法17条の6第3項", "地方税法17条の6第1項1号", "地方税法17条の6第1項3号"


async def settled(office: Office, years: int) -> int:
    """Decide somebody's tax, and let years go by."""
    [person] = await office.settle(someone())
    office.year.runtime.clock.move(timedelta(days=365 * years))  # type: ignore[attr-defined]  # a movable clock
    return person


def event(office: Office, days_ago: int) -> dict[str, Any]:
    day = office.year.runtime.clock.today() - timedelta(days=days_ago)
    return {"event_on": day, "received_on": day}


@pytest.mark.parametrize(
    ("years", "kind", "changes", "days_ago", "claimed", "law"),
    [
        (5, "amended_return", MORE_TAX, TWO_YEARS - 30, "", INCOME_TAX),
        (5, "tax_office_decision", MORE_TAX, TWO_YEARS - 30, "", INCOME_TAX),
        (6, "claim_for_correction", LESS_TAX, TWO_YEARS - 30, "", INCOME_TAX),
        (6, "claim_for_correction", LESS_TAX, THREE_YEARS - 30, "lost_grounds", LOST),
        (9, "ruling", MORE_TAX, SIX_MONTHS - 10, "", RULING),
        (9, "ruling", LESS_TAX, SIX_MONTHS - 10, "", RULING),
    ],
)
async def test_an_event_opens_a_year_again_for_its_own_term(
    office: Office,
    years: int,
    kind: str,
    changes: dict[str, int],
    days_ago: int,
    claimed: str,
    law: str,
) -> None:
    person = await settled(office, years)
    more = {"kind": kind, "claimed_period": claimed, **event(office, days_ago)}

    number = await office.propose(person, changes, **more)

    assert (await office.approve(number)).is_approved
    assert (await office.proposal(number)).effects[-1].endswith(f"まで（{law}）")


@pytest.mark.parametrize(
    ("years", "kind", "changes", "days_ago", "claimed"),
    [
        (5, "amended_return", MORE_TAX, TWO_YEARS + 30, ""),
        (6, "claim_for_correction", LESS_TAX, THREE_YEARS - 30, ""),
        (6, "claim_for_correction", MORE_TAX, THREE_YEARS - 30, "lost_grounds"),
        (9, "ruling", MORE_TAX, SIX_MONTHS + 10, ""),
    ],
)
async def test_beyond_that_term_the_year_is_closed(
    office: Office, years: int, kind: str, changes: dict[str, int], days_ago: int, claimed: str
) -> None:
    person = await settled(office, years)

    with pytest.raises(PeriodOver):
        await office.propose(person, changes, kind=kind, claimed_period=claimed, **event(office, days_ago))


@pytest.mark.parametrize("changes", [MORE_TAX, LESS_TAX])
async def test_fraud_is_claimed_by_name_and_reaches_seven_years(
    office: Office, changes: dict[str, int]
) -> None:
    person = await settled(office, 6)

    with pytest.raises(PeriodOver):
        await office.propose(person, changes)
    number = await office.propose(person, changes, claimed_period="fraud")

    assert (await office.proposal(number)).effects[-1].endswith(f"まで（{FRAUD}）")


async def test_a_proposal_of_the_last_day_is_too_late_on_the_next(office: Office) -> None:
    [person] = await office.settle(someone())
    clock = office.year.runtime.clock
    number = await office.propose(person, MORE_TAX)
    said = (await office.proposal(number)).effects[-1]
    assert said == f"期間制限: 2029-06-30まで（{ORDINARY}）"

    clock.move(timedelta(days=(AFTER - clock.today()).days))  # type: ignore[attr-defined]  # a movable clock

    assert not (await office.approve(number)).is_approved
