"""Who stands in the records for what is typed: who signed in, or the system where that is allowed."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from core.identity.settings import UNATTENDED
from core.settings import PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.migrations import Migrations
from schema.build import build_runtime
from schema.main import build_cli
from schema.testing import environ_of
from tests.plugins.shikakeisan.closing.conftest import COLUMNS, City, Welfare
from tests.plugins.shikakeisan.correction.conftest import someone
from tests.plugins.shikakeisan.correction.terminal import CHIEF, CLERK, Terminal, terminal
from tests.plugins.shiryo.conftest import Someone, salary_file

__all__ = ["terminal"]

YEAR = "2026"


@pytest.fixture(scope="session")
def branches(house_branches: Sequence[Migrations]) -> Sequence[Migrations]:
    return house_branches


def type_whole(terminal: Terminal, *words: str, role: str, expect: int = 0) -> str:
    environ = {"JUMINZEI_TOKEN": terminal.tokens.get(role, "")}
    result = CliRunner().invoke(build_cli(terminal.runtime), words, obj=terminal.runtime, env=environ)
    assert result.exit_code == expect, result.output
    return result.output


def who(terminal: Terminal, *statements: str) -> set[str]:
    async def look(city: City) -> set[str]:
        async with city.owner.read() as session:
            return {one for each in statements for one in await session.scalars(text(each))}

    return terminal.do(look)


@pytest.mark.parametrize("role", [CLERK, ""])
def test_a_close_and_its_file_name_who_made_them(terminal: Terminal, tmp_path: Path, role: str) -> None:
    terminal.runtime.plugins.manager.register(Welfare("fukushi", COLUMNS))
    terminal.settle(someone())

    terminal.type("close", role=role)
    terminal.type("transfer", "fukushi", "--out", str(tmp_path), role=role)

    assert who(
        terminal,
        "SELECT closed_by FROM shikakeisan.closing",
        "SELECT made_by FROM shikakeisan.transfer",
        "SELECT staff_number FROM audit.entry WHERE operation IN ('year close', 'year transfer')",
    ) == {terminal.numbers[CLERK] if role else "system"}


@pytest.mark.parametrize("role", [CLERK, ""])
def test_what_is_taken_in_and_expected_names_who_did_it(
    terminal: Terminal, tmp_path: Path, role: str
) -> None:
    terminal.settle(someone())
    senders, report = tmp_path / "senders.jsonl", tmp_path / "315.csv"
    senders.write_text('{"code": "0001", "kind": "payer", "name": "見本", "documents": 3}\n', "utf-8")
    report.write_bytes(salary_file(Someone(1).report()))
    given = ("--sender", "0001", "--channel", "counter", "--year", "2025")

    type_whole(terminal, "expect", str(senders), "--year", "2025", role=role)
    type_whole(terminal, "intake", str(report), *given, role=role)

    assert who(
        terminal,
        "SELECT recorded_by FROM shiryo.expectation",
        "SELECT received_by FROM shiryo.delivery WHERE tax_year = 2025",
        "SELECT requester FROM core.job WHERE type = 'shiryo.intake'",
        "SELECT staff_number FROM audit.entry WHERE operation = 'intake'",
    ) == {terminal.numbers[CLERK] if role else "system"}


@pytest.mark.parametrize(
    ("words", "role"),
    [
        (("year", "open", "2025"), CLERK),
        (("year", "freeze", YEAR), CLERK),
        (("year", "replay", YEAR), CLERK),
        (("year", "close"), "other_office"),
        (("intake", "{}", "--sender", "1", "--channel", "counter", "--year", "2025"), "administrator"),
    ],
)
def test_who_may_not_is_refused_with_a_token_too(
    terminal: Terminal, tmp_path: Path, words: Sequence[str], role: str
) -> None:
    terminal.settle(someone())
    (tmp_path / "a.csv").write_bytes(salary_file(Someone(1).report()))

    said = type_whole(terminal, *(word.format(tmp_path / "a.csv") for word in words), role=role, expect=1)

    assert "FORBIDDEN" in said


def test_a_chief_opens_a_year_by_name(terminal: Terminal) -> None:
    terminal.settle(someone())

    type_whole(terminal, "year", "open", "2025", "--municipality", "331007", role=CHIEF)

    statement = "SELECT staff_number FROM audit.entry WHERE operation = 'year open'"
    assert who(terminal, statement) == {terminal.numbers[CHIEF]}


@pytest.mark.parametrize(
    ("unattended", "code", "said"), [("false", 2, "--staff"), ("true", 0, "開始しました")]
)
def test_in_production_nobody_acts_but_a_person_or_a_timetable_that_was_set_up(
    tmp_path: Path, address: ServerAddress, unattended: str, code: int, said: str
) -> None:
    given = {DATABASE_URL.variable: address.app_url, UNATTENDED.variable: unattended}
    runtime = build_runtime({**environ_of(tmp_path, **given), PROFILE.variable: "production"})

    words = ("year", "open", YEAR, "--municipality", "331007")
    done = CliRunner().invoke(build_cli(runtime), words, obj=runtime, env={"JUMINZEI_TOKEN": ""})

    assert (done.exit_code, said in done.output) == (code, True)
