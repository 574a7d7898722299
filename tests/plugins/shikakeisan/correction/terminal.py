"""A decided year of a few people, at whose terminal a clerk and a chief type commands."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from click.testing import CliRunner

from core.clock import MovableClock
from core.identity import demo
from core.identity.opening import open_identity
from core.runtime import Runtime
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from plugins.shikakeisan.commands.year import year as year_command
from schema.build import build_runtime
from schema.testing import environ_of
from tests.plugins.shikakeisan.assessment.conftest import Year
from tests.plugins.shikakeisan.closing.conftest import City
from tests.plugins.shikakeisan.correction.conftest import Office
from tests.plugins.shikakeisan.correction.papers import Paper

CLERK, CHIEF = "tax_clerk", "tax_chief"
CHIEF_NUMBER = "900004"
T = TypeVar("T")


class Terminal:
    """Commands are typed with the token of a role; `do` works beside them."""

    def __init__(self, runtime: Runtime, address: ServerAddress, environ: pytest.MonkeyPatch) -> None:
        self.runtime = runtime
        self.address = address
        self.environ = environ
        self.tokens: dict[str, str] = {}
        self.numbers: dict[str, str] = {}

    def do(self, deed: Callable[[City], Awaitable[T]]) -> T:
        async def run() -> T:
            database, owner = Database(self.address.app_url), Database(self.address.owner_url)
            try:
                return await deed(City(Office(Year(self.runtime, database)), owner))
            finally:
                await database.close()
                await owner.close()

        return asyncio.run(run())

    def settle(self, *people: Paper) -> Sequence[int]:
        """Decide the tax of people, and let a clerk and a chief sign in."""

        async def deed(city: City) -> Sequence[int]:
            await city.office.year.open()
            ids = await city.settle(*people)
            database = city.office.year.database
            async with database.transaction() as session:
                staff = await demo.create_demo_staff(session, open_identity(self.runtime, database))
            self.tokens = {person.role: person.token for person in staff}
            self.numbers = {person.role: person.staff_number for person in staff}
            return ids

        return self.do(deed)

    def rows(self, statement: str, **parameters: Any) -> Sequence[Any]:
        return self.do(lambda city: city.office.year.rows(statement, **parameters))

    def type(self, *words: str, role: str = "", expect: int = 0) -> str:
        self.environ.setenv("JUMINZEI_TOKEN", self.tokens.get(role, ""))
        result = CliRunner().invoke(year_command, words, obj=self.runtime)
        assert result.exit_code == expect, result.output
        return result.output


@pytest.fixture
def terminal(tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})
    chief = (CHIEF_NUMBER, "課税 四郎", demo.PEOPLE[0][2], CHIEF)
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, chief))
    return Terminal(build_runtime(environ, MovableClock()), address, monkeypatch)
