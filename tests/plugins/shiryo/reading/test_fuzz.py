"""Mutated files: never a crash, every refusal says where, and what is read stays within the file."""

import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from plugins.shiryo.reading.findings import Severity
from plugins.shiryo.reading.layout import Layout, layouts
from plugins.shiryo.reading.record import Record

EVERY = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.id)
CleanFile = Callable[[Layout, int], bytes]
Said = Callable[[Record], Any]
HALF_GIB_IN_KIB = 512 * 1024


def flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.sample(range(len(data)), 2))
    return data[:start] + data[end:] if rng.random() < 0.5 else data[:start]


def repeated(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.sample(range(len(data)), 2))
    return data[:end] + data[start:end] * rng.randint(1, 3) + data[end:]


def encoded_anew(rng: random.Random, data: bytes) -> bytes:
    source = rng.choice(["cp932", "utf-8", "latin-1", "euc_jp"])
    target = rng.choice(["utf-8", "utf-16", "euc_jp", "iso2022_jp", "utf-8-sig"])
    return data.decode(source, "ignore").encode(target, "ignore")


def moved(rng: random.Random, data: bytes) -> bytes:
    """Move a column, or an element, to another place in every line."""
    mark = b"," if b"," in data else b"<"
    lines = data.split(b"\n")
    for at, line in enumerate(lines):
        cells = line.split(mark)
        cells.insert(rng.randrange(len(cells)), cells.pop(rng.randrange(len(cells))))
        lines[at] = mark.join(cells)
    return b"\n".join(lines)


def inserted(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    piece = rng.choice(
        [b'"', b"\x00", b"\r", b"\n", b"@", b",", b"\x81", b"\x1a", b"<!DOCTYPE a>", b"&a;", b"-"]
    )
    return data[:at] + piece + data[at:]


MUTATIONS = (flipped, cut, repeated, encoded_anew, moved, inserted)


def attack(layout: Layout, data: bytes, rounds: int, said: Said) -> None:
    for seed in range(rounds):
        rng = random.Random(f"{layout.id}-{seed}")
        mutant = rng.choice(MUTATIONS)(rng, data)
        reading = layout.read(mutant, "f")
        records = list(reading)

        assert reading.records == len(records), seed
        assert reading.faulty == sum(not record.ok for record in records), seed
        errors = [one for one in reading.findings if one.severity is Severity.ERROR]
        assert reading.ok == (not errors), seed
        assert all(0 <= one.offset <= len(mutant) and one.message and one.code for one in errors), seed
        for record in records:
            assert record.offset + record.length <= len(mutant), seed
            if record.ok:
                assert (record.key, record.action, record.identity) is not None, seed
            if record.fields:
                found = said(record)
                assert all(isinstance(amount, int) for amount in found.facts.values()), seed
                assert "" not in found.items.values(), seed
                assert all(one["role"] and one["place"] for one in found.relatives), seed


@EVERY
def test_200_mutated_files_are_read_or_refused(layout: Layout, clean_file: CleanFile, said: Said) -> None:
    attack(layout, clean_file(layout, 4), 200, said)


@pytest.mark.slow
@EVERY
def test_5000_mutated_files_are_read_or_refused(layout: Layout, clean_file: CleanFile, said: Said) -> None:
    attack(layout, clean_file(layout, 4), 5000, said)


@EVERY
def test_cut_within_the_records_is_never_silent(layout: Layout, clean_file: CleanFile) -> None:
    """A file that ends inside a record says so; a cut between records is for the manifest's count."""
    data = clean_file(layout, 2)
    whole = layout.read(data, "f").finish().records
    for at in range(1, len(data), 7):
        reading = layout.read(data[:at], "f").finish()
        between = data[:at].endswith(b"\n")
        assert not reading.ok or reading.warnings or (between and reading.records < whole), at


@pytest.mark.slow
def test_a_million_records_stay_within_half_a_gibibyte() -> None:
    script = (
        "import resource, sys\n"
        "from bench.intake_reading import Endless\n"
        "from plugins.shiryo.reading.layout import load_layout\n"
        "layout = load_layout('salary_report', version='2020')\n"
        "reading = layout.read(Endless(layout, 1_000_000), 'f').finish()\n"
        "print(reading.records, reading.errors, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    records, errors, peak = map(int, run.stdout.split())
    assert (records, errors) == (1_000_000, 0)
    assert peak < HALF_GIB_IN_KIB
