"""Asking the database from a command; a refusal becomes one line."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.commands.terminal import asked
from core.runtime import Runtime
from core.storage.database import Database, ReadSession

T = TypeVar("T")


def ask(runtime: Runtime, question: Callable[[ReadSession], Awaitable[T]]) -> T:
    """Return the answer to a question, from one state of the database."""

    async def run(database: Database) -> T:
        async with database.read() as session:
            return await question(session)

    return asked(runtime, run)
