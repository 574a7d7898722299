"""Processes beside a command: they end with it, whatever ends it, and leave Ctrl-C to it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.processes import processes_beside

STARTED = """
import os, sys, time
from multiprocessing import set_start_method
from core.processes import processes_beside
if __name__ == "__main__":
    set_start_method(sys.argv[1])
    with processes_beside(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        time.sleep(60)
"""
NOTES: list[str] = []


def _note(*words: str) -> None:
    NOTES.extend(words)


def _notes() -> list[str]:
    return NOTES


def _interrupted() -> str:
    os.kill(os.getpid(), signal.SIGINT)
    return "went on"


def test_each_begins_as_it_is_told() -> None:
    with processes_beside(1, _note, "one", "two") as pool:
        assert pool.submit(_notes).result() == ["one", "two"]
    assert NOTES == []


def test_an_interruption_is_left_to_whoever_started_it() -> None:
    with processes_beside(1) as pool:
        assert pool.submit(_interrupted).result() == "went on"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_none_is_left_behind_when_the_command_is_killed(method: str, tmp_path: Path) -> None:
    script = tmp_path / "started.py"
    script.write_text(STARTED)
    parent = subprocess.Popen([sys.executable, str(script), method], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    assert _ends(child)
    parent.stdout.close()


def test_a_server_does_not_fork() -> None:
    code = (
        "import multiprocessing, schema.serve as serve\n"
        "serve.asyncio.Runner = lambda **_: (_ for _ in ()).throw(SystemExit(0))\n"
        "try: serve.serve_here(None, None, None)\n"
        "finally: print(multiprocessing.get_start_method())\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "spawn\n"


def _ends(process: int) -> bool:
    for _ in range(600):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False
