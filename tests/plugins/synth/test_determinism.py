"""The same plan gives the same bytes, whoever makes them; memory does not grow with the city."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from plugins.synth.api import Fault, Plan, write_city

ALL = frozenset(fault.value for fault in Fault)
MIB = 1 << 20
MEASURE = """
import json, resource, sys
from pathlib import Path
from plugins.synth.api import Fault, Plan, write_city
if __name__ == "__main__":
    people = int(sys.argv[1])
    faults = frozenset(fault.value for fault in Fault)
    counts = write_city(Plan(people, 2025, 7, faults), Path(sys.argv[2]))
    print(json.dumps([resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, counts["people"]]))
"""


def contents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def peak(people: int, tmp_path: Path) -> int:
    """Peak memory in bytes of a process that writes a city."""
    command = [sys.executable, "-c", MEASURE, str(people), str(tmp_path / str(people))]
    done = subprocess.run(command, check=True, capture_output=True, cwd=Path(__file__).parents[3])
    most, written = json.loads(done.stdout)
    assert written == people
    return int(most)


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "again"):
        write_city(Plan(1_300, 2025, 11, ALL), tmp_path / name)

    assert contents(tmp_path / "one") == contents(tmp_path / "again")


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    for workers in (1, 2, 3):
        write_city(Plan(22_300, 2025, 11, ALL), tmp_path / str(workers), workers)

    assert contents(tmp_path / "1") == contents(tmp_path / "2") == contents(tmp_path / "3")


def test_another_seed_gives_another_city(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_city(Plan(50, 2025, seed, frozenset()), tmp_path / str(seed))

    first, second = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert first["facts.jsonl"] != second["facts.jsonl"]
    assert first["juki/feed.jsonl"] != second["juki/feed.jsonl"]


def test_nothing_is_left_over(tmp_path: Path) -> None:
    write_city(Plan(50, 2025, 1, frozenset()), tmp_path / "out")

    assert sorted(path.name for path in (tmp_path / "out").iterdir() if path.name not in SENDERS) == [
        "facts.jsonl",
        "juki",
        "jutogai",
        "senders.jsonl",
        "truth.jsonl",
    ]


SENDERS = {"kyuho", "nenkin", "kokuzei", "one_stop", "shinkoku"}


@pytest.mark.slow
def test_memory_hardly_grows_with_the_city(tmp_path: Path) -> None:
    small, large = peak(2_000, tmp_path), peak(20_000, tmp_path)

    assert large < 300 * MIB
    assert large - small < 100 * MIB


@pytest.mark.slow
def test_two_hundred_thousand_people_fit_in_half_a_gibibyte(tmp_path: Path) -> None:
    assert peak(200_000, tmp_path) < 512 * MIB


@pytest.mark.slow
def test_a_million_people_fit_in_a_gibibyte(tmp_path: Path) -> None:
    assert peak(1_000_000, tmp_path) < 1024 * MIB
