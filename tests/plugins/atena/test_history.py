"""Random histories on two clocks against a model that remembers every day as it was known at every moment."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from core.errors import Conflict, NotFound
from core.storage.database import Database, ReadSession, WriteSession
from plugins.atena import tables
from plugins.atena.history import FOREVER, LATEST, Carving, Content, Revision, Span, overlay, replace
from plugins.atena.queries import history, persons

NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
FIRST = date(2020, 1, 1)
DAYS = 40
PEOPLE = 20
BLANK = {
    "municipality_code": "331007",
    "prefecture": "",
    "municipality": "",
    "town_code": "0000000",
    "building": "",
    "postal_code": "",
    "address_key": "",
    "town_key": "",
}


@dataclass
class Model:
    """What each day says, as of every moment: the slow and obvious way."""

    now: dict[date, Content] = field(default_factory=dict)
    past: list[tuple[datetime, dict[date, Content]]] = field(default_factory=list)

    def change(self, at: datetime, span: Span, content: Content, *, whole: bool) -> None:
        for day in _days():
            if span.valid_from <= day < span.valid_to and (whole or day in self.now):
                self.now[day] = {**({} if whole else self.now[day]), **content}
        self.past.append((at, dict(self.now)))

    def says(self, day: date, at: datetime) -> Content | None:
        known = [state for moment, state in self.past if moment <= at]
        return known[-1].get(day) if known else None


def _days() -> Iterator[date]:
    yield from (FIRST + timedelta(days=day) for day in range(DAYS))


def _span(chance: Random) -> Span:
    start = FIRST + timedelta(days=chance.randrange(DAYS))
    return Span(start, chance.choice([FOREVER, start + timedelta(days=chance.randint(1, 12))]))


def _change(chance: Random) -> tuple[bool, Content]:
    if chance.random() < 0.4:
        return True, {**BLANK, "town": chance.choice("甲乙丙丁"), "lot": chance.choice("一二三")}
    return False, {chance.choice(["town", "lot"]): chance.choice("甲乙一二")}


def _decide(whole: bool, span: Span, content: Content) -> Any:
    return partial(_replaced if whole else _overlaid, span, content)


def _replaced(span: Span, content: Content, present: list[Revision]) -> Carving:
    return replace(present, span, content)


def _overlaid(span: Span, content: Content, present: list[Revision]) -> Carving:
    return overlay(present, span, content)


@pytest.mark.parametrize("seed", range(4))
def test_carving_follows_the_model(seed: int) -> None:
    chance = Random(seed)
    model, present, ids = Model(), list[Revision](), iter(range(10**6))
    for step in range(1_000):
        span, (whole, content) = _span(chance), _change(chance)
        carving = _decide(whole, span, content)(present)
        kept = [revision for revision in present if revision.id not in carving.closed]
        present = [*kept, *(Revision(next(ids), *opened) for opened in carving.opened)]
        model.change(NOW + timedelta(seconds=step), span, content, whole=whole)
        _assert_no_overlap(present)
    for day in _days():
        said = [
            revision.content
            for revision in present
            if revision.span.valid_from <= day < revision.span.valid_to
        ]
        assert said == ([model.now[day]] if day in model.now else [])


def _assert_no_overlap(present: list[Revision]) -> None:
    spans = sorted(revision.span for revision in present)
    assert all(one.valid_to <= other.valid_from for one, other in pairwise(spans))


async def test_stored_histories_follow_the_model(database: Database) -> None:
    await _play(database, steps=400, queries=300, seed=7)


@pytest.mark.slow
async def test_stored_histories_follow_the_model_for_50_000_steps(database: Database) -> None:
    await _play(database, steps=50_000, queries=5_000, seed=8)


async def _play(database: Database, steps: int, queries: int, seed: int) -> None:
    chance = Random(seed)
    async with database.transaction() as session:
        ids = [await persons.add_person(session, f"{number:015d}", NOW) for number in range(PEOPLE)]
    models = {person_id: Model() for person_id in ids}
    moments: list[datetime] = []
    for begin in range(0, steps, 100):
        async with database.transaction() as session:
            for _ in range(min(100, steps - begin)):
                moments.append(await _step(session, chance, models, len(moments)))
        if begin % 5_000 == 0:
            await _compare(database, chance, models, moments, 50)
    await _compare(database, chance, models, moments, queries)


async def _step(session: WriteSession, chance: Random, models: Mapping[int, Model], step: int) -> datetime:
    person_id, span, (whole, content) = chance.choice(list(models)), _span(chance), _change(chance)
    at = NOW + timedelta(seconds=step + 1)
    decide = _decide(whole, span, content)
    await history.change(session, tables.address_revision, person_id, at, decide)
    models[person_id].change(at, span, content, whole=whole)
    return at


async def _compare(
    database: Database, chance: Random, models: Mapping[int, Model], moments: list[datetime], count: int
) -> None:
    async with database.read() as session:
        for _ in range(count):
            person_id, day = chance.choice(list(models)), FIRST + timedelta(days=chance.randrange(DAYS))
            at = chance.choice([*moments[-50:], chance.choice(moments), LATEST])
            assert await _said(session, person_id, day, at) == models[person_id].says(day, at)


async def _said(session: ReadSession, person_id: int, day: date, at: datetime) -> Content | None:
    table = tables.address_revision
    rows = await session.execute(
        select(*history.said_in(table)).where(
            table.c.person_id == person_id, history.holds(table, day), history.known(table, at)
        )
    )
    row = rows.one_or_none()
    return None if row is None else row._asdict()


async def test_a_change_that_says_nothing_new_writes_nothing(session: WriteSession) -> None:
    person_id = await persons.add_person(session, "1", NOW)
    decide = _decide(True, Span(FIRST), {**BLANK, "town": "甲", "lot": "一"})

    assert await history.change(session, tables.address_revision, person_id, NOW, decide)
    assert not await history.change(session, tables.address_revision, person_id, NOW, decide)
    again = _decide(False, Span(FIRST), {"town": "甲"})
    assert not await history.change(session, tables.address_revision, person_id, NOW, again)


async def test_versions_count_up_and_record_time_never_runs_backwards(session: WriteSession) -> None:
    person_id = await persons.add_person(session, "1", NOW)

    first = await history.next_version(session, tables.person, "1", 1, NOW - timedelta(days=1))
    second = await history.next_version(session, tables.person, "1", 2, NOW + timedelta(days=1))

    assert first == (person_id, NOW + timedelta(microseconds=1))
    assert second == (person_id, NOW + timedelta(days=1))


async def test_a_stale_version_is_told_the_present_one(session: WriteSession) -> None:
    await persons.add_person(session, "1", NOW)
    await history.next_version(session, tables.person, "1", 1, NOW)

    with pytest.raises(Conflict) as refused:
        await history.next_version(session, tables.person, "1", 1, NOW)

    assert refused.value.details == {"currentVersion": 2}


async def test_nobody_has_no_version(session: WriteSession) -> None:
    with pytest.raises(NotFound):
        await history.next_version(session, tables.person, "1", 1, NOW)
