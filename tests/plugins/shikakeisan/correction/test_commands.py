"""At the terminal: late documents, mass corrections and contact slips, each in the name of whoever acts."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.shikakeisan.closing.conftest import City
from tests.plugins.shikakeisan.correction.conftest import someone
from tests.plugins.shikakeisan.correction.terminal import CHIEF, CHIEF_NUMBER, CLERK, Terminal, terminal

__all__ = ["terminal"]

PLAN = ("--kind", "ex_officio", "--reason", "読取りの誤り", "--received-on", "2026-07-01")
CHANGES = '{"social_insurance": 800000}'
SON = {
    "role": "dependant",
    "place": 1,
    "name": "山田　一郎",
    "kana": "",
    "birth": "2005-05-05",
    "relation": "子",
}


def file_late(terminal: Terminal, person: int) -> None:
    terminal.do(lambda city: city.office.file(person, someone({"salary": 1_000_000})))


def test_late_documents_are_proposed_in_the_name_of_whoever_asks(terminal: Terminal) -> None:
    first, _ = terminal.settle(someone(), someone())
    file_late(terminal, first)

    said = terminal.type("late", "2026", "--reason", "期限後の給報", role=CLERK)

    [row] = terminal.rows("SELECT * FROM shikakeisan.proposal")
    assert (row.person_id, row.proposed_by, row.state) == (first, terminal.numbers[CLERK], "proposed")
    assert "更正を提案した者\t1人" in said


def test_a_chief_who_asks_for_late_documents_cannot_approve_them(terminal: Terminal) -> None:
    [person] = terminal.settle(someone())
    file_late(terminal, person)
    terminal.type("late", "2026", "--reason", "期限後の給報", role=CHIEF)

    with pytest.raises(Exception, match="自分が提案した"):
        terminal.do(lambda city: city.office.approve(1, CHIEF_NUMBER))

    assert terminal.rows("SELECT count(*) FROM shikakeisan.assessment")[0][0] == 1


def test_nobody_proposes_late_documents_without_signing_in(terminal: Terminal) -> None:
    terminal.settle(someone())

    said = terminal.type("late", "2026", "--reason", "期限後の給報", expect=2)

    assert "--staff" in said
    assert terminal.rows("SELECT id FROM core.job WHERE type = 'shikakeisan.late'") == []


def planned(terminal: Terminal, people: list[int], folder: Path) -> int:
    listed = folder / "numbers.txt"
    listed.write_text("".join(f"{one:015d}\n" for one in people), encoding="utf-8")
    terminal.type("batch", "plan", "2026", *PLAN, "--numbers", str(listed), "--changes", CHANGES, role=CLERK)
    [row] = terminal.rows("SELECT id FROM shikakeisan.batch")
    return int(row.id)


def version(terminal: Terminal) -> str:
    [row] = terminal.rows("SELECT version FROM shikakeisan.batch")
    return str(row.version)


def test_a_batch_goes_from_the_dry_run_to_another_persons_signature(
    terminal: Terminal, tmp_path: Path
) -> None:
    people = list(terminal.settle(someone(), someone()))
    number = str(planned(terminal, people, tmp_path))

    shown = terminal.type("batch", "show", number)
    terminal.type("batch", "propose", number, "--version", version(terminal), role=CLERK)
    unseen = terminal.type("batch", "sign", number, "--version", version(terminal), role=CHIEF, expect=1)
    sample = terminal.type("batch", "sample", number, role=CHIEF)
    done = terminal.type("batch", "sign", number, "--version", version(terminal), role=CHIEF)

    assert "税額等の変わる者\t2人" in shown
    assert "納付する額（後）" in shown
    assert "BATCH_SAMPLE_UNSEEN" in unseen
    assert [f"宛名番号 {one:015d}" in sample for one in people] == [True, True]
    assert "-10,000円" in sample
    assert "反映した者\t2人" in done
    rows = terminal.rows("SELECT decided_by, decided_revision FROM shikakeisan.proposal")
    assert [tuple(row) for row in rows] == [(CHIEF_NUMBER, 2)] * 2
    assert f"承認 {CHIEF_NUMBER}" in terminal.type("batch", "list", "2026")


def test_a_batch_is_ended_by_its_planner_or_by_a_chief(terminal: Terminal, tmp_path: Path) -> None:
    people = list(terminal.settle(someone()))
    number = str(planned(terminal, people, tmp_path))
    step = ("batch", "reject", number, "--version", version(terminal))

    refused = terminal.type(*step, role=CHIEF, expect=1)
    forbidden = terminal.type(*step, "--others", role=CLERK, expect=1)
    ended = terminal.type(*step, "--others", role=CHIEF)

    assert ("CORRECTION_STATE" in refused, "FORBIDDEN" in forbidden) == (True, True)
    assert "取りやめ" in ended


@pytest.mark.parametrize("changes", ["[]", "{", "NaN"])
def test_changes_of_a_batch_are_an_object(terminal: Terminal, changes: str) -> None:
    said = terminal.type("batch", "plan", "2026", *PLAN, "--changes", changes, role=CLERK, expect=2)

    assert "--changes" in said


def denied(terminal: Terminal) -> list[int]:
    paper = someone(items={"other_main": 1}, relatives=[SON])
    ids = terminal.settle(paper, paper)

    async def deed(city: City) -> None:
        await city.protect(ids[1])
        for one in ids:
            await city.office.correct(one, {"dependants": None}, kind="dependant_denied", reason="=所得超過")

    terminal.do(deed)
    return list(ids)


def test_contact_slips_are_printed_once_with_a_manifest(terminal: Terminal, tmp_path: Path) -> None:
    ids = denied(terminal)

    terminal.type("slips", "2026", "--out", str(tmp_path / "out"), role=CLERK)
    again = terminal.type("slips", "2026", "--out", str(tmp_path / "none"), role=CLERK)

    [table] = (tmp_path / "out").glob("*.csv")
    manifest: Any = json.loads(table.with_suffix(".json").read_bytes())
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert [row["宛名番号"] for row in rows] == [f"{one:015d}" for one in ids]
    assert {row["更正の種類"] for row in rows} == {"扶養否認"}
    assert {row["理由"] for row in rows} == {"'=所得超過"}
    assert {row["変えた事実"] for row in rows} == {"dependants: 取り消し"}
    assert {row["住所"] for row in rows} == {""}
    assert manifest["file"]["rows"] == 2
    assert manifest["file"]["sha256"] == hashlib.sha256(table.read_bytes()).hexdigest()
    assert table.stat().st_mode & 0o077 == 0
    assert "ありません" in again


def test_a_lost_file_of_slips_is_printed_again_by_its_numbers(terminal: Terminal, tmp_path: Path) -> None:
    denied(terminal)
    terminal.type("slips", "2026", "--out", str(tmp_path / "first"), role=CLERK)
    [number] = terminal.rows("SELECT min(id) AS id FROM shikakeisan.contact_slip")

    terminal.type("slips", "2026", "--out", str(tmp_path / "again"), "--again", str(number.id), role=CLERK)
    unknown = terminal.type(
        "slips", "2026", "--out", str(tmp_path / "x"), "--again", "99", role=CLERK, expect=1
    )

    [table] = (tmp_path / "again").glob("*.csv")
    assert len(table.read_text(encoding="utf-8").splitlines()) == 2
    assert "NOT_FOUND" in unknown
