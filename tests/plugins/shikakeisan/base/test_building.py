"""A year is opened, its base built and frozen: counts, repetition, refusals, the hook, late news."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from core.clock import JAPAN
from core.hooks import hook
from core.storage.sessions import WriteSession
from plugins.shikakeisan.base.errors import TaxDayAhead, YearNotFrozen, YearNotOpen, YearOpened
from plugins.shikakeisan.base.queries import base_people, counts, list_base
from plugins.shikakeisan.base.service import freeze_base, open_year, rebuild_people
from plugins.shikakeisan.law.files import MunicipalityUnknownError, YearUnknownError
from plugins.synth.api import Plan, write_city
from tests.plugins.shikakeisan.base.conftest import CITY, KITA, KURASHIKI, NAKA, TAX_YEAR, City, address

SMALL_CITY = 400
INDEPENDENT = """
WITH resident AS (
    SELECT p.person_id, a.municipality_code AS ward FROM atena.person_revision p
    JOIN atena.address_revision a USING (person_id)
    WHERE daterange(p.valid_from, p.valid_to) @> DATE '2026-01-01'
      AND daterange(a.valid_from, a.valid_to) @> DATE '2026-01-01'
      AND p.known_to = 'infinity' AND a.known_to = 'infinity' AND p.kind = 'resident'
      AND NOT EXISTS (SELECT FROM atena.person_revision d WHERE d.person_id = p.person_id
                      AND d.known_to = 'infinity' AND d.death_date <= DATE '2026-01-01')
      AND NOT EXISTS (SELECT FROM atena.person_link l WHERE l.person_id = p.person_id
                      AND l.known_to = 'infinity')
)
SELECT ward, count(*) AS people FROM resident WHERE left(ward, 4) = '3310' GROUP BY ward ORDER BY ward
"""
"""The residents of each ward in another way: ranges of days, and all of a person's deaths."""


class Listener:
    """A plug-in that hears of the freeze."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.refuses = False

    @hook
    async def base_frozen(self, session: WriteSession, tax_year: int) -> None:
        if self.refuses:
            raise LookupError
        self.heard.append(tax_year)


@pytest.fixture
def listener(city: City) -> Iterator[Listener]:
    listener = Listener()
    city.runtime.plugins.manager.register(listener)
    yield listener
    city.runtime.plugins.manager.unregister(listener)


async def test_counts_equal_an_independent_query(city: City, tmp_path: Path) -> None:
    write_city(Plan(SMALL_CITY, TAX_YEAR, 7, frozenset()), tmp_path / "city")
    city.clock.moment = datetime(2026, 4, 1, tzinfo=JAPAN)
    await city.feed_file(tmp_path / "city" / "juki" / "feed.jsonl")

    built = await city.freeze()

    wards = await city.rows(INDEPENDENT)
    async with city.database.read() as session:
        found = await counts(session, TAX_YEAR)
    assert [(row.ward_code, row.people) for row in found if row.standing == "resident"] == [
        (row.ward, row.people) for row in wards
    ]
    [everybody] = await city.rows("SELECT count(*) AS people FROM atena.person")
    assert built.people == built.changed == everybody.people == sum(row.people for row in found)
    assert built.taxed_here == sum(row.people for row in wards)


async def test_reasons_equal_the_truth_of_a_synthetic_city(city: City, tmp_path: Path) -> None:
    write_city(Plan(SMALL_CITY * 5, TAX_YEAR, 7, frozenset()), tmp_path / "city")
    city.clock.moment = datetime(2026, 4, 1, tzinfo=JAPAN)
    await city.feed_file(tmp_path / "city" / "juki" / "feed.jsonl")

    await city.freeze()

    rows = await city.rows(
        "SELECT p.atena_number, b.reason FROM shikakeisan.base_person b"
        " JOIN atena.person p ON p.id = b.person_id"
    )
    expected = dict(expected_reasons(tmp_path / "city" / "truth.jsonl"))
    assert {row.atena_number: row.reason for row in rows} == expected
    assert set(Counter(expected.values())) >= {"", "DIED", "MOVED_IN_AFTER", "MOVED_OUT"}


def expected_reasons(truth: Path) -> Iterator[tuple[str, str]]:
    reasons = {"moved_in_2_january": "MOVED_IN_AFTER", "moved_out_31_december": "MOVED_OUT"}
    for line in truth.read_bytes().splitlines():
        said = orjson.loads(line)
        if said["kind"] == "person" and said["atena_number"] is not None:
            died = said["died"] is not None and said["died"] <= "2026-01-01"
            born = said["birth"] > "2026-01-01"
            reason = "DIED" if died else "BORN_AFTER" if born else reasons.get(said["stay"], "")
            yield said["atena_number"], reason


async def test_freezing_again_changes_nothing(city: City, listener: Listener) -> None:
    await city.feed(city.arrival("1"), city.arrival("2", "2026-01-02"))

    first = await city.freeze()
    city.clock.go_on(hours=1)
    again = await city.freeze()

    assert (first.changed, again.changed) == (2, 0)
    assert (first.people, first.taxed_here) == (again.people, again.taxed_here) == (2, 1)
    [year] = await city.rows("SELECT state, frozen_at, version FROM shikakeisan.fiscal_year")
    assert (year.state, year.frozen_at) == ("frozen", city.clock.now() - timedelta(hours=1))
    assert listener.heard == [TAX_YEAR]


async def test_an_error_of_a_listener_undoes_the_freeze(city: City, listener: Listener) -> None:
    await city.feed(city.arrival("1"))
    await city.open()
    listener.refuses = True

    with pytest.raises(LookupError):
        await city.freeze()

    [year] = await city.rows("SELECT state FROM shikakeisan.fiscal_year")
    assert year.state == "open"
    assert await city.rows("SELECT id FROM shikakeisan.base_person") == []


async def test_blocks_of_any_size_give_the_same(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    await city.feed(*(city.arrival(str(number)) for number in range(1, 8)))
    monkeypatch.setattr("plugins.shikakeisan.base.service.AT_ONCE", 3)

    built = await city.freeze()

    assert (built.people, built.changed) == (7, 7)


async def test_a_year_is_opened_once_for_one_municipality(city: City) -> None:
    async with city.database.transaction() as session:
        assert await open_year(city.work(session), TAX_YEAR, CITY)
        assert not await open_year(city.work(session), TAX_YEAR, CITY)
    async with city.database.transaction() as session:
        with pytest.raises(YearOpened):
            await open_year(city.work(session), TAX_YEAR, "112020")


@pytest.mark.parametrize(
    ("year", "municipality", "refusal"),
    [(1999, CITY, YearUnknownError), (TAX_YEAR, "011002", MunicipalityUnknownError)],
)
async def test_a_year_needs_its_files(
    city: City, year: int, municipality: str, refusal: type[Exception]
) -> None:
    async with city.database.transaction() as session:
        with pytest.raises(refusal):
            await open_year(city.work(session), year, municipality)


async def test_a_base_needs_its_year_and_its_day(city: City) -> None:
    async with city.database.transaction() as session:
        with pytest.raises(YearNotOpen):
            await freeze_base(city.runtime, city.work(session), TAX_YEAR)
    city.clock.moment = datetime(2025, 12, 31, 23, 59, tzinfo=JAPAN)
    with pytest.raises(TaxDayAhead):
        await city.freeze()
    await city.open()
    async with city.database.transaction() as session:
        with pytest.raises(YearNotFrozen):
            await rebuild_people(city.work(session), TAX_YEAR, [1])


async def test_late_news_end_what_was_known_and_both_can_be_asked(city: City) -> None:
    await city.feed(city.arrival("1"), city.arrival("2"))
    await city.freeze()
    before = city.clock.now()
    city.clock.go_on(days=20)
    await city.feed(city.event("move_out", "1", "2025-12-20", address=address(KURASHIKI)))

    changed = await rebuild(city, "1", "2")

    assert changed == [await city.id_of("1")]
    then, now = await city.base("1", before), await city.base("1")
    assert (then.standing, then.ward_code) == ("resident", KITA)
    assert (now.standing, now.reason, now.known_from) == ("outside", "MOVED_OUT", city.clock.now())
    assert (await city.base("2")).known_from == before


async def test_a_link_changes_both_numbers(city: City) -> None:
    await city.feed(city.arrival("1", code=NAKA))
    primary = await city.register(date(2020, 4, 1))
    await city.freeze()
    city.clock.go_on(days=1)
    await city.link("1", primary)

    changed = await rebuild(city, "1")

    assert set(changed) == {await city.id_of("1"), await city.id_of(primary)}
    assert ((await city.base("1")).reason, (await city.base(primary)).ward_code) == ("LINKED", NAKA)
    city.clock.go_on(days=1)
    await city.link("1", None)
    await rebuild(city, primary)
    assert ((await city.base("1")).standing, (await city.base(primary)).standing) == (
        "resident",
        "registered",
    )


async def test_the_merge_gets_who_is_taxed_here(city: City) -> None:
    await city.feed(city.arrival("1"), city.arrival("2", "2026-01-02"), city.arrival("3"))
    await city.freeze()
    ids = [await city.id_of(number) for number in ("1", "2", "3")]

    async with city.database.read() as session:
        everybody = await base_people(session, TAX_YEAR, min(ids), max(ids))
        some = await base_people(session, TAX_YEAR, ids[0], ids[1])
        outside = await list_base(session, TAX_YEAR, standing="outside")

    assert [row.person_id for row in everybody] == sorted([ids[0], ids[2]])
    assert [row.person_id for row in some] == [ids[0]]
    assert [(row.person_id, row.reason) for row in outside] == [(ids[1], "MOVED_IN_AFTER")]


async def rebuild(city: City, *numbers: str) -> Sequence[int]:
    ids = [await city.id_of(number) for number in numbers]
    async with city.database.transaction() as session:
        return await rebuild_people(city.work(session), TAX_YEAR, ids)
