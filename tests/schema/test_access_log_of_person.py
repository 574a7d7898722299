"""Who has looked at me? Every type that the access log knows is a person's, or docs/audit.md says why not."""

import ast
import re
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest

import core
from core.access.actor import SYSTEM, Actor, ActorKind
from core.access.journal import AccessRecord
from core.access.subject import About
from core.graphql.analysis import DEFINITION
from core.identity.events import Events
from core.identity.opening import open_identity
from core.identity.register import StaffRegister
from core.storage.database import Database
from plugins.audit import record_access
from schema.build import build_runtime
from schema.compose import compose_schema
from schema.testing import House, environ_of
from tests.rows import NOW
from tests.schema.subjects import new_person, stand_everywhere

ROOT = Path(core.__file__).parents[1]
PAGE = (ROOT / "docs" / "audit.md").read_text(encoding="utf-8")
ASKED, LINKED, OTHER = "91000001", "91000002", "91000003"
AUDITOR = "900002"
QUERY = """query($number: String!, $after: String) {
  accessLogOfPerson(atenaNumber: $number, first: 50, after: $after) {
    edges { node { staffNumber objectType objectIds } } pageInfo { hasNextPage endCursor } } }"""


def types_under(heading: str) -> set[str]:
    """Return the types that stand in the first column of a table of docs/audit.md."""
    section = PAGE.split(f"### {heading}\n")[1].split("\n#")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([a-z_.]*)`", cell)}


OF_PERSONS, OF_NOBODY = types_under("Types that tell of a person"), types_under("Types that tell of nobody")


def personal_types(folder: Path) -> Iterator[str]:
    """Yield what the API enters by itself."""
    for kind in compose_schema(build_runtime(environ_of(folder))).core.type_map.values():
        definition = kind.extensions.get(DEFINITION)
        name = getattr(getattr(definition, "origin", None), "journal_type", None)
        if name is not None:
            yield name


def entered_types() -> Iterator[str]:
    """Yield what the program enters by hand: the constants given to `saw`, `wrote`, `record` and events."""
    for path in chain(*((ROOT / folder).rglob("*.py") for folder in ("core", "plugins", "schema"))):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                for expression in _types_given(node.func.attr, node):
                    yield from _constants(module, expression)


def _types_given(method: str, call: ast.Call) -> Iterator[ast.expr]:
    place = {"saw": 0, "wrote": 0, "record": 2}.get(method)
    yield from [] if place is None else call.args[place : place + 1]
    yield from (each.value for each in call.keywords if (method, each.arg) == ("write", "kind"))


def _constants(module: str, expression: ast.expr) -> Iterator[str]:
    match expression:
        case ast.Constant(value=str(text)):
            yield text
        case ast.Name(id=name) if name.isupper():
            yield getattr(import_module(module), name)
        case ast.Attribute(value=ast.Name(id=owner), attr=name) if name.isupper():
            yield getattr(getattr(import_module(module), owner), name)
        case ast.Attribute(attr="journal_type"):
            pass  # a type of the API, which is in the schema
        case _:
            assert module.startswith("core."), f"{module}: nobody can tell which type is entered"


def test_every_type_that_the_program_enters_is_a_persons_or_is_named_with_a_reason(tmp_path: Path) -> None:
    known = {*personal_types(tmp_path), *entered_types(), "staff"}  # "staff" is the default of events
    assert known == OF_PERSONS | OF_NOBODY
    assert OF_PERSONS.isdisjoint(OF_NOBODY)


@pytest.fixture
async def house(house: House, owner_database: Database) -> House:
    """Two people of whom there is a row of each kind; all rows of the first stand under a linked number."""
    async with owner_database.transaction() as session:
        primary = await new_person(session, ASKED)
        await stand_everywhere(session, await new_person(session, LINKED, primary), LINKED)
        await stand_everywhere(session, await new_person(session, OTHER), OTHER)
    async with house.database.transaction() as session:
        identity = open_identity(house.runtime, house.database)
        events = Events(identity.record, identity.clock, "test", "c-1")
        await StaffRegister(identity, session, SYSTEM, events).grant(AUDITOR, "auditor")
    return house


async def objects_of(house: House, number: str) -> Sequence[About]:
    async with house.database.read() as session:
        found = await house.runtime.plugins.run("objects_of_subject", session=session, number=number)
    return list(chain(*found))


async def look(house: House, staff: str, objects: Sequence[tuple[str, str]]) -> None:
    """Let somebody see objects, each in a line of its own."""
    actor = Actor(ActorKind.STAFF, staff)
    async with house.database.transaction() as session:
        await record_access(session, [line_of(actor, *each) for each in objects])


def line_of(actor: Actor, object_type: str, object_id: str) -> AccessRecord:
    return AccessRecord(
        at=NOW,
        actor=actor,
        action="read",
        operation="test",
        object_type=object_type,
        object_ids=(object_id,),
        fields=(),
        result="ok",
        correlation_id="c-1",
    )


async def lines_of(house: House, number: str) -> list[tuple[str, str, str]]:
    """Ask as an auditor, page by page; leave out what the asking itself left."""
    found, after = [], None
    while True:
        answer = await house.ask(QUERY, "other_office", number=number, after=after)
        page = answer.json()["data"]["accessLogOfPerson"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    told = [(node["staffNumber"], node["objectType"], node["objectIds"][0]) for node in found]
    return [each for each in told if each[0] != AUDITOR]


async def test_a_person_stands_under_objects_of_each_of_their_types(house: House) -> None:
    assert {each.object_type for each in await objects_of(house, ASKED)} == OF_PERSONS


@pytest.mark.parametrize("number", [ASKED, LINKED])
async def test_a_person_learns_of_every_line_and_of_no_other_persons(house: House, number: str) -> None:
    own, others = await objects_of(house, ASKED), await objects_of(house, OTHER)
    seen, strange = {each[:2] for each in own}, {each[:2] for each in others}
    await look(house, "800001", sorted(seen))
    await look(house, "800002", sorted(strange))
    await look(house, "800003", [(kind, each) for kind in OF_NOBODY for _, each in sorted(seen)])

    told = await lines_of(house, number)

    assert seen.isdisjoint(strange)
    assert sorted(told) == sorted(("800001", *each) for each in seen)


async def test_nobody_has_objects_where_nobody_has_the_number(house: House) -> None:
    assert await objects_of(house, "91999999") == []


@pytest.mark.parametrize("role", ["tax_clerk", "tax_chief", "administrator"])
async def test_who_may_not_read_the_log_may_not_ask_for_a_person(house: House, role: str) -> None:
    answer = (await house.ask(QUERY, role, number=ASKED)).json()
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert answer.get("data") is None
