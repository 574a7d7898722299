"""Every revision belongs to exactly one close, however transactions and cut-offs fall."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import JAPAN
from plugins.shikakeisan.assessment.service import decide_people
from plugins.shikakeisan.closing.errors import CutOffInvalid, NothingAssessed, RunUnderWay
from plugins.shikakeisan.closing.service import BEGINNING
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone
from tests.plugins.shikakeisan.closing.conftest import City
from tests.plugins.shikakeisan.correction.conftest import someone

MORE = {"social_insurance": 800_000}
SECOND = timedelta(seconds=1)


async def closes_of(city: City) -> list[Any]:
    return list(await city.office.year.rows("SELECT * FROM shikakeisan.closing ORDER BY id"))


async def closed(city: City, closing_id: int) -> list[tuple[int, int]]:
    rows = await city.office.year.rows(
        "SELECT a.person_id, a.revision FROM shikakeisan.closed_revision c"
        " JOIN shikakeisan.assessment a ON a.id = c.assessment_id WHERE closing_id = :id ORDER BY 1, 2",
        id=closing_id,
    )
    return [(row.person_id, row.revision) for row in rows]


async def test_the_first_close_takes_the_first_assessment(city: City) -> None:
    people = await city.office.settle(someone(), someone())
    listener = city.join()

    number = await city.close()

    [row] = await closes_of(city)
    assert (row.kind, row.previous_cut_off, row.closed_by) == ("initial", BEGINNING, "100001")
    assert (row.counts["revisions"], row.counts["people"], row.counts["increased"]) == (2, 2, 2)
    assert await closed(city, number) == [(person, 1) for person in people]
    assert listener.closes == [number]


async def test_a_close_takes_what_was_decided_since_the_last_one(city: City) -> None:
    first, _second = await city.office.settle(someone(), someone())
    await city.close()
    await city.office.correct(first, MORE)
    await city.office.correct(first, {"salary": 9_000_000})

    number = await city.close()

    row = (await closes_of(city))[-1]
    assert (row.kind, row.counts["revisions"], row.counts["people"]) == ("changes", 2, 1)
    assert (row.counts["increased"], row.counts["decreased"]) == (1, 1)
    assert await closed(city, number) == [(first, 2), (first, 3)]


async def test_a_cut_off_in_the_past_leaves_the_rest_to_the_next_close(city: City) -> None:
    [person] = await city.office.settle(someone())
    await city.close()
    await city.office.correct(person, MORE)
    between = city.office.year.runtime.clock.now()
    await city.office.correct(person, {"salary": 9_000_000})

    first, second = await city.close(between), await city.close()

    assert await closed(city, first) == [(person, 2)]
    assert await closed(city, second) == [(person, 3)]


async def test_an_empty_close_is_a_close(city: City) -> None:
    await city.office.settle(someone())
    await city.close()

    number = await city.close()

    assert (await closes_of(city))[-1].counts["revisions"] == 0
    assert await closed(city, number) == []


@pytest.mark.parametrize("shift", [timedelta(0), -SECOND, timedelta(days=1)])
async def test_a_cut_off_lies_between_the_last_one_and_now(city: City, shift: timedelta) -> None:
    await city.office.settle(someone())
    await city.close()
    [row] = await closes_of(city)

    with pytest.raises(CutOffInvalid):
        await city.close(row.cut_off + shift)


async def test_nothing_is_closed_before_the_first_assessment(city: City) -> None:
    with pytest.raises(NothingAssessed):
        await city.close()

    assert await closes_of(city) == []


async def test_a_half_written_first_assessment_is_not_closed(city: City) -> None:
    await city.office.year.settle(Someone())
    started = (
        "INSERT INTO shikakeisan.run (tax_year, kind, rules_version, compared_with, job_id, counts, totals,"
        " requested_by, started_at) VALUES (2026, 'initial', '', '', 1, '{}', '{}', '', now())"
    )
    async with city.office.year.database.transaction() as session:
        await session.execute(text(started))

    with pytest.raises(RunUnderWay):
        await city.close()


async def test_a_revision_committed_after_the_close_read_is_in_the_next_one(city: City) -> None:
    """The trap: decided before the cut-off, committed behind it."""
    first, second = await city.office.settle(someone(), someone())
    await city.close()
    await city.office.file(second, someone({"salary": 1_000_000}))
    await city.office.remerge(second)

    async with city.office.work() as slow:
        await decide_people(city.office.year.runtime, slow, TAX_YEAR, [second], reason="遅い処理")
        await city.office.correct(first, MORE)
        early = await city.close()
    late = await city.close()

    [revision] = (await city.office.year.revisions(second))[1:]
    assert revision.decided_at < (await closes_of(city))[1].cut_off
    assert await closed(city, early) == [(first, 2)]
    assert await closed(city, late) == [(second, 2)]
    assert (await closes_of(city))[2].counts["late"] == 1


async def test_closes_at_once_never_share_a_revision(city: City) -> None:
    people = await city.office.settle(*[someone() for _ in range(6)])
    random = Random(7)

    async def write(person: int) -> None:
        for step in range(4):
            await asyncio.sleep(random.random() / 20)
            await city.office.correct(person, {"social_insurance": 700_000 + 1_000 * (step + 1)})

    async def end() -> None:
        for _ in range(8):
            await asyncio.sleep(random.random() / 10)
            with suppress(CutOffInvalid):  # another close took a later moment
                await city.close()

    await asyncio.gather(*map(write, people), end(), end())
    await city.close()

    taken = [one for row in await closes_of(city) for one in await closed(city, row.id)]
    written = [(person, revision) for person in people for revision in range(1, 6)]
    assert sorted(taken) == written


async def test_cut_offs_leave_no_gap(city: City) -> None:
    [person] = await city.office.settle(someone())
    await city.close()
    for step in range(3):
        await city.office.correct(person, {"medical_paid": 200_000 + step * 10_000})
        await city.close()

    rows = await closes_of(city)

    starts: list[datetime] = [row.previous_cut_off for row in rows]
    assert starts == [BEGINNING, *(row.cut_off for row in rows[:-1])]


def go_to(city: City, moment: datetime) -> None:
    clock = city.office.year.runtime.clock
    clock.move(moment - clock.now())  # type: ignore[attr-defined]  # a movable clock


async def test_twice_a_month_each_decision_is_in_the_close_of_its_half(city: City) -> None:
    """Closed two days after the middle and the end of a month, up to the midnight that ended each."""
    [person] = await city.office.settle(someone())
    await city.close()
    minute = timedelta(minutes=1)
    middle, end = datetime(2027, 2, 16, tzinfo=JAPAN), datetime(2027, 3, 1, tzinfo=JAPAN)
    corrected = 0
    for cut_off in (middle, end):
        for moment in (cut_off - 5 * minute, cut_off + minute):
            go_to(city, moment)
            corrected += 1
            await city.office.correct(person, {"medical_paid": 200_000 + corrected * 10_000})
        go_to(city, cut_off + timedelta(days=2))
        await city.close(cut_off)
    await city.close()

    rows = await closes_of(city)
    assert [row.cut_off for row in rows[1:3]] == [middle, end]
    assert [await closed(city, row.id) for row in rows[1:]] == [
        [(person, 2)],
        [(person, 3), (person, 4)],
        [(person, 5)],
    ]
    assert [row.counts["late"] for row in rows] == [0, 0, 0, 0]
