"""News of the register after the freeze: the base follows, and people look at tax that was decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from core.errors import Conflict, NotFound
from core.graphql.masking import ReasonRequired
from plugins.shikakeisan.base.circumstances import ADD, Proposed, Said, propose
from plugins.shikakeisan.base.errors import YearNotFrozen
from plugins.shikakeisan.base.standing import Circumstance
from plugins.shikakeisan.overview.findings import close, let_go
from plugins.shikakeisan.overview.replay import Replayed, approve_circumstances, replay_register
from tests.plugins.shikakeisan.base.conftest import KURASHIKI, NAKA, TAX_YEAR, City, address
from tests.plugins.shikakeisan.overview.conftest import decide, merge

HOUSEHOLD = {"number": "77", "relation": "世帯主"}


async def replay(city: City, since: datetime | None = None) -> Replayed:
    async with city.database.transaction() as session:
        return await replay_register(city.work(session), TAX_YEAR, since)


async def codes(city: City) -> list[tuple[int, str, str]]:
    rows = await city.rows(
        "SELECT person_id, code, state FROM shikakeisan.finding WHERE stage = 'base' ORDER BY id"
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("kind", "on", "items", "expected"),
    [
        pytest.param(
            "move_out",
            "2025-12-20",
            {"address": address(KURASHIKI)},
            ["BASE_STANDING", "BASE_WARD", "BASE_HOUSEHOLD"],
            id="had moved out",
        ),
        pytest.param(
            "move_within", "2025-12-20", {"address": address(NAKA)}, ["BASE_WARD"], id="had changed the ward"
        ),
        pytest.param(
            "household_change", "2025-12-20", {"household": HOUSEHOLD}, ["BASE_HOUSEHOLD"], id="household"
        ),
        pytest.param(
            "death", "2025-12-20", {}, ["BASE_STANDING", "BASE_HOUSEHOLD", "BASE_DEATH"], id="had died"
        ),
        pytest.param("death", "2026-06-20", {}, ["BASE_DEATH"], id="dies later"),
        pytest.param("move_out", "2026-06-20", {"address": address(KURASHIKI)}, [], id="moves out later"),
        pytest.param(
            "name_change", "2025-12-20", {"name": "遠山　陽斗", "kana": "トオヤマ　ハルト"}, [], id="name"
        ),
    ],
)
async def test_a_change_of_decided_tax_is_looked_at(
    city: City, kind: str, on: str, items: Mapping[str, Any], expected: list[str]
) -> None:
    await city.feed(city.arrival("1"), city.arrival("2"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=200)
    await city.feed(city.event(kind, "1", on, **items))

    done = await replay(city)

    person_id = await city.id_of("1")
    assert await codes(city) == [(person_id, code, "open") for code in expected]
    assert (done.looked_at, list(done.changed)) == (1, [person_id] if expected else [])
    assert done.findings == len(expected)


async def test_a_birth_date_that_was_wrong(city: City) -> None:
    await city.feed(city.arrival("1"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=1)
    await city.feed(city.arrival("1", birth="1981-05-01"))

    await replay(city)

    assert [code for _, code, _ in await codes(city)] == ["BASE_BIRTH"]


async def test_who_is_found_to_live_here_waits_for_a_decision(city: City) -> None:
    await city.feed(city.arrival("1"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=1)
    await city.feed(city.arrival("2", "2025-12-31"))

    await replay(city)

    assert await codes(city) == [(await city.id_of("2"), "BASE_NEW", "open")]


async def test_before_tax_is_decided_nobody_needs_to_look(city: City) -> None:
    await city.feed(city.arrival("1"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await merge(city)
    city.clock.go_on(days=1)
    await city.feed(city.event("death", "1", "2025-12-20"))

    done = await replay(city)

    assert (len(done.changed), done.findings) == (1, 0)
    assert (await city.base("1")).reason == "DIED"


async def test_a_second_replay_finds_nothing_new(city: City) -> None:
    await city.feed(city.arrival("1"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=1)
    await city.feed(city.event("death", "1", "2025-12-20"))
    await replay(city)
    before = await codes(city)

    city.clock.go_on(minutes=5)
    soon = await replay(city)
    city.clock.go_on(hours=2)
    await replay(city)
    later = await replay(city)

    assert (soon.looked_at, soon.changed, soon.findings) == (1, [], 0)
    assert (later.looked_at, later.changed, later.findings) == (0, [], 0)
    assert await codes(city) == before


async def test_news_since_a_moment_can_be_replayed_again(city: City) -> None:
    await city.feed(city.arrival("1"))
    first = city.clock.now()
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    city.clock.go_on(days=5)

    assert (await replay(city)).looked_at == 0
    assert (await replay(city, first)).looked_at == 1


async def test_nothing_is_replayed_before_the_freeze(city: City) -> None:
    await city.open()
    with pytest.raises(YearNotFrozen):
        await replay(city)


async def test_an_approved_circumstance_is_looked_at_too(city: City) -> None:
    await city.feed(city.arrival("1"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=1)
    async with city.database.transaction() as session:
        given = Proposed(TAX_YEAR, Circumstance.HOUSE, ADD, "家屋敷の申告", [Said("1", NAKA)])
        proposal_id = await propose(city.work(session), given)

    async with city.database.transaction() as session:
        changed = await approve_circumstances(city.work(session, "chief"), proposal_id, 1)

    assert list(changed) == [await city.id_of("1")]
    assert [code for _, code, _ in await codes(city)] == ["BASE_HOUSE"]


async def one_finding(city: City) -> int:
    await city.feed(city.arrival("1"))
    city.clock.go_on(hours=2)  # beyond what a replay looks at twice
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=1)
    await city.feed(city.event("death", "1", "2026-06-20"))
    await replay(city)
    [row] = await city.rows("SELECT id FROM shikakeisan.finding WHERE stage = 'base'")
    finding_id: int = row.id
    return finding_id


async def test_a_finding_is_closed_with_a_reason_once(city: City) -> None:
    finding_id = await one_finding(city)
    async with city.database.transaction() as session:
        with pytest.raises(ReasonRequired):
            await close(city.work(session), finding_id, 1, " ")
        await close(city.work(session), finding_id, 1, "相続人代表者を登録済み")
    async with city.database.transaction() as session:
        with pytest.raises(Conflict):
            await close(city.work(session), finding_id, 1, "相続人代表者を登録済み")
        with pytest.raises(NotFound):
            await close(city.work(session), finding_id + 1, 1, "相続人代表者を登録済み")

    assert [state for _, _, state in await codes(city)] == ["closed"]


async def test_a_later_decision_lets_a_finding_go(city: City, owner_rows: Any) -> None:
    await one_finding(city)
    await owner_rows("UPDATE shikakeisan.assessment SET decided_at = decided_at + interval '2 days'")

    async with city.database.transaction() as session:
        await let_go(city.work(session), TAX_YEAR)

    assert [state for _, _, state in await codes(city)] == ["gone"]
