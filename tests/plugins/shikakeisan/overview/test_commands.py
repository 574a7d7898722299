"""At the terminal: a year is opened, frozen and looked at; lists are proposed and approved by two people."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.clock import JAPAN
from core.demo.city import DemoCity
from core.identity import demo
from core.identity.opening import open_identity
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from plugins.shikakeisan.base.municipality import municipality_code
from plugins.shikakeisan.commands.year import year
from schema.build import build_runtime
from schema.testing import environ_of
from tests.plugins.shikakeisan.base.conftest import KITA, StandingClock

PEOPLE = 30
NOW = datetime(2026, 1, 20, 9, tzinfo=JAPAN)


class Terminal:
    """A deployment with a small city, at whose terminal commands are typed."""

    def __init__(self, runtime: Runtime, address: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runtime = runtime
        self.address = address
        self.environ = monkeypatch
        self.tokens: dict[str, str] = {}

    def do(self, deed: Callable[[Database], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            database = Database(self.address.app_url)
            try:
                return await deed(database)
            finally:
                await database.close()

        return asyncio.run(run())

    def rows(self, statement: str) -> Sequence[Any]:
        async def read(database: Database) -> Sequence[Any]:
            async with database.read() as session:
                return (await session.execute(text(statement))).all()

        found: Sequence[Any] = self.do(read)
        return found

    def type(self, *words: str, role: str = "", expect: int = 0) -> str:
        self.environ.setenv("JUMINZEI_TOKEN", self.tokens.get(role, ""))
        result = CliRunner().invoke(year, words, obj=self.runtime)
        assert result.exit_code == expect, result.output
        return result.output


@pytest.fixture
def terminal(tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A city of the demo, a clerk and a chief."""
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})
    runtime = build_runtime(environ, StandingClock(NOW))
    terminal = Terminal(runtime, address, monkeypatch)
    chief = ("100201", "試験　係長", demo.PEOPLE[0][2], "tax_chief")
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, chief))

    async def settle(database: Database) -> None:
        async with database.transaction() as session:
            city = DemoCity(runtime, PEOPLE, 1)
            [atena] = [p for name, p in runtime.plugins.manager.list_name_plugin() if name == "atena"]
            await atena.seed_demo(session=session, city=city)
            signed_in = await demo.create_demo_staff(session, open_identity(runtime, database))
            terminal.tokens = {person.role: person.token for person in signed_in}

    terminal.do(settle)
    return terminal


def test_a_year_from_its_opening_to_its_base(terminal: Terminal) -> None:
    assert terminal.type("status") == "開始した課税年度はありません。\n"
    assert terminal.type("open", "2026") == "2026年度を開始しました。\n"
    assert terminal.type("open", "2026") == "2026年度をすでに開始しています。\n"

    frozen, again = terminal.type("freeze", "2026"), terminal.type("freeze", "2026")

    assert f"今回変わった者\t{PEOPLE}人" in frozen
    assert "今回変わった者\t0人" in again
    [log] = terminal.rows("SELECT count(*) AS lines FROM audit.entry WHERE object_type = 'shikakeisan.year'")
    assert log.lines == 3


LISTS = (
    ("people", "2031"),
    ("circumstance", "list", "2031"),
    ("findings", "2031"),
    ("decide", "list", "2031", "1"),
    ("undecided", "2031"),
    ("batch", "list", "2031"),
    ("forms", "list", "2031"),
    ("forms", "count", "2031"),
    ("inquiry", "list", "2031"),
    ("inquiry", "checks", "2031"),
)


def test_lists_of_a_year_that_is_not_open_are_refused(terminal: Terminal) -> None:
    for words in LISTS:
        assert "YEAR_NOT_OPEN" in terminal.type(*words, role="tax_clerk", expect=1), words


def test_the_status_is_a_table(terminal: Terminal) -> None:
    terminal.type("open", "2026")
    terminal.type("freeze", "2026")
    residents = terminal.rows(
        "SELECT ward_code, count(*) AS people FROM shikakeisan.base_person WHERE standing = 'resident'"
        " GROUP BY ward_code ORDER BY ward_code"
    )

    shown = terminal.type("status", "2026").splitlines()
    plain = json.loads(terminal.type("status", "2026", "--json"))

    assert shown[0] == "2026年度（令和8年度）岡山市"
    assert "新年度個人基本\t2026-01-20 09:00\t済" in shown
    assert "資料併合\t\t未" in shown
    wards = {"331015": "北区", "331023": "中区", "331031": "東区", "331040": "南区"}
    for row in residents:
        assert f"市内に住所を有する者\t{wards[row.ward_code]}\t{row.people}人" in shown
    assert "併合を止める資料の作業項目\t\t0件" in shown
    assert (plain["state"], plain["taxed_here"]) == ("frozen", sum(g["people"] for g in plain["groups"]))
    assert "YEAR_NOT_OPEN" in terminal.type("status", "2025", expect=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("open", "1999"), "YEAR_UNKNOWN"),
        (("open", "2026", "--municipality", "011002"), "MUNICIPALITY_UNKNOWN"),
        (("freeze", "2026"), "YEAR_NOT_OPEN"),
        (("replay", "2026"), "YEAR_NOT_OPEN"),
    ],
)
def test_refusals_are_one_line(terminal: Terminal, words: tuple[str, ...], code: str) -> None:
    output = terminal.type(*words, expect=1)

    assert output.endswith(f"({code})\n")
    assert output.count("\n") == 1


def test_news_of_the_register_are_counted(terminal: Terminal) -> None:
    terminal.type("open", "2026")
    terminal.type("freeze", "2026")

    output = terminal.type("replay", "2026", "--since", "2026-01-21T00:00:00")

    assert output == "異動のあった者\t0人\n個人基本の変わった者\t0人\n確認事項\t0件\n"


def test_a_list_is_proposed_by_one_and_approved_by_another(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("open", "2026")
    terminal.type("freeze", "2026")
    chosen = terminal.rows(
        "SELECT p.id, p.atena_number FROM atena.person p JOIN shikakeisan.base_person b ON b.person_id = p.id"
        " WHERE b.standing = 'resident' ORDER BY p.id LIMIT 3"
    )
    file = tmp_path / "welfare.csv"
    file.write_text("\n".join(["atena_number", *(row.atena_number for row in chosen)]), encoding="utf-8")
    words = ("propose", "2026", str(file), "--kind", "welfare", "--source", "福祉事務所の一覧")

    said = terminal.type("circumstance", *words, role="tax_chief")
    assert "3 行" in said
    [row] = terminal.rows("SELECT id, people FROM shikakeisan.circumstance_proposal")
    assert "生活扶助" in terminal.type("circumstance", "list", "2026")
    approve = ("approve", str(row.id), "--version", "1")
    assert "SELF_APPROVAL" in terminal.type("circumstance", *approve, role="tax_chief", expect=1)
    terminal.type("circumstance", "reject", str(row.id), "--version", "1", role="tax_chief")
    terminal.type("circumstance", *words, role="tax_clerk")
    approve = ("approve", str(row.id + 1), "--version", "1")
    assert "FORBIDDEN" in terminal.type("circumstance", *approve, role="tax_clerk", expect=1)
    output = terminal.type("circumstance", *approve, role="tax_chief")

    assert output == "承認しました。個人基本の変わった者 3人\n"
    assert terminal.type("circumstance", "list", "2026") == "承認を待つ提案はありません。\n"
    found = terminal.rows(
        "SELECT person_id FROM shikakeisan.base_person WHERE is_welfare AND known_to = 'infinity'"
    )
    assert {one.person_id for one in found} == {one.id for one in chosen}


def test_a_faulty_list_names_its_lines(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("open", "2026")
    file = tmp_path / "houses.csv"
    file.write_text("atena_number,ward_code\n424242,331023\n424242,331023\n", encoding="utf-8")
    words = ("circumstance", "propose", "2026", str(file), "--kind", "house", "--source", "申告")

    output = terminal.type(*words, role="tax_clerk", expect=1)

    assert "LIST_REFUSED" in output
    assert "1行目: unknown\n2行目: unknown" in output
    assert "424242" not in output


def test_people_are_listed_for_those_who_sign_in(terminal: Terminal) -> None:
    terminal.type("open", "2026")
    terminal.type("freeze", "2026")
    words = ("people", "2026", "--standing", "resident", "--ward", KITA)

    lines = [json.loads(line) for line in terminal.type(*words, role="tax_clerk").splitlines()]

    expected = terminal.rows(
        "SELECT person_id FROM shikakeisan.base_person WHERE ward_code = '331015' AND standing = 'resident'"
    )
    assert {line["id"] for line in lines} == {row.person_id for row in expected}
    assert {(line["ward"], line["standing"]) for line in lines} == {(KITA, "resident")}
    [log] = terminal.rows("SELECT object_ids FROM audit.entry WHERE object_type = 'shikakeisan.base_person'")
    assert len(log.object_ids) == len(lines)
    assert "--staff" in terminal.type(*words, expect=2)


@pytest.mark.parametrize("text", ["33100", "3310070", "331008", "３３１００７", "33100a", ""])
def test_the_code_of_the_municipality_is_checked(text: str) -> None:
    with pytest.raises(ValueError, match=r"digit"):
        municipality_code(text)


def test_the_code_of_the_municipality_is_read() -> None:
    assert municipality_code("331007") == "331007"
