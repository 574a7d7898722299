"""An exported log made in memory, and a sealer on the test's own database."""

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import core
from core.access.actor import Actor, ActorKind
from core.access.journal import AccessRecord
from core.access.policy import Policy
from core.clock import MovableClock
from core.loading import assemble
from core.runtime import Runtime
from core.settings import CONFIG, DATA_DIR, PROFILE, Settings, Sources
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import Migrations
from plugins import audit
from plugins.audit import queries
from plugins.audit.chain import Checkpoint, canonical, first_link, header_line, next_link, row_line
from plugins.audit.second_place import SecondPlace
from plugins.audit.service import Sealer
from plugins.audit.tables import MIGRATIONS
from plugins.audit.verifier import Verdict, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
STAFF = Actor(ActorKind.STAFF, "10001", "課税管理課", UUID(int=7))


@dataclass
class Example:
    """A log of `rows` rows with a checkpoint after each number in `at`; its lines, to be spoilt by tests."""

    rows: int
    at: Sequence[int]
    key: Ed25519PrivateKey = KEY
    origin: str = "331007"
    changed: dict[int, dict[str, object]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = [header_line(self.origin)]
        self.checkpoints: list[Checkpoint] = []
        link = first_link(self.origin)
        for number in range(1, self.rows + 1):
            row = canonical(self.row(number))
            link = next_link(link, row)
            self.lines.append(row_line(link, row))
            if number in self.at:
                self.add_checkpoint(number, link)

    def row(self, number: int) -> dict[str, object]:
        plain = {"sequence": number, "id": number * 2, "staff_number": "10001", "session": None, "reason": ""}
        ids = {
            "object_ids": [f"33{number:06}", "税"],
            "fields": ["name", "kana"],
            "recorded_at": "2026-06-10",
        }
        return {**plain, **ids, **self.changed.get(number, {})}

    def add_checkpoint(self, size: int, link: bytes) -> None:
        number = len(self.checkpoints) + 1
        made = Checkpoint(self.origin, number, size, link.hex(), f"2026-06-10T00:{number:02}:00Z")
        self.checkpoints.append(made.signed(self.key))
        self.lines.append(self.checkpoints[-1].line())

    def place_of(self, number: int) -> int:
        """Where row `number` stands in `lines`."""
        return number + sum(size < number for size in self.at)

    def bytes(self) -> bytes:
        return b"".join(self.lines)


@pytest.fixture
def example() -> Callable[..., Example]:
    return Example


@pytest.fixture
def other_key() -> Ed25519PrivateKey:
    return OTHER_KEY


@pytest.fixture
def check() -> Callable[..., Verdict]:
    """Verify bytes with the public key of the examples."""

    def run(data: bytes, elsewhere: Sequence[Checkpoint] = ()) -> Verdict:
        return verify(io.BytesIO(data), [KEY.public_key()], elsewhere)

    return run


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    own = Path(core.__file__).parent / "migrations" / "versions"
    return [Migrations("core", own, "core"), MIGRATIONS]


@pytest.fixture
def record_of() -> Callable[..., AccessRecord]:
    """Make a record; whatever is not given is that of a clerk who read one person."""

    def make(*ids: str, actor: Actor = STAFF, **given: str) -> AccessRecord:
        said = {
            "action": "read",
            "operation": "person",
            "object_type": "atena.person",
            "result": "ok",
            **given,
        }
        at = datetime(2026, 6, 10, 9, 30, tzinfo=UTC)
        return AccessRecord(
            at=at, actor=actor, object_ids=ids, fields=("name",), correlation_id="c-1", **said
        )

    return make


@pytest.fixture
def sealer(database: Database, tmp_path: Path) -> Sealer:
    return Sealer(database, KEY, SecondPlace(tmp_path / "elsewhere", "331007"), MovableClock(timedelta()), 1)


@pytest.fixture
def seal_all(sealer: Sealer, database: Database) -> Callable[[], object]:
    """Seal until nothing waits: transactions of other tests on this server may hold the sealer up."""

    async def run() -> int:
        for _ in range(200):
            await sealer.seal()
            async with database.read() as session:
                if await queries.longest_wait(session) is None:
                    head = await queries.head(session)
                    return head.sequence if head else 0
            await asyncio.sleep(0.05)
        raise AssertionError("something was never sealed")

    return run


@pytest.fixture
def runtime_of(address: ServerAddress, tmp_path: Path) -> Callable[..., Runtime]:
    """A deployment on the test's database, with the given environment variables."""

    def make(**environ: str) -> Runtime:
        given = {
            "JUMINZEI_CONFIG": str(tmp_path / "none.toml"),
            "JUMINZEI_DATA_DIR": str(tmp_path / "data"),
            "JUMINZEI_PROFILE": "development",
            "DATABASE_URL": address.app_url,
            **environ,
        }
        declared = [CONFIG, PROFILE, DATA_DIR, DATABASE_URL, DATABASE_OWNER_URL, *audit.settings()]
        plugins = assemble({"audit": audit})
        policy = Policy.load({"audit": audit.policy()[0].read_text(encoding="utf-8")})
        return Runtime(Settings(declared, Sources(given)), plugins, policy)

    return make
