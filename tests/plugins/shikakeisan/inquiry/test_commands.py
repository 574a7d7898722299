"""At the terminal: relatives to look at, files for other municipalities, replies of two people."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from core.clock import JAPAN
from core.storage.database import Database
from plugins.atena.api import open_keyring
from tests.plugins.shikakeisan.base.conftest import City, StandingClock
from tests.plugins.shikakeisan.inquiry.conftest import (
    FATHER,
    GRANDMOTHER,
    UNCLE,
    by_number,
    protect_in,
    register,
)
from tests.plugins.shikakeisan.merge.conftest import branches, town
from tests.plugins.shikakeisan.merge.desk import Desk, slip
from tests.proofs.conftest import CHIEF, CLERK, Town

__all__ = ["branches", "town"]

YEAR = "2026"


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Town:
    """The father claims grandmother and uncle, who live elsewhere."""
    clock = StandingClock(datetime(2026, 1, 20, 9, tzinfo=JAPAN))

    async def settle(database: Database) -> None:
        desk = Desk(City(town.runtime, database, open_keyring(town.runtime.settings), clock, tmp_path))
        await register(desk)
        said = (by_number(desk.city, GRANDMOTHER), by_number(desk.city, UNCLE, place=2))
        await desk.file(FATHER, slip(5_000_000, *said))
        await desk.merge(FATHER)

    town.do(settle)
    return town


def inquiry(office: Town, *words: str, staff: str = CLERK, expect: int = 0) -> str:
    return office.type("year", "inquiry", *words, staff=staff, expect=expect)


def test_from_the_list_to_the_confirmed_reply(office: Town, tmp_path: Path) -> None:
    listed = inquiry(office, "checks", YEAR, "--reason", "ELSEWHERE").splitlines()
    assert [line.split("\t")[1:3] for line in listed] == [
        [GRANDMOTHER, f"申し出 {FATHER}"],
        [UNCLE, f"申し出 {FATHER}"],
    ]
    assert "ELSEWHERE" in inquiry(office, "checks", YEAR, "--summary")

    assert inquiry(office, "make", YEAR, "--person", GRANDMOTHER) == "作成した所得照会\t1件\n"
    out = tmp_path / "out"
    written = inquiry(office, "send", YEAR, "--out", str(out)).splitlines()
    assert [Path(line).name for line in written] == ["inquiry_2026_00001.csv", "inquiry_2026_00001.json"]
    data = (out / "inquiry_2026_00001.csv").read_bytes()
    assert (out / "inquiry_2026_00001.csv").stat().st_mode & 0o077 == 0
    assert json.loads((out / "inquiry_2026_00001.json").read_bytes())["to_name"] == "岡山県倉敷市"
    inquiry(office, "send", YEAR, "--again", "1", "--out", str(tmp_path / "again"))
    assert (tmp_path / "again" / "inquiry_2026_00001.csv").read_bytes() == data
    assert "送付済み" in inquiry(office, "list", YEAR)

    day = office.runtime.clock.today().isoformat()
    entered = inquiry(office, "reply", "1", GRANDMOTHER, "--kind", "income", "--income", "0", "--on", day)
    assert entered.startswith("回答 1:")
    assert inquiry(office, "confirm", "1", staff=CHIEF) == "所得は限度以下。申し出のとおり\n"
    assert "回答済み" in inquiry(office, "list", YEAR)


def test_who_lives_here_is_not_asked_about(office: Town) -> None:
    inquiry(office, "make", YEAR, "--person", FATHER, expect=1)

    assert inquiry(office, "list", YEAR) == "所得照会はありません。\n"


def test_nobody_confirms_alone(office: Town, tmp_path: Path) -> None:
    inquiry(office, "make", YEAR, staff=CHIEF)
    inquiry(office, "send", YEAR, "--out", str(tmp_path), staff=CHIEF)
    day = office.runtime.clock.today().isoformat()
    inquiry(office, "reply", "1", GRANDMOTHER, "--kind", "no_record", "--on", day, staff=CHIEF)

    inquiry(office, "confirm", "1", staff=CHIEF, expect=1)
    inquiry(office, "confirm", "1", staff=CLERK, expect=1)
    assert inquiry(office, "confirm", "1", "--reject") == "差し戻しました。\n"


def test_a_draft_about_somebody_protected_since_is_held_back(office: Town, tmp_path: Path) -> None:
    inquiry(office, "make", YEAR)

    async def protect(database: Database) -> None:
        async with database.transaction() as session:
            await protect_in(session, GRANDMOTHER, office.runtime.clock.now())

    office.do(protect)
    written, held = inquiry(office, "send", YEAR, "--out", str(tmp_path)).splitlines()[-2:]

    assert written.endswith("inquiry_2026_00002.json")
    assert held.startswith("#1\t送付していません。")
    assert held.endswith("(INQUIRY_PROTECTED)")
    assert not (tmp_path / "inquiry_2026_00001.csv").exists()
    places = [line.split("\t")[4] for line in inquiry(office, "list", YEAR).splitlines()]
    assert places[0] == "(支援措置)"
    assert "総社市" in places[1]
    assert inquiry(office, "cancel", "1", "--version", "1") == "#1\t取りやめました。\n"
    inquiry(office, "cancel", "2", "--version", "2", expect=1)
    states = [line.split("\t")[3] for line in inquiry(office, "list", YEAR).splitlines()]
    assert states == ["取りやめ", "送付済み"]


def test_who_is_protected_since_is_left_out_of_what_is_printed_again(office: Town, tmp_path: Path) -> None:
    inquiry(office, "make", YEAR)
    inquiry(office, "send", YEAR, "--out", str(tmp_path / "a"))

    async def protect(database: Database) -> None:
        async with database.transaction() as session:
            await protect_in(session, GRANDMOTHER, office.runtime.clock.now())

    office.do(protect)
    out = str(tmp_path / "b")
    again = inquiry(office, "send", YEAR, "--again", "1", "--again", "2", "--out", out).splitlines()

    assert [Path(line).name for line in again[:2]] == ["inquiry_2026_00002.csv", "inquiry_2026_00002.json"]
    assert again[2:] == ["#1\t送付した後に支援措置の対象になったため除いた者\t1人"]
    assert not (tmp_path / "b" / "inquiry_2026_00001.csv").exists()


def test_nothing_to_send_is_said(office: Town, tmp_path: Path) -> None:
    assert inquiry(office, "send", YEAR, "--out", str(tmp_path)) == "送付を待つ所得照会はありません。\n"
    assert inquiry(office, "list", YEAR) == "所得照会はありません。\n"
