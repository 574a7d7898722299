"""Reading in a worker of its own, some blocks ahead of whoever writes them.

Blocks come in the order of the deliveries, so nothing depends on the worker or on a kill. Much work gets a
process: it reads on one core while this one and the server write on the other. It is forked where the system
is made for it: to start and import everything anew would take as long as reading 20,000 records. Little work
gets a thread.
"""

import asyncio
import gc
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread, local

from core.storage.database import Database
from plugins.atena.api import read_keyring
from plugins.shiryo.service.blocks import Block, Reader

AHEAD = 3
"""Blocks that are asked for before the first of them is written."""
WORTH_A_PROCESS = 5_000
"""Records below which a second process is not worth its memory: what one step takes."""
START = "fork" if sys.platform == "linux" else "spawn"
"""How the process begins. What it inherits it leaves alone: it opens a connection and a loop of its own."""

_HERE = local()
"""What the worker of this thread has in hand; the one thread of a process, or of a pool."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read: the database, the keys, and the deliveries in the groups they are fetched in."""

    url: str
    key_file: Path
    waiting: Sequence[Sequence[int]]
    records: int


async def blocks(order: Order, limit: int) -> AsyncGenerator[Block, None]:
    """Yield all blocks in order, of up to `limit` records each; to be closed by the caller."""
    loop = asyncio.get_running_loop()
    executor = _executor(order)
    asked = deque(loop.run_in_executor(executor, _next_block, limit) for _ in range(AHEAD))
    try:
        while (block := await asked.popleft()) is not None:
            asked.append(loop.run_in_executor(executor, _next_block, limit))
            yield block
    finally:
        for one in asked:
            one.cancel()
        loop.run_in_executor(executor, _end)
        await asyncio.to_thread(executor.shutdown)


def _executor(order: Order) -> Executor:
    if order.records < WORTH_A_PROCESS:
        return ThreadPoolExecutor(1, initializer=_begin, initargs=(order,))
    return ProcessPoolExecutor(
        1, mp_context=get_context(START), initializer=_begin_process, initargs=(order,)
    )


class _Worker:
    """Reads for one order, with a connection of its own."""

    def __init__(self, order: Order) -> None:
        self._runner = asyncio.Runner()
        self._database = Database(order.url, pool_size=1, statement_timeout=0)
        self._reader = Reader(read_keyring(order.key_file), order.waiting)

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
    """End with whoever started this process, also if it is killed; Ctrl-C is for that one alone."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_wait_for_end, daemon=True).start()
    gc.disable()  # records make no cycles, and this process does nothing else
    _begin(order)


def _wait_for_end() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _next_block(limit: int) -> Block | None:
    if _HERE.worker is None:
        _HERE.worker = _Worker(_HERE.order)
    found: Block | None = _HERE.worker.next_block(limit)
    return found


def _end() -> None:
    if _HERE.worker is not None:
        _HERE.worker.close()
