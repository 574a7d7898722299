"""宛名 stands on its own: its tests run with its own migrations, policy and a key file of their own."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Table, select
from starlette.datastructures import Headers

import core
from core.access.actor import SYSTEM, Actor, ActorKind
from core.access.journal import AccessRecord, Journal
from core.access.policy import Policy
from core.clock import Clock
from core.graphql.documents import Documents
from core.graphql.execution import Executor
from core.graphql.http import GraphQLEndpoint
from core.graphql.records import Trace
from core.graphql.settings import SETTINGS
from core.identity.keys import SealKeys
from core.identity.settings import UNATTENDED
from core.settings import DATA_DIR, PROFILE, Settings, Sources
from core.storage.database import Database, ReadSession, WriteSession
from core.storage.migrations import Migrations
from core.work import Work
from plugins import atena
from plugins.atena import tables
from plugins.atena.history import LATEST
from plugins.atena.queries.history import known, said_in
from plugins.atena.service.feed import Feed, Run
from plugins.atena.service.feed_status import FEED_INTERVAL_HOURS, FEED_LATE_HOURS
from plugins.atena.sheets import HISTORIES
from plugins.atena.vault.keyring import VAULT_KEY_FILE, Keyring, open_keyring
from plugins.atena.vault.seal import unseal
from schema.compose import compose

NOW = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)
TODAY = date(2026, 6, 10)
PROPOSE_NUMBER = "mutation P($input: ProposeMyNumberInput!) { proposeMyNumber(input: $input) { id } }"
CONFIRM_NUMBER = """
mutation C($id: Int!, $number: String!) { confirmMyNumber(proposalId: $id, myNumber: $number) { outcome } }
"""
KEEPS_NO_ANSWER = ("proposeMyNumber", "confirmMyNumber")
ROLES = ("tax_clerk", "tax_chief", "other_office", "administrator", "auditor")


class StandingClock(Clock):
    """Shows the time that a test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment


@dataclass
class House:
    """宛名 served to every role: `post` asks, `records` is the access log."""

    endpoint: GraphQLEndpoint
    clock: StandingClock
    records: list[AccessRecord] = field(default_factory=list)
    keys: int = 0

    async def post(
        self, query: str, role: str = "tax_clerk", reason: str = "", **variables: Any
    ) -> httpx.Response:
        self.keys += 1
        headers = {"authorization": role}
        if query.lstrip().startswith("mutation") and not any(each in query for each in KEEPS_NO_ANSWER):
            headers["idempotency-key"] = f"test-key-{self.keys:06d}"
        body = {"query": query, "variables": variables, "extensions": {"reason": reason}}
        transport = httpx.ASGITransport(app=self.endpoint)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/graphql", json=body, headers=headers)

    async def data(self, query: str, role: str = "tax_clerk", reason: str = "", **variables: Any) -> Any:
        answer = (await self.post(query, role, reason, **variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]

    async def refusal(self, query: str, role: str = "tax_clerk", reason: str = "", **variables: Any) -> Any:
        answer = (await self.post(query, role, reason, **variables)).json()
        assert answer.get("data") in (None, {"person": None}, {"person": {"myNumber": None}}), answer
        [error] = answer["errors"]
        return error["extensions"]

    async def number(self, person: str, number: str, valid_from: str | None = None) -> None:
        """Let the clerk type a My Number from a card, and the chief type it again."""
        given = {"atenaNumber": person, "myNumber": number, "evidence": "SHOWN", "reason": "個人番号カード"}
        proposed = await self.data(PROPOSE_NUMBER, input={**given, "validFrom": valid_from})
        said = {"id": proposed["proposeMyNumber"]["id"], "number": number}
        await self.data(CONFIRM_NUMBER, "tax_chief", **said)

    async def record(self, session: WriteSession, records: Sequence[AccessRecord]) -> None:
        self.records.extend(records)


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    return [
        Migrations("core", Path(core.__file__).parent / "migrations" / "versions", "core"),
        atena.migrations(),
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    environ = {"JUMINZEI_PROFILE": "development", "JUMINZEI_DATA_DIR": str(tmp_path)}
    environ[FEED_INTERVAL_HOURS.variable] = "20"
    feed = (FEED_LATE_HOURS, FEED_INTERVAL_HOURS)
    declared = [*SETTINGS, PROFILE, DATA_DIR, VAULT_KEY_FILE, UNATTENDED, *feed]
    return Settings(declared, Sources(environ))


@pytest.fixture
def keyring(settings: Settings) -> Keyring:
    return open_keyring(settings)


@pytest.fixture
def work(session: WriteSession) -> Work:
    return Work(session, Journal(), "1", NOW)


@pytest.fixture(scope="session")
def policy() -> Policy:
    return Policy.load({str(file): file.read_text(encoding="utf-8") for file in atena.policy()})


@pytest.fixture
def extra_parts() -> Sequence[Any]:
    """What other plug-ins add; a test module may override it."""
    return []


@pytest.fixture
async def house(database: Database, settings: Settings, policy: Policy, extra_parts: Sequence[Any]) -> House:
    schema = compose([atena.graphql(), *extra_parts], policy)
    actors: Mapping[str, Actor] = {
        role: Actor(ActorKind.STAFF, role, grants=policy.grants([f"role:{role}"])) for role in ROLES
    }

    async def authenticate(headers: Headers) -> Actor:
        return actors[headers["authorization"]]

    async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        await house.record(session, records)

    clock = StandingClock()
    executor = Executor(schema, database, settings, record, mark=SealKeys([bytes(32)]).mark)
    house = House(GraphQLEndpoint(executor, Documents(schema), authenticate, settings, clock), clock)
    return house


@dataclass
class Register:
    """The resident register across the street: makes messages, and has files of them applied."""

    feed: Feed
    folder: Path
    sequence: int = 0
    files: int = 0

    def message(self, kind: str, number: str = "1", on: str = "2020-04-01", **items: Any) -> bytes:
        """Make the next message."""
        self.sequence += 1
        return line(self.sequence, {"kind": kind, "atenaNumber": number, "effectiveOn": on, **items})

    def arrival(self, number: str = "1", on: str = "2020-04-01", **items: Any) -> bytes:
        """Make a 転入 with all that it asks for, into a household of their own."""
        household = {"number": number, "relation": "世帯主"}
        given = {"person": FED_PERSON, "address": FED_ADDRESS, "household": household, **items}
        return self.message("move_in", number, on, **given)

    async def apply(self, *lines: bytes) -> Run:
        """Apply a file of these lines."""
        self.files += 1
        file = self.folder / f"{self.files}.jsonl"
        file.write_bytes(b"".join(lines))
        return await self.feed.run(file)


FED_PERSON = {"name": "霧ヶ丘　陽斗", "kana": "キリガオカ　ハルト", "birthDate": "1980-05-01", "sex": "1"}
FED_ADDRESS = {
    "municipalityCode": "331015",
    "prefecture": "岡山県",
    "municipality": "岡山市北区",
    "town": "桜見町",
    "lot": "9001番地",
}


def line(sequence: int, event: Mapping[str, Any]) -> bytes:
    """Write one message as the register does."""
    canonical = json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    message = {
        "sequence": sequence,
        "issuedAt": "2026-06-10T09:00:00+09:00",
        "sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "event": event,
    }
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


@pytest.fixture
def feed_records() -> list[AccessRecord]:
    """The access log of the feed."""
    return []


@pytest.fixture
def register(
    database: Database, keyring: Keyring, tmp_path: Path, feed_records: list[AccessRecord]
) -> Register:
    async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
        feed_records.extend(records)

    return Register(Feed(database, keyring, Trace(StandingClock(), SYSTEM, "feed"), record), tmp_path)


@pytest.fixture
def end_state(database: Database, keyring: Keyring) -> Callable[[], Awaitable[set[tuple[object, ...]]]]:
    """Everything that holds now of what the feed changes, with the numbers opened."""

    async def read() -> set[tuple[object, ...]]:
        async with database.read() as session:
            return {fact for table in HISTORIES for fact in await _facts(session, keyring, table)}

    return read


async def _facts(session: ReadSession, keyring: Keyring, table: Table) -> list[tuple[object, ...]]:
    columns = [column for column in said_in(table) if column.name not in ("sealed", "key_version")]
    joined = select(tables.person.c.atena_number, table).join(tables.person)
    rows = await session.execute(joined.where(known(table, LATEST)))
    return [
        (
            *(table.name, row.atena_number, row.valid_from, row.valid_to),
            unseal(keyring, row.person_id, row) if table is tables.my_number else "",
            *(str(row._mapping[column]) for column in columns),
        )
        for row in rows
    ]
