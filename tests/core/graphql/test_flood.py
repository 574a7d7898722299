"""A flood of refused requests: the access log keeps its beginning, and who is signed in is not concerned."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.graphql import flood
from core.graphql.flood import MOST, MOST_OF_ADDRESS, Refusals, seconds_left

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_an_address_has_so_many_in_a_minute() -> None:
    refusals = Refusals()

    left = [refusals.take("192.0.2.1", NOON) for _ in range(MOST_OF_ADDRESS + 3)]

    assert left == [*range(MOST_OF_ADDRESS - 1, -1, -1), -1, -1, -1]
    assert refusals.take("192.0.2.2", NOON) == MOST_OF_ADDRESS - 1


def test_all_addresses_together_have_a_limit_too() -> None:
    refusals = Refusals()

    recorded = sum(refusals.take(f"2001:db8::{number}", NOON) >= 0 for number in range(2 * MOST))

    assert recorded == MOST


def test_the_next_minute_begins_anew() -> None:
    refusals = Refusals()
    for _ in range(MOST_OF_ADDRESS + 1):
        refusals.take("192.0.2.1", NOON)

    assert refusals.take("192.0.2.1", NOON + timedelta(seconds=59)) == -1
    assert refusals.take("192.0.2.1", NOON + timedelta(seconds=60)) == MOST_OF_ADDRESS - 1


@pytest.mark.parametrize(("second", "left"), [(0, 60), (1, 59), (59, 1)])
def test_it_is_told_when_to_come_again(second: int, left: int) -> None:
    assert seconds_left(NOON + timedelta(seconds=second)) == left


async def test_a_flood_is_answered_but_not_recorded(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_OF_ADDRESS", 3)
    monkeypatch.setattr(house.endpoint, "clock", Standing())

    answers = [await house.post("{ amount }", "forged") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert [line["result"] for line in await house.lines()] == [
        "UNAUTHENTICATED",
        "UNAUTHENTICATED",
        "RATE_LIMITED",
    ]
    assert answers[-1].headers["retry-after"] == "60"
    assert answers[-1].json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_who_is_signed_in_is_always_recorded(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MOST_OF_ADDRESS", 1)
    monkeypatch.setattr(house.endpoint, "clock", Standing())
    await house.post("{ amount }", "forged")

    refused = [await house.post("{ amount }", "other") for _ in range(3)]
    answered = await house.post("{ amount }", "clerk")

    assert [answer.status_code for answer in (*refused, answered)] == [403, 403, 403, 200]
    assert [line["result"] for line in await house.lines()] == ["RATE_LIMITED", *["FORBIDDEN"] * 3]


class Standing:
    """A clock that stands, so that no minute ends in between."""

    def now(self) -> datetime:
        return NOON
