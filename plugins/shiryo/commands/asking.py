"""Asking the database from a command; a refusal becomes one line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from core.errors import JuminzeiError
from core.runtime import Runtime
from core.storage.database import ReadSession

T = TypeVar("T")


def ask(runtime: Runtime, question: Callable[[ReadSession], Awaitable[T]]) -> T:
    """Return the answer to a question, from one state of the database."""

    async def run() -> T:
        async with runtime.open_database() as database, database.read() as session:
            return await question(session)

    try:
        return asyncio.run(run())
    except JuminzeiError as refusal:
        raise click.ClickException(f"{refusal.text} ({refusal.code})") from None
