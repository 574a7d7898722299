"""The intake: a job that reads all received deliveries, accepts or holds each, and attaches the accepted.

Each step takes some thousand records and commits them with how far it came. Records of a delivery that is not
accepted count nowhere, so a large one may take many steps and is still accepted in one. What is accepted is
attached beside the steps, on a connection of its own.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from core.garbage import collector_paused
from core.jobs.job import Job, Step
from core.jobs.state import Outcome
from core.jobs.types import JobType
from core.settings import Setting, names
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import key_file, open_keyring
from plugins.shiryo.queries import attaching, deliveries, documents, work_items
from plugins.shiryo.queries.coming import is_more_to_come
from plugins.shiryo.service.attaching import BY_MACHINE, attach
from plugins.shiryo.service.blocks import Block
from plugins.shiryo.service.reading_ahead import Order, blocks
from plugins.shiryo.service.receiving import JOURNAL_TYPE

RECORDS_PER_STEP = 5_000
ATTACHED_AT_ONCE = 10_000
"""More than a step reads: what waited for the last delivery is caught up with."""

OUR_CODES: Setting[tuple[str, ...]] = Setting(
    "municipality_codes",
    names,
    ("331007", "331015", "331023", "331031", "331040"),
    "codes of this municipality and its wards: whoever lives there on 1 January is taxed here",
)

READING = "読取中"
ATTACHING = "名寄せ中"
NO_TARGET = "NO_TARGET"
DUPLICATE_DOCUMENT = "DUPLICATE_DOCUMENT"


async def run(job: Job) -> Outcome:
    """Do the job from where its last step ended, until nothing is left: more may come while it attaches.

    A server that died may have lost what was attached last, too: only the database says that nothing is left.
    """
    while True:
        await _take_in(job)
        async with job.step() as step:
            if not await deliveries.is_any_left(step.session):
                waiting = await work_items.counts(step.session, None)
                return Outcome({"records": job.done}, errors=sum(row.blocking for row in waiting))


INTAKE = JobType("shiryo.intake", "課税資料の取込", run, key=lambda _given: "shiryo.intake")


async def _take_in(job: Job) -> None:
    """Read whatever is received, and attach beside it and after it whatever is accepted."""
    accepted = _Accepted()
    async with asyncio.TaskGroup() as group:
        group.create_task(_attach_all(job, accepted))
        await _read_all(job, accepted)
        if job.status.message != ATTACHING:  # a step each time would hide that attaching loses its workers
            async with job.step() as step:
                step.message = ATTACHING
                await deliveries.let_go_of_held(step.session)
        accepted.tell(are_all=True)


class _Coming:
    """Whether more deliveries are coming; once none are, it is so for the rest of the job."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.is_open = True

    async def look(self) -> bool:
        """Look whether somebody is receiving."""
        self.is_open = self.is_open and await is_more_to_come(self._database)
        return self.is_open


class _Accepted:
    """What whoever reads tells whoever attaches: that more is accepted, and when that is all."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self._are_all = False

    def tell(self, *, are_all: bool = False) -> None:
        """Tell it, once it is committed."""
        self._are_all = are_all
        self._news.set()

    async def more(self) -> bool:
        """Wait until something was told since; return whether that is all."""
        await self._news.wait()
        self._news.clear()
        return self._are_all


async def _read_all(job: Job, accepted: _Accepted) -> None:
    """Read whatever is received; what is accepted may be attached once nothing more is to come.

    Until then a sender may still correct what would be attached, and bytes that are held may come again.
    """
    coming = _Coming(job.database)
    await coming.look()
    async with job.database.read() as session:
        count, records = await deliveries.to_be_read_count(session)
    if not count and not coming.is_open:
        return
    with job.runtime.database_address() as address:
        order = Order(address.app_url, key_file(job.runtime.settings), records, coming.is_open)
        async with aclosing(blocks(order, RECORDS_PER_STEP, coming.look)) as found:
            async for block in found:
                await coming.look()
                async with job.step() as step:
                    await _take(job, step, block, is_all_here=not coming.is_open)
                if not coming.is_open:
                    accepted.tell()


async def _take(job: Job, step: Step, block: Block, *, is_all_here: bool) -> None:
    """Write a block."""
    await step.session.commit_lazily()
    step.message = READING
    with collector_paused():
        await _write(Work.under_way(step.session, BY_MACHINE, job.runtime.clock), block)
    step.advance(block.records)
    if not is_all_here:
        return
    if step.total is None or step.done > step.total:
        _, left = await deliveries.to_be_read_count(step.session)
        step.total = step.done + left
    if block.held:
        await deliveries.let_go_of_held(step.session)


async def _write(work: Work, block: Block) -> None:
    """Write what was read; deliveries that were read to the end are accepted or held."""
    await documents.add_documents(work.session, block.documents)
    await deliveries.save_files(work.session, block.files)
    await documents.add_findings(work.session, block.findings)
    for delivery_id, cause in block.held:
        await deliveries.hold(work.session, delivery_id, cause)
        await work_items.open_for_delivery(work, delivery_id, cause)
    for delivery_id in [*block.accepted, *(delivery_id for delivery_id, _ in block.held)]:
        work.journal.wrote(JOURNAL_TYPE, str(delivery_id), {"documents"})
    await _accept(work, block.accepted)
    if block.begun is not None:
        await deliveries.save_taken(work.session, *block.begun)


async def _attach_all(job: Job, accepted: _Accepted) -> None:
    """Attach what is accepted whenever there is more of it, until that is all."""
    are_all = False
    while not are_all:
        are_all = await accepted.more()
        while await _attach_next(job):
            pass


async def _attach_next(job: Job) -> bool:
    """Attach the next documents; False if nothing is left that can be attached now."""
    async with job.beside() as session:
        await session.commit_lazily()
        work, settings = Work.under_way(session, BY_MACHINE, job.runtime.clock), job.runtime.settings
        ready = await attaching.ready_deliveries(session, ATTACHED_AT_ONCE)
        if not ready:
            return False
        last = await attaching.next_documents(session, ready, ATTACHED_AT_ONCE)
        ours = frozenset(settings[OUR_CODES])
        rest = await attaching.attach_certain(work, ready, last, ours, BY_MACHINE)
        if rest:
            with collector_paused():
                await attach(work, open_keyring(settings), rest, ours)
        await attaching.save_attached(session, ready, last)
        return True


async def _accept(work: Work, delivery_ids: Sequence[int]) -> None:
    """Let deliveries count: all of their records, with every correction and cancellation, or none."""
    if not delivery_ids:
        return
    await deliveries.accept(work, delivery_ids)
    superseded, without_target = await documents.supersede(work.session, delivery_ids, work.now)
    await work_items.close_superseded(work, superseded)
    duplicates = await documents.hold_duplicates(work.session, delivery_ids)
    await work_items.open_for_findings(work, delivery_ids)
    await work_items.open_for_documents(work, without_target, NO_TARGET)
    await work_items.open_for_documents(work, duplicates, DUPLICATE_DOCUMENT)
