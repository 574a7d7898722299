"""Mutated files through the whole intake: no crash, nothing half taken in, and every refusal says where."""

import asyncio
import hashlib
import json
import random
import resource
from collections import Counter
from collections.abc import Iterator

import pytest

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.jobs import service
from core.jobs.state import JobState
from core.jobs.worker import Worker
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import open_keyring
from plugins.shiryo.errors import AlreadyImported
from plugins.shiryo.manifest import SCHEMA, SCHEMA_VERSION, Manifest, parse_manifest
from plugins.shiryo.reading.layout import Layout, layouts
from plugins.shiryo.service.intake import INTAKE
from plugins.shiryo.service.receiving import receive
from tests.plugins.shiryo.reading.conftest import clean_record
from tests.plugins.shiryo.reading.test_fuzz import MUTATIONS
from tests.proofs.conftest import Town

EVERY = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.id)
RECORDS = 4
TOGETHER = 500
HALF_GIB_IN_KIB = 512 * 1024
SAYS_FIGURES = {"RECORD_COUNT_DIFFERS", "TOTAL_DIFFERS"}
"""Causes that the ledger shows by figures; every other one must name a place in the file."""
OUTCOMES = """
SELECT v.state, v.held_for, f.announced_records, f.accepted_records,
       (SELECT count(*) FROM shiryo.document d WHERE d.file_id = f.id AND d.line < 1) AS astray,
       (SELECT count(*) FROM shiryo.finding n WHERE n.file_id = f.id AND n.severity = 'fatal'
        AND n.code <> '' AND n.message <> '' AND n.line >= 0) AS places,
       (SELECT count(*) FROM shiryo.document d WHERE d.file_id = f.id) AS documents,
       (SELECT count(*) FROM shiryo.work_item i WHERE i.delivery_id = v.id AND i.document_id IS NULL
        AND i.is_blocking) AS items
FROM shiryo.delivery v JOIN shiryo.file f ON f.delivery_id = v.id
"""
COUNTING = """
SELECT count(*) FROM shiryo.attachment a JOIN shiryo.document d ON d.id = a.document_id
JOIN shiryo.file f ON f.id = d.file_id JOIN shiryo.delivery v ON v.id = f.delivery_id
WHERE v.state <> 'attached'
"""


def mutants(layout: Layout, count: int) -> Iterator[bytes]:
    """Yield clean files with bytes flipped, cut, repeated, written in another encoding, columns moved."""
    clean = layout.write(clean_record(layout, serial) for serial in range(1, RECORDS + 1))
    for seed in range(count):
        rng = random.Random(f"{layout.id}-intake-{seed}")
        yield rng.choice(MUTATIONS)(rng, clean)


def announced(layout: Layout, data: bytes, seed: int) -> Manifest:
    """Return a manifest that fits the mutated bytes, but for what is in them: reading must find that out."""
    form = layout.form
    given = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "tax_year": 2025,
        "channel": "medium",
        "sender": {"code": f"S{seed:06d}", "kind": "vendor", "name": "見本"},
        "files": [
            {
                "name": "f",
                "kind": form.kind,
                "version": form.version,
                "records": RECORDS,
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        ],
    }
    return parse_manifest(json.dumps(given).encode())


async def take_in(town: Town, database: Database, layout: Layout, files: list[bytes], first: int) -> int:
    """Receive files as one delivery each, do the intake; return how many were the same as earlier ones."""
    keyring, now, repeated = open_keyring(town.runtime.settings), town.runtime.clock.now(), 0
    async with database.transaction() as session:
        work = Work(session, Journal(), "clerk", now)
        for seed, data in enumerate(files, first):
            try:
                await receive(work, keyring, announced(layout, data, seed), {"f": data})
            except AlreadyImported:
                repeated += 1
        job_id = await service.enqueue(session, INTAKE, {}, SYSTEM)
    await Worker(town.runtime, database).work_once()
    async with database.read() as session:
        status = await service.get(session, job_id)
    assert (status.error_code, status.state) == (None, JobState.DONE_WITH_ERRORS)
    return repeated


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def attack(town: Town, layout: Layout, count: int) -> None:
    files = list(mutants(layout, count))
    before = _peak()

    async def run() -> int:
        database = Database(town.url)
        try:
            steps = range(0, count, TOGETHER)
            return sum([await take_in(town, database, layout, files[at : at + TOGETHER], at) for at in steps])
        finally:
            await database.close()

    repeated = asyncio.run(run())
    rows = town.rows(OUTCOMES)
    assert len(rows) + repeated == count
    outcomes: Counter[str] = Counter()
    for row in rows:
        outcomes[row.held_for or "accepted"] += 1
        if row.state == "held":
            assert (row.accepted_records, row.items) == (0, 1)
            assert row.places > 0 or row.held_for in SAYS_FIGURES, row.held_for
        else:
            assert (row.state, row.accepted_records, row.documents) == ("attached", RECORDS, RECORDS)
        assert row.astray == 0
    assert town.rows(COUNTING) == [(0,)]
    peak = _peak()
    print(layout.id, dict(outcomes), f"repeated {repeated}", f"peak {peak // 1024} MiB")  # noqa: T201
    assert peak - before < HALF_GIB_IN_KIB  # what earlier tests of the process took is not ours


@EVERY
def test_60_mutated_files_are_accepted_or_held_whole(town: Town, layout: Layout) -> None:
    attack(town, layout, 60)


@pytest.mark.slow
@EVERY
def test_5000_mutated_files_are_accepted_or_held_whole(town: Town, layout: Layout) -> None:
    attack(town, layout, 5_000)
