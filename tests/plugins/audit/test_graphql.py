"""The log in the API: for auditors only, in pages, and every look into it leaves its own line."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text
from starlette.datastructures import Headers

from core.access.actor import Actor, ActorKind
from core.access.journal import AccessRecord
from core.access.policy import Policy
from core.access.subject import About, about
from core.clock import Clock
from core.graphql.documents import Documents
from core.graphql.execution import Executor
from core.graphql.http import GraphQLEndpoint
from core.graphql.settings import SETTINGS
from core.hooks import hook
from core.identity.keys import SealKeys
from core.loading import assemble
from core.runtime import Runtime
from core.settings import CONFIG, Settings, Sources
from core.storage.address import ServerAddress
from core.storage.database import Database
from plugins import audit
from plugins.audit.queries import Filter, page
from plugins.audit.service import record
from plugins.audit.tables import entry
from schema.compose import compose

MANY = """
INSERT INTO audit.entry (happened_at, actor_kind, staff_number, department, operation, action, object_type,
    object_ids, fields, result, correlation_id, reason, origin)
SELECT now(), 'staff', '10001', '', 'person', 'read', 'atena.person', ARRAY['99' || n], '{}', 'ok', '', '', ''
FROM generate_series(1, 20000) AS n
"""
SCANS = "SELECT seq_scan, idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relid = 'audit.entry'::regclass"
POLICY = Policy.load({"audit": audit.policy()[0].read_text(encoding="utf-8")})
LOG = """query($first: Int, $after: String, $staff: String, $type: String, $id: String,
               $from: DateTime, $to: DateTime) {
  accessLog(first: $first, after: $after, staffNumber: $staff, objectType: $type, objectId: $id,
            from: $from, to: $to) {
    edges { node { id staffNumber objectType objectIds fields reason sealedNumber session recordedAt } }
    pageInfo { hasNextPage endCursor }
  }
}"""
PERSON = """query($number: String!) {
  accessLogOfPerson(atenaNumber: $number) { edges { node { staffNumber action objectType objectIds } } } }"""
PAGES = """query($number: String!, $after: String) {
  accessLogOfPerson(atenaNumber: $number, first: 2, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } }"""


def at(hour: int) -> datetime:
    return datetime(2026, 6, 10, hour, tzinfo=UTC)


class People:
    """A plug-in that knows of whom objects tell."""

    objects: Mapping[str, Sequence[About]] = {
        "33000003": [About("atena.person", "33000003")],
        "33000004": [
            *about("atena.person", ["33000004", "33000005"]),
            About("shiryo.document", "7"),
            About("shiryo.document", "8", at(9), at(11)),
        ],
    }

    @hook
    async def objects_of_subject(self, number: str) -> Sequence[About]:
        return self.objects.get(number, [])


class House:
    """The plug-in's own schema, served on the real database."""

    def __init__(self, database: Database) -> None:
        settings = Settings((CONFIG, *SETTINGS), Sources({"JUMINZEI_CONFIG": "/nonexistent"}))
        schema = compose([audit.graphql()], POLICY)
        runtime = Runtime(settings, assemble({"audit": audit, "people": People()}), POLICY)
        executor = Executor(schema, database, settings, record, runtime, SealKeys([bytes(32)]).mark)
        self.endpoint = GraphQLEndpoint(executor, Documents(schema), self.authenticate, settings, Clock())

    async def authenticate(self, headers: Headers) -> Actor:
        subjects = frozenset({headers.get("authorization", "")})
        return Actor(ActorKind.STAFF, "90001", subjects=subjects, grants=POLICY.grants(subjects))

    async def ask(
        self, query: str, variables: Mapping[str, object], role: str = "role:auditor"
    ) -> dict[str, Any]:
        transport = httpx.ASGITransport(app=self.endpoint)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            given = {"query": query, "variables": variables}
            answer = await client.post("/graphql", json=given, headers={"authorization": role})
        found: dict[str, Any] = answer.json()
        return found

    async def nodes(self, **variables: object) -> list[dict[str, Any]]:
        answer = await self.ask(LOG, variables)
        return [edge["node"] for edge in answer["data"]["accessLog"]["edges"]]


@pytest.fixture
async def house(database: Database, record_of: Callable[..., AccessRecord]) -> House:
    """Ten rows: even numbers by clerk 10001, odd ones by 10002; each about one person and one family."""
    async with database.transaction() as session:
        for number in range(10):
            actor = Actor(ActorKind.STAFF, f"1000{1 + number % 2}")
            await record(session, [record_of(f"33{number:06}", "33999999", actor=actor)])
    return House(database)


@pytest.mark.parametrize(
    ("variables", "ids"),
    [
        ({"first": 3}, ["10", "9", "8"]),
        ({"staff": "10002", "first": 2}, ["10", "8"]),
        ({"staff": "10003"}, []),
        ({"type": "atena.person", "id": "33000004"}, ["5"]),
        ({"type": "atena.employer", "id": "33000004"}, []),
        ({"type": "atena.person", "id": "3300000"}, []),
        ({"type": "atena.person", "id": "33999999", "staff": "10001", "first": 1}, ["9"]),
        ({"from": "2099-01-01T00:00:00Z"}, []),
        ({"to": "2020-01-01T00:00:00Z"}, []),
        ({"from": "2020-01-01T00:00:00+09:00", "to": "2099-01-01T00:00:00Z", "first": 1}, ["10"]),
    ],
)
async def test_what_is_found(house: House, variables: dict[str, object], ids: list[str]) -> None:
    assert [node["id"] for node in await house.nodes(**variables)] == ids


async def test_pages_join_without_gap_although_new_rows_come_in(house: House) -> None:
    found, after = [], None
    while True:
        answer = await house.ask(LOG, {"first": 4, "after": after, "type": "atena.person"})
        page = answer["data"]["accessLog"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == [str(number) for number in range(10, 0, -1)]


async def test_a_person_learns_who_looked(house: House) -> None:
    answer = await house.ask(PERSON, {"number": "33000003"})
    nodes = [edge["node"] for edge in answer["data"]["accessLogOfPerson"]["edges"]]
    assert nodes == [
        {
            "staffNumber": "10002",
            "action": "read",
            "objectType": "atena.person",
            "objectIds": ["33000003", "33999999"],
        }
    ]


async def log(database: Database, *records: AccessRecord) -> None:
    async with database.transaction() as session:
        await record(session, records)


async def ids_of(house: House, number: str) -> list[tuple[str, list[str]]]:
    answer = await house.ask(PERSON, {"number": number})
    nodes = [edge["node"] for edge in answer["data"]["accessLogOfPerson"]["edges"]]
    return [(node["objectType"], node["objectIds"]) for node in nodes if node["staffNumber"] == "10001"]


async def test_a_person_learns_of_every_object_that_tells_of_them(
    house: House, database: Database, record_of: Callable[..., AccessRecord]
) -> None:
    """Not of what has the id of one of them and another type, nor of what somebody else did with others."""
    given = [("shiryo.document", ["6", "7"]), ("shiryo.document", ["9"]), ("shiryo.keying", ["7"])]
    await log(database, *(record_of(*ids, object_type=kind) for kind, ids in given))
    assert await ids_of(house, "33000004") == [
        ("shiryo.document", ["6", "7"]),
        ("atena.person", ["33000004", "33999999"]),
    ]


@pytest.mark.parametrize(("hour", "is_told"), [(8, False), (9, True), (10, True), (11, False), (12, False)])
async def test_what_became_somebody_elses_tells_of_them_for_its_time(
    house: House,
    database: Database,
    record_of: Callable[..., AccessRecord],
    hour: int,
    is_told: bool,
) -> None:
    await log(database, replace(record_of("8", object_type="shiryo.document"), at=at(hour)))
    assert (("shiryo.document", ["8"]) in await ids_of(house, "33000004")) is is_told


async def test_that_somebody_asked_is_told_the_next_time(house: House) -> None:
    await house.ask(PERSON, {"number": "33000003"})
    answer = await house.ask(PERSON, {"number": "33000003"})
    nodes = [edge["node"] for edge in answer["data"]["accessLogOfPerson"]["edges"]]
    assert [(node["staffNumber"], node["objectIds"]) for node in nodes] == [
        ("90001", ["33000003"]),
        ("10002", ["33000003", "33999999"]),
    ]


async def test_of_somebody_whom_nobody_knows_there_is_nothing_and_nothing_is_entered(
    house: House, database: Database
) -> None:
    assert await ids_of(house, "33000000") == []
    async with database.read() as session:
        query = select(entry.c.object_type).where(entry.c.staff_number == "90001")
        assert (await session.scalars(query)).all() == ["audit.entry"]


async def test_the_pages_of_a_person_join_without_gap(
    house: House, database: Database, record_of: Callable[..., AccessRecord]
) -> None:
    await log(database, *(record_of("7", object_type="shiryo.document") for _ in range(4)))
    found, after = [], None
    while True:
        answer = await house.ask(PAGES, {"number": "33000004", "after": after})
        page = answer["data"]["accessLogOfPerson"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert found == ["14", "13", "12", "11", "6", "5"]


@pytest.mark.parametrize("analysed", [False, True])
@pytest.mark.parametrize("number", [0, 400])
async def test_one_person_is_found_by_the_index_and_not_by_reading_the_log(
    house: House, owner_database: Database, analysed: bool, number: int
) -> None:
    """However many objects tell of them, and whatever the server knows of the log."""
    objects = [*People.objects["33000004"], *about("shikakeisan.proposal", range(number))]
    async with owner_database.transaction() as session:
        await session.execute(text(MANY))
    async with owner_database.transaction() as session:
        if analysed:
            await session.execute(text("ANALYZE audit.entry"))
        rows = await page(session, Filter(objects=objects), None, 51)
        scans = (await session.execute(text(SCANS))).one()
    assert [row["id"] for row in rows] == [6, 5]
    assert (scans.seq_scan, scans.idx_tup_fetch) == (0, 4)  # once to find them, once to show them


async def test_the_sealed_number_appears_after_sealing(house: House, seal_all: Callable[[], Any]) -> None:
    assert {node["sealedNumber"] for node in await house.nodes(type="atena.person")} == {None}
    await seal_all()
    found = await house.nodes(type="atena.person", first=2)
    assert [node["sealedNumber"] for node in found] == ["10", "9"]


async def test_reading_the_log_is_recorded(house: House, database: Database) -> None:
    await house.nodes(first=2, staff="10001")
    async with database.read() as session:
        query = select(entry).where(entry.c.staff_number == "90001")
        [row] = (await session.execute(query)).mappings()
    assert (row["object_type"], row["object_ids"], row["action"]) == ("audit.entry", ["9", "7"], "read")
    assert "reason" in row["fields"]
    assert row["operation"] == "accessLog"


@pytest.mark.parametrize("role", ["", "auditor", "role:tax", "role:administrator"])
@pytest.mark.parametrize(("query", "variables"), [(LOG, {}), (PERSON, {"number": "33000003"})])
async def test_only_auditors_read_the_log(
    house: House, role: str, query: str, variables: dict[str, object]
) -> None:
    answer = await house.ask(query, variables, role)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "10001" not in str(answer)


async def test_an_id_without_its_type_is_refused(house: House) -> None:
    answer = await house.ask(LOG, {"id": "33000004"})
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION"
    assert "33000004" not in str(answer)


@pytest.mark.parametrize("after", ["!", "WyJ4IiwxXQ", "WzFd", "x" * 5000])
async def test_a_made_up_cursor_is_refused(house: House, after: str) -> None:
    answer = await house.ask(LOG, {"after": after})
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION"


async def test_without_a_row_in_the_log_no_data_is_given(
    house: House, owner_database: Database, address: ServerAddress
) -> None:
    async with owner_database.transaction() as session:
        await session.execute(text(f"REVOKE INSERT ON audit.entry FROM {address.app_role}"))
    answer = await house.ask(LOG, {})
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_NOT_RECORDED"
    assert answer.get("data") is None
    assert "33000001" not in str(answer)
