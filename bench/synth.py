"""The synthetic city: people a second and peak memory, by size and by the number of workers.

    uv run python -m bench.synth
    uv run python -m bench.synth --people 1000000 --workers 2
    uv run python -m bench.synth --distribution

Each run is a process of its own; memory is that of its largest process (each worker is one).
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.synth_marginals import marginals
from plugins.synth.api import Fault, Plan, write_city

SIZES = (20_000, 200_000)
MIB = 1 << 10
"""Of ru_maxrss, which counts KiB."""


def run(people: int, workers: int, out: Path) -> None:
    """Write one city and print its figures as JSON."""
    plan = Plan(people, 2025, 1, frozenset(fault.value for fault in Fault))
    start = time.perf_counter()
    counts = write_city(plan, out, workers)
    seconds = time.perf_counter() - start
    own, largest = (
        resource.getrusage(who).ru_maxrss // MIB for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(json.dumps([seconds, time.process_time(), own, largest, size, counts]))


def measure(people: int, workers: int) -> None:
    """Run in a fresh process and print a row."""
    folder = Path(tempfile.mkdtemp(prefix="juminzei-synth-"))
    try:
        arguments = [
            "--run",
            "--people",
            str(people),
            "--workers",
            str(workers),
            "--out",
            str(folder / "city"),
        ]
        command = [sys.executable, "-m", "bench.synth", *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    finally:
        shutil.rmtree(folder)
    seconds, processor, own, largest, size, counts = json.loads(done.stdout)
    documents = sum(count for kind, count in counts.items() if kind in DOCUMENTS)
    print(
        f"{people:>9,} people {workers} workers {seconds:>6.1f} s {people / seconds:>6,.0f} people/s"
        f" ({people / processor:,.0f}/s of processor time of the first process)"
        f" {documents:>9,} documents {counts['files']:>7,} files {size >> 20:>6,} MiB on disk"
        f" peak {max(own, largest)} MiB"
    )


DOCUMENTS = {"salary_report", "pension_report", "tax_return", "resident_return", "one_stop_notice"}


def main() -> None:
    """Measure both sizes, or the one asked for."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int)
    arguments.add_argument("--workers", type=int, default=1)
    arguments.add_argument("--out", type=Path)
    arguments.add_argument("--distribution", action="store_true", help="the margins beside published figures")
    arguments.add_argument("--run", action="store_true", help=argparse.SUPPRESS)
    asked = arguments.parse_args()
    if asked.distribution:
        print("\n".join(marginals(asked.people or SIZES[0])))
        return
    if asked.run:
        run(asked.people, asked.workers, asked.out)
        return
    for people in [asked.people] if asked.people else SIZES:
        measure(people, asked.workers)


if __name__ == "__main__":
    main()
