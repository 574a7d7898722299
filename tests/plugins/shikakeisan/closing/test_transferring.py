"""A file holds what changed since the recipient's last one, in agreed columns, and can be made again."""

import hashlib
import json
from collections.abc import Sequence

import pytest

from core.errors import JuminzeiError
from plugins.shikakeisan.assessment.service import decide_people
from plugins.shikakeisan.closing.errors import NothingClosed, RecipientColumns, RecipientUnknown
from plugins.shikakeisan.closing.transferring import File
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone
from tests.plugins.shikakeisan.closing.conftest import COLUMNS, City
from tests.plugins.shikakeisan.correction.conftest import someone

MORE = {"social_insurance": 800_000}
PEOPLE = 20_000


def rows_of(file: File) -> list[list[str]]:
    return [line.split(",") for line in file.data.decode().splitlines()]


async def start(city: City, count: int = 2) -> Sequence[int]:
    ids = await city.settle(*[someone() for _ in range(count)])
    city.join()
    await city.close()
    return ids


async def test_the_first_file_holds_everybody_and_the_next_only_changes(city: City) -> None:
    first, _ = await start(city)

    whole = await city.transfer()
    await city.office.correct(first, MORE)
    await city.close()
    change = await city.transfer()

    header, *rows = rows_of(whole)
    [revision] = [row for row in await city.office.year.revisions(first) if row.revision == 1]
    assert tuple(header) == COLUMNS
    assert rows[0] == ["2026", f"{first:015d}", "1", "taxed", str(revision.payable), "3560000"]
    assert [len(rows_of(file)) - 1 for file in (whole, change)] == [2, 1]
    assert rows_of(change)[1][:3] == ["2026", f"{first:015d}", "2"]


async def test_the_manifest_tells_counts_sums_and_digest(city: City) -> None:
    await start(city)

    file = await city.transfer()

    manifest = json.loads(file.manifest)
    assert manifest["file"]["sha256"] == hashlib.sha256(file.data).hexdigest()
    assert (manifest["recipient"], manifest["sequence"], manifest["file"]["rows"]) == ("fukushi", 1, 2)
    assert manifest["file"]["sums"] == {
        "payable": sum(int(row[4]) for row in rows_of(file)[1:]),
        "total_income_all": 2 * 3_560_000,
    }


async def test_files_are_made_again_byte_for_byte_whatever_happened_since(city: City) -> None:
    first, second = await start(city)
    made = [await city.transfer()]
    await city.office.correct(first, MORE)
    await city.close()
    made.append(await city.transfer())

    await city.office.correct(second, {"salary": 9_000_000})
    await city.close()
    made.append(await city.transfer())

    assert [await city.again(sequence) for sequence in (1, 2, 3)] == made


async def test_who_is_protected_since_is_in_no_file_that_is_made_again(city: City) -> None:
    first, second = await start(city)
    whole = await city.transfer()
    await city.protect(first)

    again = await city.again(1)

    assert [row[1] for row in rows_of(whole)[1:]] == [f"{first:015d}", f"{second:015d}"]
    assert [row[1] for row in rows_of(again)[1:]] == [f"{second:015d}"]
    assert again.left_out == [(2026, first)]


async def test_several_revisions_of_one_person_are_one_row_with_the_last(city: City) -> None:
    first, _ = await start(city)
    await city.transfer()
    await city.office.correct(first, MORE)
    await city.close()
    await city.office.correct(first, {"social_insurance": 900_000})
    await city.close()

    file = await city.transfer()

    assert [row[1:3] for row in rows_of(file)[1:]] == [[f"{first:015d}", "3"]]


async def test_what_a_recipient_may_not_know_is_no_change_for_it(city: City) -> None:
    first, _ = await start(city)
    city.join("shotoku", ("tax_year", "atena_number", "revision", "total_income_all"))
    await city.transfer("shotoku")
    await city.office.correct(first, MORE)
    await city.close()

    file = await city.transfer("shotoku")

    assert rows_of(file) == [["tax_year", "atena_number", "revision", "total_income_all"]]


async def test_protected_people_are_left_out_and_counted(city: City) -> None:
    first, second = await start(city)
    await city.protect(first)

    file = await city.transfer()

    assert [row[1] for row in rows_of(file)[1:]] == [f"{second:015d}"]
    assert file.left_out == [(2026, first)]
    assert json.loads(file.manifest)["file"]["left_out"] == 1


async def test_who_was_left_out_comes_once_protection_has_ended(city: City) -> None:
    first, _ = await start(city)
    await city.protect(first)
    await city.transfer()
    await city.unprotect()
    await city.close()

    file = await city.transfer()

    assert [row[1] for row in rows_of(file)[1:]] == [f"{first:015d}"]
    assert await city.again(2) == file


@pytest.mark.parametrize(("code", "refusal"), [("nobody", RecipientUnknown), ("fukushi", NothingClosed)])
async def test_a_file_needs_a_recipient_and_a_close(
    city: City, code: str, refusal: type[JuminzeiError]
) -> None:
    await start(city)
    await city.transfer()

    with pytest.raises(refusal):
        await city.transfer(code)


@pytest.mark.parametrize("columns", [("atena_number", "name"), ("payable",)])
async def test_a_recipient_asks_only_for_columns_that_there_are(city: City, columns: Sequence[str]) -> None:
    await start(city)
    city.join("wrong", columns)

    with pytest.raises(RecipientColumns):
        await city.transfer("wrong")


@pytest.mark.slow
async def test_a_file_of_20000_people_and_the_next_of_those_who_changed(city: City) -> None:
    """The whole city once, in blocks; afterwards those who changed for the recipient, and nobody else."""
    year = city.office.year
    ids = await year.settle(*[Someone({"salary": 3_000_000 + 1_000 * n}) for n in range(PEOPLE)])
    await city.register(ids)
    await year.run()
    city.join()
    await city.close()

    whole = await city.transfer()
    for person in ids[:30]:
        await year.remerge(person, {"salary": 9_000_000})
    async with city.office.work() as work:
        await decide_people(year.runtime, work, TAX_YEAR, ids[:30], reason="試験")
    await city.close()
    changes = await city.transfer()

    numbers = [row[1] for row in rows_of(whole)[1:]]
    assert numbers == [f"{person:015d}" for person in ids]
    assert [row[1] for row in rows_of(changes)[1:]] == numbers[:30]
    for _ in range(3):  # more often than the server plans a statement anew
        assert (await city.again(1)).sha256 == whole.sha256
