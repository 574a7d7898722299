"""Processes beside this one, for work that keeps a core busy.

They begin in the way that `multiprocessing` takes for the system's own, but for a server, which sets it to
`spawn`: a forked process would hold its connections. What a process inherits it leaves alone; it opens a loop
and connections of its own.
"""

import os
import signal
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import parent_process
from threading import Thread


def processes_beside(
    count: int, begin: Callable[..., None] | None = None, *arguments: object
) -> ProcessPoolExecutor:
    """Return so many processes; each calls `begin` first. They end with this one, also if it is killed.

    Ctrl-C is for this one alone.
    """
    return ProcessPoolExecutor(count, initializer=_begin, initargs=(begin, arguments))


def _begin(begin: Callable[..., None] | None, arguments: tuple[object, ...]) -> None:
    signal.set_wakeup_fd(-1)  # of the loop that was inherited
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    Thread(target=_end_with_parent, daemon=True).start()
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
