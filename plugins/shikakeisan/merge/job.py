"""The merge of the whole city as a job: blocks of people, made by up to two processes, written in order.

A block is written whole or not at all, with how far the job came and what was counted; whoever goes on after
a kill gives the same. Processes only read and make; what they make does not depend on how many there are.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from multiprocessing import get_context

from sqlalchemy import text

from core.access.journal import Journal, current_journal
from core.garbage import collector_paused
from core.jobs.job import Job, Step
from core.jobs.state import Outcome
from core.jobs.types import JobType, Parameter
from core.settings import whole
from core.storage.database import Database
from plugins.shikakeisan.base.errors import YearNotFrozen
from plugins.shikakeisan.merge import queries
from plugins.shikakeisan.merge.blocks import Block
from plugins.shikakeisan.merge.book import finding_kinds
from plugins.shikakeisan.merge.claimants import CROSS, contradictions
from plugins.shikakeisan.merge.errors import DocumentsWaiting, MergeUnbalanced
from plugins.shikakeisan.merge.service import merge_block, merge_people
from plugins.shikakeisan.merge.writing import by_claimant, settle, write_block
from plugins.shiryo.api import Work, blocking_items, persons_touched

JOB = "shikakeisan.merge"
BLOCK = 10_000
"""People of one step: about a second of work."""
MOST = 2**63 - 1
"""Above every id."""
READY = ("frozen", "merged", "assessed")
BASES_TYPE = "shikakeisan.bases"
Bounds = tuple[int, int]
Make = Callable[[int, int, int], Awaitable[Block]]
"""Make the block of a year between two ids."""


async def run(job: Job) -> Outcome:
    """Do the job from where its last step ended."""
    if job.cursor is None:
        async with job.step() as step:
            await _begin(job, step)
    await _blocks(job)
    async with job.step() as step:
        return await _end(job, step)


MERGE = JobType(
    JOB,
    "資料併合",
    run,
    {
        "tax_year": Parameter(whole(1990, 2100), "課税年度(西暦)"),
        "workers": Parameter(whole(1, 8), "併合に使うプロセスの数", "2"),
    },
    key=lambda given: f"{JOB}:{given['tax_year']}",
)


async def _begin(job: Job, step: Step) -> None:
    tax_year, session = job.parameters["tax_year"], step.session
    year = await queries.year_of(session, tax_year)
    if year is None or year.state not in READY:
        raise YearNotFrozen
    waiting = await blocking_items(session, tax_year)
    if waiting:
        raise DocumentsWaiting(items=waiting)
    step.total = await queries.people_in_base(session, tax_year)
    step.cursor = {"last": 0, "since": job.runtime.clock.now().isoformat(), "counts": {}}
    step.message = "資料併合中"


async def _blocks(job: Job) -> None:
    """Make and write what is left of the city; one more block than there are processes is under way."""
    tax_year, last = job.parameters["tax_year"], job.cursor["last"]
    if last == MOST:
        return
    async with job.database.read() as session:
        ends = await queries.block_ends(session, tax_year, last, BLOCK)
    bounds = list(zip([last + 1, *(end + 1 for end in ends)], [*ends, MOST], strict=True))
    async with _maker(job, len(bounds)) as (make, ahead):
        under_way: deque[tuple[Bounds, asyncio.Task[Block]]] = deque()
        try:
            for each in bounds:
                under_way.append((each, asyncio.ensure_future(make(tax_year, *each))))
                if len(under_way) >= ahead:
                    await _write(job, *under_way.popleft())
            while under_way:
                await _write(job, *under_way.popleft())
        finally:
            for _, task in under_way:
                task.cancel()


@asynccontextmanager
async def _maker(job: Job, blocks: int) -> AsyncIterator[tuple[Make, int]]:
    """Lend a maker of blocks, and how many may be under way at once."""
    workers = min(job.parameters["workers"], blocks - 1)
    if workers < 1:
        yield partial(_here, job.database), 1
        return
    with job.runtime.database_address() as address:
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
        try:
            yield partial(_there, pool, address.app_url), workers + 1
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


async def _here(database: Database, tax_year: int, first: int, last: int) -> Block:
    async with database.read() as session:
        return await merge_block(session, tax_year, first, last)


async def _there(pool: ProcessPoolExecutor, url: str, tax_year: int, first: int, last: int) -> Block:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, _in_process, url, tax_year, first, last)


def _in_process(url: str, tax_year: int, first: int, last: int) -> Block:
    """Make one block in a process of its own."""

    async def make() -> Block:
        database = Database(url, pool_size=1, statement_timeout=0)
        try:
            return await _here(database, tax_year, first, last)
        finally:
            await database.close()

    with collector_paused():
        return asyncio.run(make())


async def _write(job: Job, bounds: Bounds, task: asyncio.Task[Block]) -> None:
    block = await task
    tax_year = job.parameters["tax_year"]
    async with job.step() as step:
        with collector_paused():
            changed = await write_block(_work(job, step), tax_year, queries.between(*bounds), block)
        counts = Counter(step.cursor["counts"])
        counts.update(block.counts)
        counts["changed"] += len(changed)
        people = await queries.people_up_to(step.session, tax_year, bounds)
        step.advance(people)
        step.cursor = {**step.cursor, "last": bounds[1], "counts": dict(counts)}


async def _end(job: Job, step: Step) -> Outcome:
    """Look across taxpayers, merge again whom new documents touched meanwhile, hold the counts together."""
    tax_year, work, counts = job.parameters["tax_year"], _work(job, step), step.cursor["counts"]
    handled = sum(number for name, number in counts.items() if name.startswith(("used.", "aside.")))
    if handled != counts.get("documents", 0):
        raise MergeUnbalanced
    await settle_city(work, tax_year)
    since = datetime.fromisoformat(step.cursor["since"])
    late = await persons_touched(step.session, tax_year, since)
    if late:
        await merge_people(work, tax_year, late)
    await queries.year_merged(step.session, tax_year, work.now)
    work.journal.wrote(BASES_TYPE, str(tax_year), {"bases"})
    findings = await queries.count_findings(step.session, tax_year)
    kinds = finding_kinds()
    blocking = sum(number for code, number in findings.items() if kinds[code].is_blocking)
    said = {**{name: counts[name] for name in sorted(counts)}, "late": len(late), "findings": dict(findings)}
    return Outcome(said, errors=blocking)


async def settle_city(work: Work, tax_year: int) -> None:
    """Settle the findings that need the claims of several taxpayers, for everybody."""
    # The tables were just filled, so the server has no statistics and would compare everybody with everybody.
    await work.session.execute(text("SET LOCAL enable_nestloop = off"))
    found = await contradictions(work.session, tax_year)
    await work.session.execute(text("SET LOCAL enable_nestloop = on"))
    present = await queries.findings_with(work.session, tax_year, sorted(CROSS))
    await settle(work, tax_year, by_claimant(found), present)


def _work(job: Job, step: Step) -> Work:
    journal = current_journal.get() or Journal()
    return Work(step.session, journal, job.requester, job.runtime.clock.now())
