"""Who stands in the access log for the files of 宛名 that are typed in and out."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from core.commands.desk import TOKEN
from core.identity import demo
from core.identity.opening import open_identity
from core.identity.settings import UNATTENDED
from core.runtime import Runtime
from core.settings import PROFILE
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations
from plugins.atena.vault.keyring import create_key_file, key_file
from schema.build import build_runtime
from schema.main import build_cli
from schema.testing import environ_of
from tests.plugins.atena.conftest import FED_ADDRESS, FED_PERSON, line
from tests.plugins.atena.test_bank_files import HEADER, MERGERS, branch
from tests.plugins.atena.test_jutogai import person

T = TypeVar("T")
CLERK, CHIEF, OTHER = "tax_clerk", "tax_chief", "other_office"
COMMANDS = {
    "feed": ("feed", "{}/feed.jsonl"),
    "jutogai": ("jutogai", "{}/jutogai.jsonl"),
    "banks": ("banks", "{}/banks.csv", "--valid-from", "2026-01-01"),
    "bank-mergers": ("bank-mergers", "{}/mergers.csv"),
    "name-file": ("name-file", "--out", "{}/out"),
}
LOGGED = "SELECT DISTINCT operation, staff_number FROM audit.entry WHERE operation LIKE 'atena %'"


@pytest.fixture(scope="session")
def branches(house_branches: Sequence[Migrations]) -> Sequence[Migrations]:
    return house_branches


@dataclass
class Terminal:
    """Commands of 宛名, typed with the token of a role, or by nobody."""

    runtime: Runtime
    address: ServerAddress
    folder: Path
    people: Mapping[str, demo.DemoSignIn]

    def type(self, command: str, *, role: str = "", typed: str = "", more: Sequence[str] = ()) -> Result:
        words = ["atena", *(word.format(self.folder) for word in COMMANDS[command]), *more]
        environ = {TOKEN: self.people[role].token if role else ""}
        return CliRunner().invoke(build_cli(self.runtime), words, obj=self.runtime, env=environ, input=typed)

    def logged(self) -> dict[str, str]:
        """Return who stands in the access log, by operation."""

        async def look(database: Database) -> dict[str, str]:
            async with database.read() as session:
                return {row.operation: row.staff_number for row in await session.execute(text(LOGGED))}

        return with_database(self.address.owner_url, look)


def with_database(url: str, deed: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(url)
        try:
            return await deed(database)
        finally:
            await database.close()

    return asyncio.run(run())


def write_files(folder: Path) -> None:
    household = {"number": "1", "relation": "世帯主"}
    event = {"kind": "move_in", "atenaNumber": "1", "effectiveOn": "2020-04-01", "person": FED_PERSON}
    (folder / "feed.jsonl").write_bytes(line(1, {**event, "address": FED_ADDRESS, "household": household}))
    (folder / "jutogai.jsonl").write_text(json.dumps(person(1), ensure_ascii=False) + "\n", "utf-8")
    (folder / "banks.csv").write_text("\n".join([HEADER, branch(1), branch(2)]) + "\n", "utf-8")
    (folder / "mergers.csv").write_text(f"{MERGERS}\n9990-001,9990-002,2026-02-01\n", "utf-8")


@pytest.fixture
def terminal(tmp_path: Path, address: ServerAddress) -> Terminal:
    runtime = build_runtime(environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url}))
    write_files(tmp_path)

    async def sign_in(database: Database) -> dict[str, demo.DemoSignIn]:
        async with database.transaction() as session:
            found = await demo.create_demo_staff(session, open_identity(runtime, database))
        return {each.role: each for each in found}

    return Terminal(runtime, address, tmp_path, with_database(address.app_url, sign_in))


@pytest.mark.parametrize("role", [CHIEF, ""])
def test_what_comes_in_and_goes_out_names_who_typed_it(terminal: Terminal, role: str) -> None:
    done = {command: terminal.type(command, role=role) for command in COMMANDS}

    assert {command: result.exit_code for command, result in done.items()} == dict.fromkeys(COMMANDS, 0)
    number = terminal.people[role].staff_number if role else "system"
    assert terminal.logged() == {f"atena {command}": number for command in COMMANDS}


@pytest.mark.parametrize(
    ("command", "role"),
    [
        *((command, OTHER) for command in COMMANDS),
        ("feed", CLERK),
        ("name-file", CLERK),
        ("feed", "administrator"),
    ],
)
def test_who_may_not_is_refused(terminal: Terminal, command: str, role: str) -> None:
    refused = terminal.type(command, role=role)

    assert (refused.exit_code, "FORBIDDEN" in refused.output) == (1, True)
    assert terminal.logged() == {}


@pytest.mark.parametrize("command", ["jutogai", "banks"])
def test_a_clerk_does_what_a_clerk_may(terminal: Terminal, command: str) -> None:
    assert terminal.type(command, role=CLERK).exit_code == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_staff_without_a_token_are_asked_for_password_and_code(terminal: Terminal, command: str) -> None:
    number = terminal.people[CHIEF].staff_number

    refused = terminal.type(command, more=("--staff", number), typed="wrong\n000000\n")

    assert (refused.exit_code, "INVALID_CREDENTIALS" in refused.output) == (1, True)
    assert terminal.logged() == {f"atena {command}": ""}, "an attempt that names nobody"


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(("unattended", "code"), [("false", 2), ("true", 0)])
def test_in_production_nobody_acts_but_a_person_or_a_timetable_that_was_set_up(
    terminal: Terminal, command: str, unattended: str, code: int
) -> None:
    if command == "bank-mergers":
        assert terminal.type("banks").exit_code == 0
    given = {DATABASE_URL.variable: terminal.address.app_url, UNATTENDED.variable: unattended}
    runtime = build_runtime({**environ_of(terminal.folder, **given), PROFILE.variable: "production"})
    if not key_file(runtime.settings).exists():
        create_key_file(key_file(runtime.settings))
    terminal.runtime = runtime

    done = terminal.type(command)

    assert (done.exit_code, "--staff" in done.output) == (code, code == 2), done.output
