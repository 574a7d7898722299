"""Reading in a worker of its own, some blocks ahead of whoever writes them.

Blocks come in the order of the deliveries, so nothing depends on the worker or on a kill. Much work gets a
process: it reads on one core while this one and the server write on the other. Little work gets a thread.
"""

import asyncio
import gc
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import local

from core.processes import processes_beside
from core.storage.database import Database
from plugins.atena.api import read_keyring
from plugins.shiryo.service.blocks import Block, Reader

AHEAD = 3
"""Blocks that are asked for before the first of them is written."""
PAUSE = 0.05
"""Seconds between two looks for what came meanwhile."""
WORTH_A_PROCESS = 5_000
"""Records below which a second process is not worth its memory: what one step takes."""
_HERE = local()
"""What the worker of this thread has in hand; the one thread of a process, or of a pool."""


@dataclass(frozen=True, slots=True)
class Order:
    """Where it is to be read: the database and the keys; how much there is, and whether more is to come."""

    url: str
    key_file: Path
    records: int
    is_open: bool


async def blocks(
    order: Order, limit: int, is_more_to_come: Callable[[], Awaitable[bool]]
) -> AsyncGenerator[Block, None]:
    """Yield all blocks in order, of up to `limit` records each; to be closed by the caller.

    As long as more is to come, they go on with what came meanwhile.
    """
    loop = asyncio.get_running_loop()
    executor = _executor(order)
    asked: deque[asyncio.Future[Block | None]] = deque()
    is_open = True
    try:
        while is_open:
            is_open = await is_more_to_come()  # before the look, which then sees all that came
            asked.extend(loop.run_in_executor(executor, _next_block, limit) for _ in range(AHEAD))
            while asked:
                if (block := await asked.popleft()) is not None:
                    asked.append(loop.run_in_executor(executor, _next_block, limit))
                    yield block
            if is_open:
                await asyncio.sleep(PAUSE)
    finally:
        for one in asked:
            one.cancel()
        loop.run_in_executor(executor, _end)
        await asyncio.to_thread(executor.shutdown)


def _executor(order: Order) -> Executor:
    if order.records < WORTH_A_PROCESS and not order.is_open:
        return ThreadPoolExecutor(1, initializer=_begin, initargs=(order,))
    return processes_beside(1, _begin_process, order)


class _Worker:
    """Reads for one order, with a connection of its own."""

    def __init__(self, order: Order) -> None:
        self._runner = asyncio.Runner()
        self._database = Database(order.url, pool_size=1, statement_timeout=0)
        self._reader = Reader(read_keyring(order.key_file))

    def next_block(self, limit: int) -> Block | None:
        """Read on; None if nothing is left."""
        return self._runner.run(self._reader.next_block(self._database, limit))

    def close(self) -> None:
        """Close the connection."""
        self._runner.run(self._database.close())
        self._runner.close()


def _begin(order: Order) -> None:
    _HERE.order, _HERE.worker = order, None


def _begin_process(order: Order) -> None:
    gc.disable()  # records make no cycles, and this process does nothing else
    _begin(order)


def _next_block(limit: int) -> Block | None:
    if _HERE.worker is None:
        _HERE.worker = _Worker(_HERE.order)
    found: Block | None = _HERE.worker.next_block(limit)
    return found


def _end() -> None:
    if _HERE.worker is not None:
        _HERE.worker.close()
