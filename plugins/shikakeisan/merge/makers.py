"""Who makes the blocks of a merge: a thread of this process, and processes of their own beside it.

A process may need seconds to start, so the thread begins alone, and whoever is free takes the next block.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from core.garbage import collector_paused
from core.processes import processes_beside
from core.storage.database import Database
from plugins.shikakeisan.merge.blocks import Block
from plugins.shikakeisan.merge.service import merge_block

WORTH_A_PROCESS = 3
"""Blocks for each process: what is merged while one starts, where it is not forked."""


class Makers:
    """Makers of blocks; each has one in hand, and a process one more that waits for it."""

    def __init__(self) -> None:
        self.free: asyncio.Queue[Executor] = asyncio.Queue()

    def add(self, executor: Executor, at_once: int) -> None:
        """Let an executor be given so many blocks at once."""
        for _ in range(at_once):
            self.free.put_nowait(executor)

    async def make(self, url: str, tax_year: int, first: int, last: int) -> Block:
        """Have the first who is free make the block between two ids."""
        executor = await self.free.get()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(executor, _make, url, tax_year, first, last)
        finally:
            self.free.put_nowait(executor)


@contextmanager
def makers(count: int, blocks: int) -> Iterator[Makers]:
    """Lend so many makers, but no process that would hardly be ready before the others are done."""
    found, beside = Makers(), min(count - 1, blocks // WORTH_A_PROCESS)
    with ExitStack() as stack:
        found.add(stack.enter_context(_executor(ThreadPoolExecutor(1))), 1)
        if beside:
            found.add(stack.enter_context(_executor(processes_beside(beside))), 2 * beside)
        yield found


@contextmanager
def _executor(executor: Executor) -> Iterator[Executor]:
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _make(url: str, tax_year: int, first: int, last: int) -> Block:
    async def make() -> Block:
        database = Database(url, pool_size=1, statement_timeout=0)
        try:
            async with database.read() as session:
                return await merge_block(session, tax_year, first, last)
        finally:
            await database.close()

    with collector_paused():
        return asyncio.run(make())
