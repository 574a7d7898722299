"""At the terminal: findings by 宛名番号 with their sentences, settled and decided by two people."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.clock import JAPAN
from core.storage.database import Database
from plugins.atena.api import open_keyring
from tests.plugins.shikakeisan.base.conftest import City, StandingClock
from tests.plugins.shikakeisan.merge.conftest import YEAR
from tests.plugins.shikakeisan.merge.desk import Desk, family, named, pension, slip
from tests.proofs.conftest import CHIEF, CLERK, Town, lines

CODE = "TWO_CLAIMANTS"
FATHER, MOTHER, SON = "1", "2", "3"
READS = "SELECT object_type, object_ids FROM audit.entry WHERE operation = 'year findings' ORDER BY id"
SEEN = "SELECT object_type, object_ids FROM audit.entry WHERE operation = 'year decide list'"

MOVED = """
INSERT INTO shikakeisan.finding
    (tax_year, person_id, stage, code, documents, others, details, is_blocking, state, opened_at)
SELECT :year, id, 'base', 'BASE_WARD', '{}', '{}', '{"columns": ["ward_code"]}', false, 'open', now()
FROM atena.person WHERE atena_number = :number
"""


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Town:
    """Father and mother claim the same son."""
    clock = StandingClock(datetime(2026, 1, 20, 9, tzinfo=JAPAN))

    async def settle(database: Database) -> None:
        desk = Desk(City(town.runtime, database, open_keyring(town.runtime.settings), clock, tmp_path))
        await desk.register(*family(desk.city))
        await desk.file(FATHER, slip(5_000_000, named("dependant", "朝霧　一郎"), specific_main=1))
        await desk.file(MOTHER, pension(900_000, named("dependant", "朝霧　一郎"), specific_count=1))
        await desk.merge(FATHER, MOTHER)

    town.do(settle)
    return town


async def moved(database: Database) -> None:
    """Let the base have found that the father lived in another ward."""
    async with database.transaction() as session:
        await session.execute(text(MOVED), {"number": FATHER, "year": YEAR})


def findings(town: Town, *words: str) -> list[dict[str, Any]]:
    return lines(town.type("year", "findings", str(YEAR), "--json", *words, staff=CLERK))


def test_findings_name_people_by_their_numbers_and_say_what_is_wrong(office: Town) -> None:
    said = findings(office)

    assert [(one["code"], one["atena_number"], one["others"], one["relative"]) for one in said] == [
        (CODE, FATHER, [MOTHER], SON),
        (CODE, MOTHER, [FATHER], SON),
    ]
    for one in said:
        assert one["message"].startswith("同じ親族を複数の納税義務者が申し出ています。")
        assert (one["state"], one["blocking"], one["owner"]) == ("未処理", "税額決定前に処理", "(担当なし)")
        assert len(one["documents"]) == 2
    plain = office.type("year", "findings", str(YEAR), staff=CLERK).splitlines()
    assert [line.split("\t")[6] for line in plain] == [FATHER, MOTHER]


def test_who_looks_at_findings_enters_the_access_log(office: Town) -> None:
    findings(office)

    seen = [(row.object_type, row.object_ids) for row in office.rows(READS)]
    assert sorted(seen) == [("atena.person", ["1", "2", "3"]), ("shikakeisan.finding", ["1", "2"])]


def test_a_summary_counts_by_code_with_the_sentence(office: Town) -> None:
    [said] = lines(office.type("year", "findings", str(YEAR), "--summary", "--json", staff=CLERK))

    assert (said["code"], said["state"], said["findings"]) == (CODE, "未処理", 2)


def test_what_the_base_found_stands_in_the_same_list_and_is_closed_there(office: Town) -> None:
    office.do(moved)

    stages = [(one["stage"], one["code"], one["atena_number"]) for one in findings(office)]
    [base] = findings(office, "--stage", "base")
    counted = findings(office, "--summary")
    office.type("year", "finding", "close", str(base["id"]), "--reason", "更正不要", staff=CLERK)
    refused = office.type("year", "finding", "confirm", str(base["id"]), staff=CHIEF, expect=1)

    assert stages == [
        ("個人基本", "BASE_WARD", FATHER),
        ("資料併合", CODE, FATHER),
        ("資料併合", CODE, MOTHER),
    ]
    assert base["message"] == "1月1日現在の区が変わりました。"
    assert [(one["stage"], one["findings"]) for one in counted] == [("個人基本", 1), ("資料併合", 2)]
    assert refused == ""
    assert findings(office, "--stage", "base") == []
    [closed] = findings(office, "--stage", "base", "--all")
    assert (closed["state"], len(findings(office, "--limit", "1"))) == ("完了", 1)


def test_without_a_sign_in_nothing_is_shown(office: Town) -> None:
    assert office.type("year", "findings", str(YEAR), expect=2) == ""


def test_a_finding_is_given_proposed_sent_back_and_closed_by_another(office: Town) -> None:
    one = str(findings(office)[0]["id"])
    office.type("year", "finding", "assign", one, "--to", CLERK, staff=CLERK)
    office.type("year", "finding", "propose", one, "--reason", "電話で確認", staff=CHIEF)

    office.type("year", "finding", "confirm", one, staff=CHIEF, expect=1)
    office.type("year", "finding", "reject", one, staff=CHIEF)
    office.type("year", "finding", "propose", one, "--reason", "電話で確認", staff=CLERK)
    office.type("year", "finding", "confirm", one, staff=CHIEF)

    assert findings(office, "--owner", CLERK) == []
    assert [(each["id"], each["state"]) for each in findings(office, "--all")] == [(1, "完了"), (2, "未処理")]


def test_a_denied_dependant_settles_the_findings_of_both(office: Town) -> None:
    path = f"dependants[{SON}]"
    words = ("year", "decide", "propose", str(YEAR), MOTHER, path, "null", "--reason", "届出による")
    number = office.type(*words, staff=CLERK).split("\t")[0].removeprefix("#")

    office.type("year", "decide", "approve", number, staff=CLERK, expect=1)
    office.type("year", "decide", "approve", number, staff=CHIEF)

    assert findings(office) == []
    [decided] = lines(office.type("year", "decide", "list", str(YEAR), MOTHER, staff=CLERK))
    seen = {(row.object_type, *row.object_ids) for row in office.rows(SEEN)}
    assert seen == {("shikakeisan.decision", str(decided["id"])), ("atena.person", SON)}
    assert (decided["path"], decided["fact"], decided["value"]) == (path, "扶養親族", None)
    assert (decided["proposed_by"], decided["approved_by"]) == (CLERK, CHIEF)


def test_a_decision_is_taken_back_by_two_people(office: Town) -> None:
    words = ("year", "decide", "propose", str(YEAR), FATHER, "social_insurance", "1", "--reason", "確認")
    for step in (words, ("year", "decide", "end", "2", "--reason", "誤り")):
        number = office.type(*step, staff=CLERK).split("\t")[0].removeprefix("#")
        office.type("year", "decide", "approve", number, staff=CHIEF)
    office.type(*words, staff=CLERK)
    office.type("year", "decide", "withdraw", "4", staff=CLERK)

    listed = ("year", "decide", "list", str(YEAR), FATHER)
    assert lines(office.type(*listed, staff=CLERK)) == []
    assert len(lines(office.type(*listed, "--all", staff=CLERK))) == 4


@pytest.mark.parametrize(
    ("number", "path", "value", "status"),
    [
        (MOTHER, "salry", "1", 1),
        (MOTHER, "dependants[77]", "null", 1),
        (MOTHER, "salary", "-1", 1),
        (MOTHER, "salary", "yen", 2),
        ("77", "salary", "1", 1),
    ],
)
def test_what_fits_nowhere_is_refused(office: Town, number: str, path: str, value: str, status: int) -> None:
    words = ("year", "decide", "propose", str(YEAR), "--reason", "確認", "--", number, path, value)

    office.type(*words, staff=CLERK, expect=status)

    assert lines(office.type("year", "decide", "list", str(YEAR), MOTHER, staff=CLERK)) == []
