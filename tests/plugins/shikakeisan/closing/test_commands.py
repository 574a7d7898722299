"""`juminzei year close` and `juminzei year transfer` as a clerk types and reads them."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import JAPAN
from tests.plugins.shikakeisan.closing.conftest import COLUMNS, City, Welfare
from tests.plugins.shikakeisan.correction.conftest import someone
from tests.plugins.shikakeisan.correction.terminal import Terminal, terminal

__all__ = ["terminal"]

AUDIT = text("SELECT object_type, object_ids, action FROM audit.entry ORDER BY id")


def join(terminal: Terminal) -> None:
    terminal.runtime.plugins.manager.register(Welfare("fukushi", COLUMNS))


def correct(terminal: Terminal, person: int) -> None:
    async def deed(city: City) -> None:
        await city.office.correct(person, {"social_insurance": 800_000})

    terminal.do(deed)


def test_a_close_tells_its_times_counts_and_sums(terminal: Terminal) -> None:
    first, _ = terminal.settle(someone(), someone())
    initial = terminal.type("close")
    correct(terminal, first)
    changes = terminal.type("close")

    assert re.match(r"締め 1\t当初分を含む\t\d{4}-\d\d-\d\d \d\d:\d\d まで\n", initial)
    assert "対象者\t2人" in initial
    assert re.match(r"締め 2\t異動分\t\S+ \S+ から \S+ \S+ まで\n", changes)
    assert ("減額\t1件" in changes, "当初分\t0件" in changes) == (True, True)


def test_a_day_alone_means_its_end_and_other_moments_are_japans(terminal: Terminal) -> None:
    terminal.settle(someone())
    terminal.runtime.clock.move(timedelta(days=2))  # type: ignore[attr-defined]  # a movable clock
    day = terminal.runtime.clock.today() - timedelta(days=1)

    terminal.type("close", "--cut-off", (day - timedelta(days=1)).isoformat())
    terminal.type("close", "--cut-off", f"{day.isoformat()}T00:30")

    rows = terminal.rows("SELECT cut_off FROM shikakeisan.closing ORDER BY id")
    midnight = datetime(day.year, day.month, day.day, tzinfo=JAPAN)
    assert [row.cut_off for row in rows] == [midnight, midnight + timedelta(minutes=30)]


@pytest.mark.parametrize(
    ("cut_off", "code", "said"), [("きのう", 2, "--cut-off"), ("2099-01-01", 1, "CLOSE_CUT_OFF")]
)
def test_a_cut_off_that_cannot_be_is_refused(terminal: Terminal, cut_off: str, code: int, said: str) -> None:
    terminal.settle(someone())

    assert said in terminal.type("close", "--cut-off", cut_off, expect=code)
    assert terminal.rows("SELECT id FROM shikakeisan.closing") == []


def test_a_file_is_written_for_its_owner_alone_and_made_again(terminal: Terminal, tmp_path: Path) -> None:
    join(terminal)
    people = terminal.settle(someone(), someone())
    terminal.type("close")

    said = terminal.type("transfer", "fukushi", "--out", str(tmp_path / "a"))
    terminal.type("transfer", "fukushi", "--again", "1", "--out", str(tmp_path / "b"))

    first, second = tmp_path / "a" / "fukushi_000001.csv", tmp_path / "b" / "fukushi_000001.csv"
    manifest: Any = json.loads(first.with_suffix(".json").read_bytes())
    assert "2件" in said
    assert first.read_bytes() == second.read_bytes()
    assert manifest["file"]["rows"] == 2
    assert [path.stat().st_mode & 0o077 for path in (first, first.with_suffix(".json"))] == [0, 0]
    lines = terminal.do(lambda city: _entries(city))
    assert ("shikakeisan.transfer", ["fukushi:1"], "read") in lines
    assert lines.count(("atena.person", [f"{one:015d}" for one in people], "read")) == 2


async def _entries(city: City) -> list[tuple[str, list[str], str]]:
    async with city.owner.read() as session:
        found = await session.execute(AUDIT)
        return [(row.object_type, list(row.object_ids), row.action) for row in found]


def test_without_a_recipient_they_are_listed_with_their_last_file(terminal: Terminal, tmp_path: Path) -> None:
    terminal.settle(someone())
    none = terminal.type("transfer")
    join(terminal)
    before = terminal.type("transfer")
    terminal.type("close")
    terminal.type("transfer", "fukushi", "--out", str(tmp_path))
    after = terminal.type("transfer")

    assert "登録されていません" in none
    assert before == "fukushi\t福祉\tまだ渡していません\n"
    assert after.startswith("fukushi\t福祉\t第1号\t")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("transfer", "fukushi"), 2, "--out"),
        (("transfer", "nobody", "--out", "{}"), 1, "RECIPIENT_UNKNOWN"),
        (("transfer", "fukushi", "--out", "{}"), 1, "TRANSFER_NOTHING_CLOSED"),
        (("transfer", "fukushi", "--again", "3", "--out", "{}"), 1, "NOT_FOUND"),
    ],
)
def test_what_cannot_be_transferred_is_refused(
    terminal: Terminal, tmp_path: Path, words: tuple[str, ...], code: int, said: str
) -> None:
    join(terminal)
    terminal.settle(someone())
    out = tmp_path / "out"

    assert said in terminal.type(*(word.format(out) for word in words), expect=code)
    assert not out.exists()
