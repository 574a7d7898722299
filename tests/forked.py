"""Commands in processes of their own that work at once: forked from one that has imported everything.

A proof that kills a hundred of them would otherwise spend its time importing, and kill them mostly there.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from schema.main import main

PROGRAM = "from tests.forked import serve; serve()"
Patches = Mapping[str, object]
"""Values for the names of modules, as `package.module.NAME`."""


@dataclass
class Command:
    """A command at work."""

    nursery: "Nursery"
    pid: int
    errors: Path
    """What it says on standard error."""
    code: int | None = None
    """How it ended, once it was waited for; negative for a signal."""

    def kill(self) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        if self.code is None:
            self.code = int(self.nursery.ask({"wait": self.pid}))
        return self.code


@dataclass
class Nursery:
    """The process that others are forked from; asked for one thing at a time."""

    folder: Path
    _started: list[Command] = field(default_factory=list)

    def __enter__(self) -> "Nursery":
        command = [sys.executable, "-c", PROGRAM]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._started:
            each.kill()
            each.wait()
        self._process.communicate()

    def start(self, *words: str, environ: Mapping[str, str], patches: Patches) -> Command:
        """Start `juminzei` with these words; `environ` is added to the environment."""
        errors = self.folder / f"{len(self._started)}.txt"
        order = {"words": words, "errors": str(errors), "environ": dict(environ), "patches": dict(patches)}
        self._started.append(Command(self, int(self.ask(order)), errors))
        return self._started[-1]

    def ask(self, order: Mapping[str, Any]) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return self._process.stdout.readline()


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    with Nursery(tmp_path_factory.mktemp("forked")) as nursery:
        yield nursery


def serve() -> None:
    """Fork and wait, as is asked on standard input."""
    for line in sys.stdin:
        order = json.loads(line)
        if pid := order.get("wait"):
            answer = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        else:
            answer = os.fork()
            if not answer:
                _work(**order)
        print(answer, flush=True)  # noqa: T201  # the pipe to the test


def _work(words: list[str], errors: str, environ: Mapping[str, str], patches: Patches) -> None:
    with open(os.devnull, "r+b") as nothing, Path(errors).open("wb") as said:  # noqa: PTH123  # a device
        for target, source in enumerate((nothing, nothing, said)):
            os.dup2(source.fileno(), target)
    os.environ |= environ
    for place, value in patches.items():
        module, _, name = place.rpartition(".")
        setattr(import_module(module), name, value)
    main(words)
