"""The example plug-in of the documentation loads, adds a field to `Person`, and takes it away again."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from core import loading
from core.access.actor import Actor, ActorKind
from core.access.policy import Policy
from core.clock import Clock
from core.graphql.context import RequestContext
from core.graphql.schema import HouseSchema
from core.graphql.settings import SETTINGS
from core.identity.keys import SealKeys
from core.settings import Settings, Sources
from core.storage.database import Database, WriteSession
from core.storage.migrations import Migrations, differences
from plugins import atena
from plugins.atena.queries import history, persons
from plugins.atena.tables import person_revision
from schema.compose import compose

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "example_plugin"
PAGE = (DOCS / "writing-a-plugin.md").read_text(encoding="utf-8")
SHOWN = sorted(path for path in EXAMPLE.rglob("*") if path.suffix in {".py", ".csv", ".toml"})
NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
WRITE = 'mutation { writeMemo(atenaNumber: "1", text: "転出予定") { memos { text writtenBy } } }'
READ = '{ searchPersons(search: {kana: "キリ"}) { edges { node { atenaNumber memos { text } } } } }'


@pytest.fixture(scope="session")
def memo() -> Iterator[Any]:
    sys.path.insert(0, str(EXAMPLE))
    yield import_module("juminzei_memo")
    sys.path.remove(str(EXAMPLE))


@pytest.fixture(scope="session")
def branches(memo: Any) -> Sequence[Migrations]:
    return [atena.migrations(), memo.migrations()]


@pytest.fixture(scope="session")
def policy(memo: Any) -> Policy:
    files = [*atena.policy(), *memo.policy()]
    return Policy.load({str(file): file.read_text(encoding="utf-8") for file in files})


@pytest.fixture(scope="session")
def schema(memo: Any, policy: Policy) -> HouseSchema:
    return compose([atena.graphql(), memo.graphql()], policy)


@pytest.fixture
async def three_persons(session: WriteSession) -> None:
    for number in "123":
        person_id = await persons.add_person(session, number, NOW)
        said = {"kind": "resident", "name": "霧", "kana": "キリ", "name_key": "霧", "kana_key": "キリ"}
        rest = {"birth_date": None, "birth_precision": None, "birth_note": "", "sex": "1", "death_date": None}
        span = history.Span(date(2020, 1, 1))
        await history.begin(session, person_revision, person_id, NOW, span, {**said, **rest})


async def ask(schema: HouseSchema, session: WriteSession, query: str) -> Any:
    settings = Settings(SETTINGS, Sources({}))
    actor = Actor(ActorKind.STAFF, "100200")
    is_mutation, mark = query.startswith("mutation"), SealKeys([bytes(32)]).mark
    context = RequestContext(settings, Clock(), actor, session, "c", is_mutation=is_mutation, marking=mark)
    result = await schema.execute(query, None, context)
    assert result.errors is None
    return result.data


def test_it_goes_through_the_door_of_every_plug_in(memo: Any) -> None:
    assert list(loading.assemble({"memo": memo, "atena": atena}))[-2:] == ["atena", "memo"]


def test_with_it_person_has_memos_and_without_it_none(memo: Any, schema: HouseSchema, policy: Policy) -> None:
    without = compose([atena.graphql()], policy)

    assert "memos" in schema.core.type_map["Person"].fields
    assert "Memo" in schema.core.type_map
    assert "memos" not in without.core.type_map["Person"].fields
    assert "Memo" not in without.core.type_map
    with_it = set(schema.core.type_map["Person"].fields)
    assert with_it - set(without.core.type_map["Person"].fields) == {"memos"}


@pytest.mark.usefixtures("three_persons")
async def test_a_memo_is_written_and_shown(schema: HouseSchema, session: WriteSession) -> None:
    written = await ask(schema, session, WRITE)

    assert written == {"writeMemo": {"memos": [{"text": "転出予定", "writtenBy": "100200"}]}}


@pytest.mark.usefixtures("three_persons")
async def test_the_memos_of_a_page_come_with_one_statement(
    schema: HouseSchema, session: WriteSession, database: Database
) -> None:
    await ask(schema, session, WRITE)
    statements: list[str] = []
    event.listen(
        database.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )

    shown = await ask(schema, session, READ)

    assert [edge["node"]["memos"] for edge in shown["searchPersons"]["edges"]] == [
        [{"text": "転出予定"}],
        [],
        [],
    ]
    assert sum("memo.memo" in statement for statement in statements) == 1


async def test_its_migration_makes_its_tables(memo: Any, owner_database: Database) -> None:
    tables = import_module("juminzei_memo.tables")
    assert await differences(owner_database, memo.migrations(), tables.metadata) == []


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.name)
def test_the_page_shows_the_files_as_they_are(path: Path) -> None:
    assert path.read_text(encoding="utf-8").strip() in PAGE
