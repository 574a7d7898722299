"""総括表: one form for each payer of last year, none for who files electronically, nobody forgotten."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.access.journal import Journal
from core.storage.database import Database
from core.work import Work
from plugins.atena.history import Span
from plugins.atena.service.employers import correct_employer, register_employer
from tests.proofs.conftest import CLERK, Town, branches, town

__all__ = ["branches", "town"]

YEAR = "2026"
LAST_YEAR = (
    ("payer", 2025, "accepted", "A1"),
    ("payer", 2025, "accepted", "A2"),
    ("payer", 2025, "accepted", "A3"),
    ("payer", 2025, "accepted", "A4"),
    ("payer", 2024, "accepted", "OLD"),
    ("payer", 2025, "held", "HELD"),
    ("pension", 2025, "accepted", "P1"),
)
DELIVERY = """
WITH one AS (INSERT INTO shiryo.sender (code, kind, name) VALUES (:code, :kind, :code) RETURNING id)
INSERT INTO shiryo.delivery
    (tax_year, sender_id, channel, state, held_for, received_by, received_at, accepted_at)
SELECT :year, id, 'medium', CAST(:state AS text),
    CASE :state WHEN 'held' THEN 'UNREADABLE' ELSE '' END, 'clerk',
    now(), CASE :state WHEN 'held' THEN 'infinity' ELSE now() END
FROM one
"""
MADE = ["A1", "B1"]
ITEMS = {"kana": "アサギリ", "postal_code": "7000000", "building": "", "corporate_number": None}


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Town:
    town.do(lambda database: _settle(town, database))
    entered = {"code": "B1", "kind": "payer", "name": "夕凪商店", "documents": 2}
    (tmp_path / "expected.jsonl").write_text(json.dumps(entered))
    town.type("expect", str(tmp_path / "expected.jsonl"), "--year", YEAR, staff=CLERK)
    return town


async def _settle(town: Town, database: Database) -> None:
    now = town.runtime.clock.now()
    async with database.transaction() as session:
        for kind, year, state, code in LAST_YEAR:
            await session.execute(text(DELIVERY), {"code": code, "kind": kind, "year": year, "state": state})
        work = Work(session, Journal(), "clerk", now)
        for number, more in (("A1", {}), ("A2", {"files_electronically": True}), ("A3", {"address": ""})):
            await _employ(work, number, **more)
        await _employ(work, "B1")


async def _employ(work: Work, number: str, **more: Any) -> None:
    items = {**ITEMS, "name": f"朝霧{number}", "address": "岡山市北区桜見町9001番地", **more}
    await register_employer(work, number, Span(date(2020, 1, 1)), items)


def lines(folder: Path) -> list[dict[str, str]]:
    with (folder / "summary_forms_2026_000001.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_count_names_who_cannot_get_one(office: Town) -> None:
    said = office.type("year", "summaries", YEAR).splitlines()

    assert [line.split("\t")[1] for line in said] == ["2件", "0件", "1件", "2件", "A3", "A4"]
    assert office.rows("SELECT * FROM shikakeisan.summary_run") == []


def test_one_form_per_payer_and_none_for_who_files_electronically(office: Town, tmp_path: Path) -> None:
    office.type("year", "summaries", YEAR, "--out", str(tmp_path), staff=CLERK)

    made = lines(tmp_path)
    assert [line["designation_number"] for line in made] == MADE
    assert made[0] == {
        "tax_year": YEAR,
        "designation_number": "A1",
        "name": "朝霧A1",
        "kana": "アサギリ",
        "corporate_number": "",
        "postal_code": "7000000",
        "address": "岡山市北区桜見町9001番地",
        "building": "",
    }
    manifest = json.loads((tmp_path / "summary_forms_2026_000001.json").read_text())
    assert manifest["counts"] == {"made": 2, "already": 0, "electronic": 1, "unknown": 2}
    assert manifest["file"]["rows"] == len(MADE)
    told = office.rows("SELECT object_ids FROM audit.entry WHERE object_type = 'atena.employer'")
    assert [list(row.object_ids) for row in told] == [MADE]


def test_nobody_gets_a_second_one(office: Town, tmp_path: Path) -> None:
    office.type("year", "summaries", YEAR, "--out", str(tmp_path), staff=CLERK)

    again = office.type("year", "summaries", YEAR, "--out", str(tmp_path / "b"), staff=CLERK, expect=1)

    assert (again, (tmp_path / "b").exists()) == ("", False)
    assert office.type("year", "summaries", YEAR).splitlines()[1].endswith("2件")


def test_a_run_is_printed_again_whatever_happened_since(office: Town, tmp_path: Path) -> None:
    office.type("year", "summaries", YEAR, "--out", str(tmp_path), staff=CLERK)

    async def move(database: Database) -> None:
        async with database.transaction() as session:
            work = Work(session, Journal(), "clerk", office.runtime.clock.now())
            await correct_employer(work, "A1", 1, Span(date(2020, 1, 1)), {"address": "岡山市南区"})

    office.do(move)
    office.type("year", "summaries", YEAR, "--again", "1", "--out", str(tmp_path / "b"), staff=CLERK)

    assert lines(tmp_path / "b") == lines(tmp_path)


@pytest.mark.parametrize(
    ("words", "code"), [(("--again", "1"), 2), (("--again", "9", "--out", "{}"), 1), (("--out", "{}"), 2)]
)
def test_what_cannot_be_made(office: Town, tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    staff = CLERK if code == 1 else ""
    office.type(
        "year", "summaries", YEAR, *(word.format(tmp_path) for word in words), staff=staff, expect=code
    )
