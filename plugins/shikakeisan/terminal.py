"""What the commands of every room do alike: enter the access log, write files that nobody else reads."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.commands import terminal
from core.runtime import Runtime
from core.storage.database import Database, WriteSession
from plugins.shiryo.api import Work

T = TypeVar("T")
OWNER_ONLY = 0o600


async def recorded(
    runtime: Runtime, database: Database, operation: str, deed: Callable[[Work], Awaitable[T]]
) -> T:
    """Do one deed in one transaction, with its lines in the access log."""

    async def do(session: WriteSession, journal: Journal) -> T:
        return await deed(Work(session, journal, SYSTEM.number, runtime.clock.now()))

    return await terminal.recorded(runtime, database, operation, do)


def write_private(folder: Path, name: str, data: bytes) -> None:
    """Write a file with people's data, which nobody else on the machine may read."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.touch(OWNER_ONLY)
    path.chmod(OWNER_ONLY)
    path.write_bytes(data)
