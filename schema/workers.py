"""Several server processes on one socket: started, watched, replaced when they die, stopped together."""

import logging
import multiprocessing
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

log = logging.getLogger(__name__)

REFUSED = 2
"""The exit code of a worker that must not serve: all stop, for a new one would refuse as well."""
PAUSE_SECONDS = 1.0
"""Between the death of a worker and the start of the next, so that a fault at the start is no busy loop."""
STOP_SECONDS = 20.0
"""How long workers may take to finish their requests; longer than a server drains."""


@contextmanager
def stop_signals() -> Iterator[None]:
    """Let SIGTERM interrupt as Ctrl-C does, so that whatever was opened is closed on the way out."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def keep_workers(count: int, target: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    """Run `target` in `count` processes until this one is interrupted; replace each that dies.

    Exits with REFUSED if a worker does.
    """
    spawn = multiprocessing.get_context("spawn")
    workers: list[BaseProcess] = []
    try:
        while True:
            while len(workers) < count:
                worker = spawn.Process(target=target, args=arguments)
                worker.start()
                workers.append(worker)
            wait([worker.sentinel for worker in workers])
            workers = [worker for worker in workers if _is_well(worker)]
            time.sleep(PAUSE_SECONDS)
    except KeyboardInterrupt:
        return
    finally:
        _stop(workers)


def _is_well(worker: BaseProcess) -> bool:
    if worker.exitcode is None:
        return True
    if worker.exitcode == REFUSED:
        raise SystemExit(REFUSED)
    log.error("worker %s ended (%s), another is started", worker.pid, worker.exitcode)
    return False


def _stop(workers: list[BaseProcess]) -> None:
    for worker in workers:
        worker.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for worker in workers:
        worker.join(max(0.0, deadline - time.monotonic()))
        worker.kill()
        worker.join()
