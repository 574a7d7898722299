"""At the terminal: the count, the print files, and once more."""

from datetime import datetime
from pathlib import Path

import pytest

from core.clock import JAPAN
from core.storage.database import Database
from plugins.atena.api import open_keyring
from tests.plugins.shikakeisan.base.conftest import City, StandingClock
from tests.plugins.shikakeisan.forms.conftest import MOTHER, OPEN_COUNT
from tests.plugins.shikakeisan.inquiry.conftest import protect_in
from tests.plugins.shikakeisan.merge.desk import Desk, family
from tests.proofs.conftest import CLERK, Town, branches, town

__all__ = ["branches", "town"]

YEAR = "2026"


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Town:
    clock = StandingClock(datetime(2026, 1, 20, 9, tzinfo=JAPAN))

    async def settle(database: Database) -> None:
        desk = Desk(City(town.runtime, database, open_keyring(town.runtime.settings), clock, tmp_path))
        await desk.register(*family(desk.city))

    town.do(settle)
    return town


def forms(office: Town, *words: str, staff: str = "", expect: int = 0) -> str:
    return office.type("year", "forms", *words, staff=staff, expect=expect)


def shown(office: Town, *words: str) -> str:
    return forms(office, "count", YEAR, *words).splitlines()[-1]


def test_the_count_follows_the_conditions(office: Town) -> None:
    assert shown(office) == f"新しく作成する\t{OPEN_COUNT}件"
    assert shown(office, "--exclude", "WELFARE") == f"新しく作成する\t{OPEN_COUNT + 1}件"
    assert shown(office, "--include", "NONE") == "新しく作成する\t0件"


def test_forms_are_made_as_shown_and_printed_again(office: Town, tmp_path: Path) -> None:
    assert forms(office, "list", YEAR) == "作成した申告書はありません。\n"
    forms(office, "make", YEAR, "--expect", "3", "--out", str(tmp_path), staff=CLERK, expect=1)
    written = forms(
        office, "make", YEAR, "--expect", str(OPEN_COUNT), "--out", str(tmp_path / "a"), staff=CLERK
    )

    names = [Path(line).name for line in written.splitlines()]
    assert names == [f"return_forms_2026_000001{end}" for end in (".csv", "_private.csv", ".json")]
    forms(office, "make", YEAR, "--again", "1", "--out", str(tmp_path / "b"), staff=CLERK)
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
        assert (tmp_path / "a" / name).stat().st_mode & 0o077 == 0
    assert f"{OPEN_COUNT}件" in forms(office, "list", YEAR)
    assert shown(office) == "新しく作成する\t0件"


def test_printing_again_says_how_many_are_protected_since(office: Town, tmp_path: Path) -> None:
    forms(office, "make", YEAR, "--expect", str(OPEN_COUNT), "--out", str(tmp_path / "a"), staff=CLERK)

    async def protect(database: Database) -> None:
        async with database.transaction() as session:
            await protect_in(session, MOTHER, office.runtime.clock.now())

    office.do(protect)
    again = forms(office, "make", YEAR, "--again", "1", "--out", str(tmp_path / "b"), staff=CLERK)

    assert again.splitlines()[-1] == "作成後に支援措置の対象になったため _private に移した者\t3人"
    printer = (tmp_path / "b" / "return_forms_2026_000001.csv").read_text()
    assert len(printer.splitlines()) == 1 + OPEN_COUNT - 3


def test_whose_form_is_printed_enters_the_access_log(office: Town, tmp_path: Path) -> None:
    forms(office, "make", YEAR, "--expect", str(OPEN_COUNT), "--out", str(tmp_path), staff=CLERK)
    forms(office, "make", YEAR, "--again", "1", "--out", str(tmp_path), staff=CLERK)

    told = office.rows(
        "SELECT object_ids FROM audit.entry"
        " WHERE operation = 'year forms make' AND object_type = 'atena.person'"
    )
    assert [len(row.object_ids) for row in told] == [OPEN_COUNT, OPEN_COUNT]


@pytest.mark.parametrize("words", [(), ("--expect", "1", "--again", "1")])
def test_either_a_count_or_an_earlier_run_is_named(
    office: Town, tmp_path: Path, words: tuple[str, ...]
) -> None:
    forms(office, "make", YEAR, *words, "--out", str(tmp_path), staff=CLERK, expect=2)
