"""At the terminal: the run with its sums, the check of every revision, the canonical dump."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.access.actor import SYSTEM
from core.clock import MovableClock
from core.demo.city import DemoCity
from core.identity import demo
from core.identity.opening import open_identity
from core.identity.settings import TERMINAL_TOKEN
from core.jobs import service as jobs
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from plugins.shikakeisan.assessment.commands import assess, dump_year, verify
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.assessment.undecided import undecided
from schema.build import build_runtime
from schema.testing import environ_of
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year

SALARY = {"salary": 5_000_000, "social_insurance": 700_000}
PEOPLE = 3
COMPARED = "併合結果と突き合わせました。違いは 0件、次の併合を待つもの 0件、個人基本にない人のもの 0件。"


class Terminal:
    """A deployment at whose terminal commands are typed; each has an event loop of its own."""

    def __init__(self, runtime: Runtime, address: ServerAddress) -> None:
        self.runtime = runtime
        self.address = address

    def do(self, deed: Callable[[Year], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            database = Database(self.address.app_url)
            try:
                return await deed(Year(self.runtime, database))
            finally:
                await database.close()

        return asyncio.run(run())

    def owned(self, statement: str) -> list[tuple[Any, ...]]:
        """Execute a statement as the owner of the tables."""

        async def run() -> list[tuple[Any, ...]]:
            database = Database(self.address.owner_url)
            async with database.transaction() as session:
                done = await session.execute(text(statement))
                rows = [tuple(row) for row in done.all()] if statement.startswith("SELECT") else []
            await database.close()
            return rows

        return asyncio.run(run())

    def type(self, command: click.Command, *words: str, token: str = "", expect: int = 0) -> str:
        result = CliRunner().invoke(command, words, obj=self.runtime, env={TERMINAL_TOKEN.variable: token})
        assert result.exit_code == expect, result.output
        return result.stdout


@pytest.fixture
def terminal(tmp_path: Path, address: ServerAddress) -> Terminal:
    """A merged year with one taxed, one non-taxable and one undecided person."""
    runtime = build_runtime(environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url}), MovableClock())
    terminal = Terminal(runtime, address)

    async def settle(year: Year) -> None:
        async with year.database.transaction() as session:
            await runtime.plugins.run("seed_demo", session=session, city=DemoCity(runtime, 30, 1))
        await year.open()
        await year.settle(Someone(SALARY), Someone({"salary": 900_000}), Someone())

    terminal.do(settle)
    return terminal


def test_a_run_prints_outcomes_and_sums(terminal: Terminal) -> None:
    said = terminal.type(assess, str(TAX_YEAR))

    lines = said.splitlines()
    for line in ("対象者\t3人", "課税\t1人", "非課税\t1人", "未決定\t1人", "新しい版\t3件"):
        assert line in lines
    assert any(line.startswith("年税額\t") for line in lines)


def test_a_dry_run_prints_causes(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))
    terminal.do(lambda year: year.remerge(1, {"salary": 900_000}))

    said = terminal.type(assess, str(TAX_YEAR), "--dry")

    assert "違う者\t1件" in said.splitlines()
    assert "  salary_income_before_adj（" in said


def test_a_shadow_run_prints_what_another_ordinance_changes(terminal: Terminal) -> None:
    said = terminal.type(assess, str(TAX_YEAR), "--shadow-municipality", "141003")

    assert "違う者\t1件" in said.splitlines()


def test_dry_and_shadow_exclude_each_other(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR), "--dry", "--shadow-municipality", "141003", expect=2)


def test_a_run_of_a_year_that_was_not_opened_fails(terminal: Terminal) -> None:
    said = terminal.type(assess, "2025", expect=1)

    assert "この課税年度は開始されていません。" in said


async def queue(year: Year) -> int:
    async with year.database.transaction() as session:
        return await jobs.enqueue(session, ASSESS, {"tax_year": TAX_YEAR}, SYSTEM)


def test_a_run_that_was_begun_is_gone_on_with(terminal: Terminal) -> None:
    job_id = terminal.do(queue)

    said = terminal.type(assess, str(TAX_YEAR))

    assert "対象者\t3人" in said.splitlines()
    assert terminal.do(lambda year: year.rows("SELECT job_id FROM shikakeisan.run")) == [(job_id,)]


def test_another_run_waits_for_the_one_under_way(terminal: Terminal) -> None:
    terminal.do(queue)

    terminal.type(assess, str(TAX_YEAR), "--dry", expect=1)

    assert terminal.do(lambda year: year.rows("SELECT id FROM shikakeisan.run")) == []


def test_every_revision_is_calculated_again_with_the_same_yen(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))
    terminal.do(lambda year: year.remerge(1, {"salary": 900_000}))
    terminal.type(assess, str(TAX_YEAR))

    said = terminal.type(verify, str(TAX_YEAR))

    assert said.splitlines() == [
        f"名寄せされた資料 0件を{COMPARED}",
        "4件の版を計算し直しました。違いは 0件です。",
    ]


def test_a_document_that_is_not_attached_is_found_in_a_basis(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))
    terminal.owned("UPDATE shikakeisan.basis SET documents = '{77}' WHERE person_id = 1")

    said = terminal.type(verify, str(TAX_YEAR), expect=1).splitlines()

    assert said[0].startswith("MERGE_DOCUMENTS_DIFFER: 資料番号 77 は併合結果にありますが、")


def test_a_figure_that_does_not_follow_from_its_facts_is_found(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))

    terminal.owned("UPDATE shikakeisan.assessment SET taxable = taxable + 1 WHERE person_id = 1")

    said = terminal.type(verify, str(TAX_YEAR), expect=1)

    ((number,),) = terminal.owned("SELECT atena_number FROM atena.person WHERE id = 1")
    assert said.splitlines()[0] == f"宛名番号 {number} 第1版: 課税総所得金額が違います。"
    logged = terminal.owned("SELECT action, object_ids FROM audit.entry WHERE operation = 'verify'")
    assert logged == [("read", [f"{TAX_YEAR}:1"])]


def test_the_dump_has_one_line_for_each_person_and_no_ids_or_times(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))

    lines = [json.loads(line) for line in terminal.type(dump_year, "--year", str(TAX_YEAR)).splitlines()]

    assert len(lines) == PEOPLE
    assert [line["atena_number"] for line in lines] == sorted(line["atena_number"] for line in lines)
    assert sorted(line["assessments"][0]["outcome"] for line in lines) == [
        "non_taxable",
        "taxed",
        "undecided",
    ]
    assert set(lines[0]) == {"atena_number", "assessments", "base", "basis", "findings"}
    assert not {"id", "person_id", "known_from", "decided_at", "run_id"} & {
        name
        for line in lines
        for part in ("base", "basis", "assessments")
        for row in line[part]
        for name in row
    }


def test_whose_data_a_dump_shows_is_in_the_access_log(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))

    terminal.type(dump_year, "--year", str(TAX_YEAR))

    logged = terminal.owned("SELECT action, object_ids FROM audit.entry WHERE operation = 'dump'")
    assert logged == [("read", [f"{TAX_YEAR}:{person_id}" for person_id in range(1, PEOPLE + 1)])]


def test_a_dump_hides_where_the_protected_live(terminal: Terminal) -> None:
    terminal.owned("UPDATE shikakeisan.base_person SET is_protected = (person_id = 1), ward_code = '331015'")

    lines = [json.loads(line) for line in terminal.type(dump_year, "--year", str(TAX_YEAR)).splitlines()]

    wards = {line["base"][0]["is_protected"]: line["base"][0]["ward_code"] for line in lines}
    assert wards == {True: "************", False: "331015"}


def test_a_dump_hides_who_came_under_protection_since_and_who_lives_with_them(terminal: Terminal) -> None:
    terminal.owned("UPDATE shikakeisan.base_person SET household_number = '77'")
    terminal.owned(
        "UPDATE atena.household_member SET household_number = CASE WHEN person_id < 3 THEN '77' ELSE '78' END"
    )
    terminal.owned(
        "INSERT INTO atena.protection (person_id, valid_from, known_from, source)"
        " VALUES (1, '2026-01-01', now(), 'officer')"
    )

    lines = [json.loads(line) for line in terminal.type(dump_year, "--year", str(TAX_YEAR)).splitlines()]

    people = dict(terminal.owned("SELECT atena_number, id FROM atena.person"))
    places = {people[line["atena_number"]]: line["base"][0]["household_number"] for line in lines}
    assert places == {1: "************", 2: "************", 3: "77"}


def test_a_year_that_was_not_opened_has_no_dump(terminal: Terminal) -> None:
    result = CliRunner().invoke(dump_year, ["--year", "2025"], obj=terminal.runtime)

    assert (result.exit_code, result.stdout, "(YEAR_NOT_OPEN)" in result.stderr) == (1, "", True)


def test_a_second_run_leaves_the_dump_as_it_is(terminal: Terminal) -> None:
    terminal.type(assess, str(TAX_YEAR))
    first = terminal.type(dump_year, "--year", str(TAX_YEAR))

    terminal.type(assess, str(TAX_YEAR))

    assert terminal.type(dump_year, "--year", str(TAX_YEAR)) == first


def tokens(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Sign a clerk and a chief in; return their tokens by role."""
    office = demo.PEOPLE[0][2]
    people = (("100001", "試験　係員", office, "tax_clerk"), ("100002", "試験　係長", office, "tax_chief"))
    monkeypatch.setattr(demo, "PEOPLE", people)

    async def sign_in(year: Year) -> dict[str, str]:
        async with year.database.transaction() as session:
            made = await demo.create_demo_staff(session, open_identity(year.runtime, year.database))
        return {each.role: each.token for each in made}

    found: dict[str, str] = terminal.do(sign_in)
    return found


def test_who_started_the_run_stands_in_it(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tokens(terminal, monkeypatch)

    terminal.type(assess, str(TAX_YEAR), token=known["tax_clerk"], expect=1)
    terminal.type(assess, str(TAX_YEAR), token=known["tax_chief"])
    terminal.type(assess, str(TAX_YEAR))

    runs = terminal.owned("SELECT requested_by FROM shikakeisan.run ORDER BY id")
    assert runs == [("100002",), (SYSTEM.number,)]
    assert terminal.owned("SELECT requester, requester_kind FROM core.job ORDER BY id") == [
        ("100002", "staff"),
        ("system", "system"),
    ]


def test_the_undecided_are_listed_by_their_numbers_to_whoever_may_see_tax(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tokens(terminal, monkeypatch)["tax_clerk"]
    terminal.type(assess, str(TAX_YEAR))

    shown = terminal.type(undecided, str(TAX_YEAR), token=token)
    none = terminal.type(undecided, str(TAX_YEAR), "--ground", "FACTS_INVALID", token=token)
    terminal.type(undecided, str(TAX_YEAR), expect=2)

    ((number,),) = terminal.owned("SELECT atena_number FROM atena.person WHERE id = 3")
    message = "未申告（所得の資料がなく、誰の扶養親族等でもない）"
    assert shown == f"{number}\tNO_DOCUMENT\t{message}\n"
    assert none == "税額が未決定の者はいません。\n"


def test_a_year_that_is_not_merged_has_nothing_to_compare(terminal: Terminal) -> None:
    terminal.owned("UPDATE shikakeisan.basis SET documents = '{77}' WHERE person_id = 1")
    terminal.owned("UPDATE shikakeisan.fiscal_year SET state = 'frozen'")

    assert terminal.type(verify, str(TAX_YEAR)) == "0件の版を計算し直しました。違いは 0件です。\n"
