"""The merge of the whole city as a job: blocks of people, made by some processes, written in order.

A block is written whole or not at all, with how far the job came and what was counted; whoever goes on after
a kill gives the same. Who makes a block only reads; what is made does not depend on how many there are.
"""

import asyncio
from collections import Counter, deque
from datetime import datetime

from core.jobs.job import Job, Step
from core.jobs.state import Outcome
from core.jobs.types import JobType, Parameter
from core.settings import whole
from core.work import Work
from plugins.atena.api import ids_between
from plugins.shikakeisan.base.years import frozen_year
from plugins.shikakeisan.merge import queries
from plugins.shikakeisan.merge.blocks import Block
from plugins.shikakeisan.merge.book import finding_kinds
from plugins.shikakeisan.merge.claimants import CROSS, contradictions
from plugins.shikakeisan.merge.errors import DocumentsWaiting, MergeUnbalanced
from plugins.shikakeisan.merge.makers import makers
from plugins.shikakeisan.merge.service import merge_people
from plugins.shikakeisan.merge.writing import by_claimant, settle, write_block
from plugins.shikakeisan.sql import joining_by_hash
from plugins.shiryo.api import blocking_items, persons_touched

JOB = "shikakeisan.merge"
BLOCK = 7_000
"""People of one step: about a second of work."""
AHEAD = 6
"""Blocks that may wait to be written."""
MOST = 2**63 - 1
"""Above every id."""
BASES_TYPE = "shikakeisan.bases"
Bounds = tuple[int, int]


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
    await frozen_year(session, tax_year)
    waiting = await blocking_items(session, tax_year)
    if waiting:
        raise DocumentsWaiting(items=waiting)
    step.total = await queries.people_in_base(session, tax_year)
    step.cursor = {"last": 0, "since": job.runtime.clock.now().isoformat(), "counts": {}}
    step.message = "資料併合中"


async def _blocks(job: Job) -> None:
    """Make what is left of the city, some blocks ahead, and write them in order."""
    tax_year, last = job.parameters["tax_year"], job.cursor["last"]
    if last == MOST:
        return
    async with job.database.read() as session:
        ends = await queries.block_ends(session, tax_year, last, BLOCK)
    bounds = list(zip([last + 1, *(end + 1 for end in ends)], [*ends, MOST], strict=True))
    with job.runtime.database_address() as address, makers(job.parameters["workers"], len(bounds)) as free:
        under_way: deque[tuple[Bounds, asyncio.Task[Block]]] = deque()
        try:
            for each in bounds:
                under_way.append((each, asyncio.create_task(free.make(address.app_url, tax_year, *each))))
                if len(under_way) > AHEAD:
                    await _write(job, *under_way.popleft())
            while under_way:
                await _write(job, *under_way.popleft())
        finally:
            for _, task in under_way:
                task.cancel()


async def _write(job: Job, bounds: Bounds, task: asyncio.Task[Block]) -> None:
    block = await task
    tax_year = job.parameters["tax_year"]
    async with job.step() as step:
        work = Work.under_way(step.session, job.requester, job.runtime.clock)
        changed = await write_block(work, tax_year, ids_between(*bounds), block)
        counts = Counter(step.cursor["counts"])
        counts.update(block.counts)
        counts["changed"] += len(changed)
        people = await queries.people_up_to(step.session, tax_year, bounds)
        step.advance(people)
        step.cursor = {**step.cursor, "last": bounds[1], "counts": dict(counts)}


async def _end(job: Job, step: Step) -> Outcome:
    """Look across taxpayers, merge again whom new documents touched meanwhile, hold the counts together."""
    tax_year, counts = job.parameters["tax_year"], step.cursor["counts"]
    work = Work.under_way(step.session, job.requester, job.runtime.clock)
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
    async with joining_by_hash(work.session):
        found = await contradictions(work.session, tax_year)
    present = await queries.findings_with(work.session, tax_year, sorted(CROSS))
    await settle(work, tax_year, by_claimant(found), present)
