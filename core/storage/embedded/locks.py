"""Locks between processes that the kernel gives back when their holder dies, whatever killed it."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from core.storage.embedded.account import give_to_owner_of

PAUSE = 0.02
"""Seconds between two looks at something that another process does."""


class FileLock:
    """One flock(2) on one file. Two of them never share their lock, not even in one process."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        give_to_owner_of(path.parent, self.descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def try_shared(self) -> bool:
        """Take the lock together with others, if nobody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Take the lock alone, if nobody else has it; a shared lock of our own is exchanged for it."""
        return self._try(fcntl.LOCK_EX)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self.descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def wait_until(condition: Callable[[], bool], deadline: float) -> bool:
    """Wait for `condition` until `deadline` (of the monotonic clock); tell whether it came true."""
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
