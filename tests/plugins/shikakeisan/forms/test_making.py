"""Making return forms: as many as were shown, once each, addressed by the rules of 宛名."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import text

from core.storage.database import Database
from plugins.atena import tables as atena
from plugins.shikakeisan.base.errors import YearNotOpen
from plugins.shikakeisan.forms import queries, service
from plugins.shikakeisan.forms.catalogue import choose
from plugins.shikakeisan.forms.errors import CountChanged, FormsNotRemade, NobodyToWrite, TooManyForms
from plugins.shikakeisan.forms.numbers import form_number, is_form_number
from plugins.shikakeisan.forms.printing import COLUMNS, files_of
from plugins.shikakeisan.sheets import Sheet
from tests.plugins.shikakeisan.base.conftest import CITY
from tests.plugins.shikakeisan.forms.conftest import (
    ALONE,
    DAUGHTER,
    FATHER,
    MOTHER,
    OPEN_COUNT,
    SON,
    Office,
)

PLACE = {
    "municipality_code": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town_code": "0000000",
    "town": "朝霧町",
    "lot": "5番地",
    "building": "朝霧, 荘",
    "postal_code": "7100001",
}


def rows_of(sheet: Sheet) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet.data.decode())))


async def of_person(office: Office, number: str) -> Sequence[Any]:
    async with office.city.database.read() as session:
        return await queries.forms_of_persons(session, [office.desk.ids[number]])


async def test_each_form_carries_name_address_number_and_household(office: Office) -> None:
    run_id = await office.make(OPEN_COUNT)

    ordinary, private = await office.sheets(run_id)
    lines = rows_of(ordinary)
    assert tuple(lines[0]) == COLUMNS
    assert [line["atena_number"] for line in lines] == [FATHER, MOTHER, SON, ALONE]
    assert lines[3] == {
        "form_number": form_number(2026, 4),
        "tax_year": "2026",
        "atena_number": ALONE,
        "name": "夕凪　実",
        "kana": "カナ　カ",
        "birth_date": "1975-01-01",
        "household_number": "2",
        "sent_to": "home",
        "recipient": "夕凪　実",
        "postal_code": "",
        "address": "岡山県岡山市北区桜見町9001番地",
        "building": "",
        "my_number": "",
    }
    assert all(is_form_number(line["form_number"]) for line in lines)
    assert rows_of(private) == []


async def test_nothing_is_made_where_the_count_is_another_than_was_shown(office: Office) -> None:
    with pytest.raises(CountChanged) as refused:
        await office.make(OPEN_COUNT - 1)

    assert refused.value.details == {"currentCount": OPEN_COUNT}
    assert await office.rows("SELECT id FROM shikakeisan.form_run") == []


async def test_a_second_run_says_who_has_one_already(office: Office) -> None:
    await office.make(OPEN_COUNT)

    again = await office.count()
    with pytest.raises(NobodyToWrite):
        await office.make(0)
    run_id = await office.make(1, ["NO_DOCUMENT"], [])

    assert (again.people, again.already, again.new) == (OPEN_COUNT, OPEN_COUNT, 0)
    [run] = await office.rows("SELECT * FROM shikakeisan.form_run WHERE id = :id", id=run_id)
    assert run.counts == {"made": 1, "already": OPEN_COUNT}
    [form] = await of_person(office, DAUGHTER)
    assert (form.serial, form.run_id, form.made_by) == (OPEN_COUNT + 1, run_id, "100001")


async def test_the_history_of_a_person_shows_the_form(office: Office) -> None:
    run_id = await office.make(OPEN_COUNT)

    [form] = await of_person(office, ALONE)

    assert (form.run_id, form.sent_to, form.tax_year) == (run_id, "home", 2026)
    assert await of_person(office, DAUGHTER) == []


@pytest.mark.parametrize(
    ("table", "sent_to"),
    [(atena.delivery_address, "delivery_address"), (atena.tax_agent, "tax_agent")],
)
async def test_a_form_goes_where_notices_go(office: Office, table: Any, sent_to: str) -> None:
    await office.say(table, ALONE, name="代理　人", kana="ダイリ", **PLACE)

    ordinary, _ = await office.sheets(await office.make(OPEN_COUNT))

    line = rows_of(ordinary)[3]
    assert (line["sent_to"], line["recipient"], line["name"]) == (sent_to, "代理　人", "夕凪　実")
    assert (line["postal_code"], line["address"], line["building"]) == (
        "7100001",
        "岡山県倉敷市朝霧町5番地",
        "朝霧, 荘",
    )


async def test_the_dead_without_representative_get_none(office: Office) -> None:
    city = office.city
    city.clock.go_on(minutes=1)
    await city.feed(city.event("death", ALONE, "2026-01-03"))

    run_id = await office.make(OPEN_COUNT)

    [run] = await office.rows("SELECT counts FROM shikakeisan.form_run WHERE id = :id", id=run_id)
    assert run.counts == {"made": OPEN_COUNT - 1, "already": 0, "held_deceased": 1}


async def test_the_protected_and_who_lives_with_them_stand_in_a_file_of_their_own(office: Office) -> None:
    await office.protect(MOTHER)

    ordinary, private = await office.sheets(await office.make(OPEN_COUNT))

    assert [line["atena_number"] for line in rows_of(ordinary)] == [ALONE]
    assert [line["atena_number"] for line in rows_of(private)] == [FATHER, MOTHER, SON]


async def test_the_manifest_tells_conditions_counts_and_digests(office: Office) -> None:
    run_id = await office.make(OPEN_COUNT)
    sheets = await office.sheets(run_id)
    async with office.city.database.read() as session:
        run = await queries.run_row(session, run_id)
        files = files_of(run, sheets, await service.municipality_of(session, run))

    manifest = json.loads(files[f"{sheets[0].name}.json"])

    assert (manifest["municipality_code"], manifest["counts"]["made"]) == (CITY, OPEN_COUNT)
    assert manifest["included"] == [one.code for one in choose().include]
    assert [one["sha256"] for one in manifest["files"]] == [sheet.sha256.hex() for sheet in sheets]
    assert [one["private"] for one in manifest["files"]] == [False, True]
    assert manifest["empty_areas"] == ["my_number"]


async def test_a_run_is_printed_again_byte_for_byte_whatever_happened_since(office: Office) -> None:
    run_id = await office.make(OPEN_COUNT)
    before = await office.sheets(run_id)
    office.city.clock.go_on(days=1)
    await office.say(atena.delivery_address, ALONE, name="代理　人", kana="ダイリ", **PLACE)

    assert await office.sheets(run_id) == before
    assert office.moved == 0


async def test_who_is_protected_since_leaves_the_printers_file_when_it_is_printed_again(
    office: Office,
) -> None:
    run_id = await office.make(OPEN_COUNT)
    before, nobody = await office.sheets(run_id)
    office.city.clock.go_on(days=1)
    await office.protect(MOTHER)

    ordinary, private = await office.sheets(run_id)

    assert [line["atena_number"] for line in rows_of(ordinary)] == [ALONE]
    assert [line["atena_number"] for line in rows_of(private)] == [FATHER, MOTHER, SON]
    assert rows_of(nobody) == []
    assert rows_of(private) == rows_of(before)[:3]
    assert office.moved == 3


async def test_a_print_that_is_not_the_one_that_was_made_is_refused(
    office: Office, owner_database: Database
) -> None:
    run_id = await office.make(OPEN_COUNT)
    async with owner_database.transaction() as session:
        await session.execute(text("UPDATE shikakeisan.form SET sent_to = 'tax_agent' WHERE serial = 1"))

    with pytest.raises(FormsNotRemade):
        await office.sheets(run_id)


async def test_a_request_makes_no_more_than_it_may(office: Office) -> None:
    with pytest.raises(TooManyForms) as refused:
        await office.make(OPEN_COUNT, most=OPEN_COUNT - 1)

    assert refused.value.details == {"limit": OPEN_COUNT - 1}


async def test_a_year_that_is_not_open_has_no_forms(office: Office) -> None:
    async with office.desk.work() as work:
        with pytest.raises(YearNotOpen):
            await service.make(work, 2027, choose(), 1)
