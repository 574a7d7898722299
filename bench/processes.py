"""What processes take: memory and processor time of the program, of PostgreSQL, and of all their children."""

import os
import resource
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

LOOK = 0.5
"""Seconds between two looks at the memory."""


@dataclass
class Memory:
    """The most MiB that processes held together; each page counts once, whoever shares it."""

    peak: int = 0


@contextmanager
def watching_memory(parents: Sequence[int]) -> Iterator[Memory]:
    """Watch these processes and their children during the block."""
    seen, over = Memory(), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK):
            seen.peak = max(seen.peak, sum(_held(folder) for folder, _ in families(parents)) >> 10)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def processor_seconds(server: int) -> float:
    """Return the processor seconds of a server, of its processes, and of those that have ended."""
    ticks = 0
    for folder, said in families((server,)):
        ticks += sum(map(int, said[11 : 15 if folder.name == str(server) else 13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def ended_seconds() -> float:
    """Return the processor seconds of all that this process started and that has ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def server_of(folder: Path) -> int:
    """Return the process id of the embedded PostgreSQL whose data are below a folder."""
    [file] = folder.rglob("postmaster.pid")
    return int(file.read_text().split()[0])


def families(parents: Sequence[int]) -> Iterator[tuple[Path, list[str]]]:
    """Give these processes and their children: the folder in /proc, and the fields behind the name."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            said = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(folder.name) in parents or int(said[1]) in parents:
                yield folder, said


def _held(folder: Path) -> int:
    """Return the KiB of a process, its share of what it shares with others with it."""
    with suppress(OSError):
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
