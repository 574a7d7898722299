"""The intake: a job that reads all received deliveries, accepts or holds each, and attaches the accepted.

Each step takes some thousand records and commits them with how far it came. Records of a delivery that is not
accepted count nowhere, so a large one may take many steps and is still accepted in one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.access.journal import Journal, current_journal
from core.garbage import collector_paused
from core.jobs.job import Job, Step
from core.jobs.state import Outcome
from core.jobs.types import JobType
from core.settings import Setting, names
from core.storage.ids import reserve_ids
from plugins.atena.api import Keyring, open_keyring
from plugins.shiryo.queries import deliveries, documents, work_items
from plugins.shiryo.service.attaching import BY_MACHINE, attach
from plugins.shiryo.service.opened import OpenDelivery
from plugins.shiryo.service.originals import small_originals
from plugins.shiryo.service.readings import document_row
from plugins.shiryo.service.receiving import JOURNAL_TYPE
from plugins.shiryo.tables import document
from plugins.shiryo.work import Work

RECORDS_PER_STEP = 5_000
DELIVERIES_PER_STEP = 500

OUR_CODES: Setting[tuple[str, ...]] = Setting(
    "municipality_codes",
    names,
    ("331007", "331015", "331023", "331031", "331040"),
    "codes of this municipality and its wards: whoever lives there on 1 January is taxed here",
)

NO_TARGET = "NO_TARGET"
DUPLICATE_DOCUMENT = "DUPLICATE_DOCUMENT"

Taken = list[tuple[OpenDelivery, Any, Any]]


async def run(job: Job) -> Outcome:
    """Do the job from where its last step ended."""
    intake = _Intake(job, open_keyring(job.runtime.settings))
    while True:
        async with job.step() as step:
            with collector_paused():
                has_more = await intake.take_step(step)
            if not has_more:
                waiting = await work_items.counts(step.session, None)
                return Outcome({"records": job.done // 2}, errors=sum(row.blocking for row in waiting))


INTAKE = JobType("shiryo.intake", "課税資料の取込", run, key=lambda _given: "shiryo.intake")


class _Intake:
    """What one worker remembers between steps; another can go on without it."""

    def __init__(self, job: Job, keyring: Keyring) -> None:
        self.job = job
        self.keyring = keyring
        self.ours = frozenset(job.runtime.settings[OUR_CODES])
        self.open: OpenDelivery | None = None

    async def take_step(self, step: Step) -> bool:
        """Read some records or attach some documents; False if nothing is left to do."""
        work = self._work(step)
        waiting = await deliveries.waiting_deliveries(step.session, DELIVERIES_PER_STEP)
        if waiting:
            step.message = "読取中"
            if step.total is None:
                step.total = step.done + 2 * await deliveries.waiting_records(step.session)
            await self._read(work, step, waiting)
            return True
        step.message = "名寄せ中"
        return await self._attach(work, step)

    async def _read(self, work: Work, step: Step, waiting: Sequence[Any]) -> None:
        files = await deliveries.files_of(work.session, [row.id for row in waiting])
        ahead = await small_originals(work.session, self.keyring, _of_one_step(waiting, files))
        taken: Taken = []
        finished: list[OpenDelivery] = []
        for row in waiting:
            if len(taken) >= RECORDS_PER_STEP:
                break
            opened = await self._opened(work, row, files[row.id], ahead)
            taken.extend(await self._records(work, opened, RECORDS_PER_STEP - len(taken)))
            if opened.is_finished:
                finished.append(opened)
                self.open = None
        await self._write(work, taken, finished)
        if self.open is not None:
            await deliveries.save_taken(work.session, self.open.row.id, self.open.taken)
        step.advance(len(taken))

    async def _opened(
        self, work: Work, row: Any, files: Sequence[Any], ahead: Mapping[int, bytes]
    ) -> OpenDelivery:
        """Return the delivery as far as it was read, by this worker or by one before."""
        if self.open is None:
            self.open = OpenDelivery(row, list(files), ahead)
            await self.open.skip(work.session, self.keyring, row.taken_records)
        return self.open

    async def _records(self, work: Work, opened: OpenDelivery, limit: int) -> Taken:
        taken: Taken = []
        while len(taken) < limit and not opened.is_finished:
            records = await opened.take(work.session, self.keyring, limit - len(taken))
            taken.extend((opened, file, record) for file, record in records)
        return taken

    async def _write(self, work: Work, taken: Taken, finished: Sequence[OpenDelivery]) -> None:
        """Write what was read; deliveries that were read to the end are accepted or held."""
        kept = [(opened, file, record) for opened, file, record in taken if not opened.cause]
        ids = await reserve_ids(work.session, document, len(kept))
        await documents.add_documents(
            work.session,
            [
                document_row(document_id, opened.context(file), self.keyring, record)
                for document_id, (opened, file, record) in zip(ids, kept, strict=True)
            ],
        )
        done = [file for opened in finished for file in opened.done]
        await deliveries.save_files(work.session, [file.result for file in done])
        await documents.add_findings(work.session, [row for file in done for row in file.finding_rows()])
        for opened in finished:
            work.journal.wrote(JOURNAL_TYPE, str(opened.row.id), {"documents"})
            if opened.cause:
                await deliveries.hold(work.session, opened.row.id, opened.cause)
                await work_items.open_for_delivery(work, opened.row.id, opened.cause)
        await _accept(work, [opened.row.id for opened in finished if not opened.cause])

    async def _attach(self, work: Work, step: Step) -> bool:
        after = await documents.attached_so_far(work.session)
        rows = await documents.unattached(work.session, after, RECORDS_PER_STEP)
        if not rows:
            await deliveries.finish_attaching(work.session)
            return False
        await attach(work, self.keyring, rows, self.ours)
        await deliveries.save_attached(work.session, rows[-1].delivery_id, rows[-1].id)
        step.advance(len(rows))
        return True

    def _work(self, step: Step) -> Work:
        journal = current_journal.get() or Journal()
        return Work(step.session, journal, BY_MACHINE, self.job.runtime.clock.now())


def _of_one_step(waiting: Sequence[Any], files: Mapping[int, Sequence[Any]]) -> Sequence[Any]:
    """Return the files that one step will hardly read beyond."""
    found: list[Any] = []
    records = 0
    for row in waiting:
        if records >= RECORDS_PER_STEP:
            break
        found += files[row.id]
        records += sum(file.received_records or 0 for file in files[row.id])
    return found


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
