"""One correction from its proposal to the approved revision, over GraphQL at the server.

    uv run python -m bench.correction [--people 2000] [--corrections 200]

Goal: both requests together in under 300 ms (p95). Our own processor time is printed beside it: it does not
move when others load the machine. A synthetic city is taken in, merged and assessed by the
real commands; then one clerk proposes and the chief approves, one correction after the other, in-process over
ASGI with sign-in, permissions, access log and idempotency keys.
"""

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.year import KINDS, PERCENTILE, SEED, YEAR, Bench, Figures, _type
from core.garbage import set_program_aside
from core.identity import demo
from core.identity.opening import open_identity
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from core.storage.migrations import migrate
from plugins.synth.api import Plan, write_city
from schema.build import build_runtime
from schema.testing import House, environ_of, open_house

CHIEF = ("900004", "課税 四郎", "0101", "tax_chief")
WARM_UP = 10
LIMIT_MS = 300
TAXED = """
SELECT p.atena_number, a.revision FROM shikakeisan.assessment a JOIN atena.person p ON p.id = a.person_id
WHERE a.outcome = 'taxed' AND a.superseded_at = 'infinity' AND a.ded_medical = 0 ORDER BY a.person_id
"""
PROPOSE = """mutation ($input: ProposeTaxCorrectionInput!) {
  proposeTaxCorrection(input: $input) { id version before { payable } after { payable }
  differences { name before after } causes { name } effects } }"""
APPROVE = """mutation ($id: Int!, $version: Int!) {
  approveTaxCorrection(proposalId: $id, expectedVersion: $version) { isApproved currentRevision } }"""


Times = list[tuple[float, float, float]]


async def measure(folder: Path, address: ServerAddress, corrections: int) -> Times:
    """Return for each correction what proposing, approving and our own processor took, in milliseconds."""
    demo.PEOPLE = (*demo.PEOPLE, CHIEF)
    async with open_house(folder, address) as house:
        async with house.database.transaction() as session:
            staff = await demo.create_demo_staff(session, open_identity(house.runtime, house.database))
            people = list(await session.execute(text(TAXED)))
        house.people = {person.role: person for person in staff}
        set_program_aside()  # as the server does
        random.Random(SEED).shuffle(people)
        chosen = people[: corrections + WARM_UP]
        return [await _correct(house, row) for row in chosen][WARM_UP:]


async def _correct(house: House, person: Any) -> tuple[float, float, float]:
    given = {
        "atenaNumber": person.atena_number,
        "taxYear": YEAR,
        "expectedRevision": person.revision,
        "kind": "ex_officio",
        "reason": "医療費控除の追加",
        "receivedOn": "2026-07-01",
        "changes": {"medical_paid": 600_000},
    }
    start, own = time.perf_counter(), time.process_time()
    proposed = await _ask(house, PROPOSE, "tax_clerk", input=given)
    between = time.perf_counter()
    one = proposed["proposeTaxCorrection"]
    done = await _ask(house, APPROVE, "tax_chief", id=one["id"], version=one["version"])
    end, own = time.perf_counter(), time.process_time() - own
    assert done["approveTaxCorrection"] == {"isApproved": True, "currentRevision": person.revision + 1}
    return (between - start) * 1000, (end - between) * 1000, own * 1000


async def _let_go(address: ServerAddress) -> None:
    """End what waits for people, so that the merge may start: this bench is about what comes after it."""
    database = Database(address.owner_url)
    async with database.transaction() as session:
        await session.execute(text("UPDATE shiryo.work_item SET is_blocking = false WHERE state <> 'closed'"))
    await database.close()


async def _ask(house: House, query: str, role: str, **variables: Any) -> Any:
    answer = (await house.ask(query, role, **variables)).json()
    if "errors" in answer:
        raise SystemExit(str(answer["errors"]))
    return answer["data"]


def show(people: int, times: Times) -> None:
    """Print what was measured."""
    parts = {
        "propose": [propose for propose, _, _ in times],
        "approve": [approve for _, approve, _ in times],
        "together": [propose + approve for propose, approve, _ in times],
        "processor": [own for _, _, own in times],
    }
    print(
        f"{len(times)} corrections in a city of {people:,} people, one after the other (limit {LIMIT_MS} ms)"
    )
    for name, values in parts.items():
        p95 = statistics.quantiles(values, n=100)[PERCENTILE - 1]
        print(
            f"  {name:9} p50 {statistics.median(values):6.1f} ms  p95 {p95:6.1f} ms  max {max(values):6.1f}"
        )


def main(people: int, corrections: int) -> None:
    """Make the city, decide its tax, and correct it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        os.environ.update(environ_of(folder))
        runtime = build_runtime(os.environ)
        write_city(Plan(people, YEAR, SEED, frozenset()), folder / "city")
        with runtime.database_address() as address:
            asyncio.run(migrate(address, runtime.plugins.answers("migrations")))
            _type("atena", "feed", str(folder / "city" / "juki" / "feed.jsonl"))
            _type("intake", *(str(folder / "city" / kind) for kind in KINDS))
            asyncio.run(_let_go(address))
            asyncio.run(Bench(runtime, address, Figures(people)).chain())
            os.environ[DATABASE_URL.variable] = address.app_url
            show(people, asyncio.run(measure(folder, address, corrections)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--corrections", type=int, default=200)
    given = parser.parse_args(sys.argv[1:])
    main(given.people, given.corrections)
