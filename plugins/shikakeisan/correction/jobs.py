"""The jobs of corrections: late documents to proposals, the dry run of a batch, writing a signed one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from core.errors import JuminzeiError, Unavailable
from core.jobs.job import Job, Step
from core.jobs.state import Outcome
from core.jobs.types import JobType, Parameter
from core.settings import whole
from core.work import Work
from plugins.shikakeisan.assessment.service import rules_of
from plugins.shikakeisan.correction import batch_queries, queries
from plugins.shikakeisan.correction.batches import FINDING, PEOPLE, sample_of
from plugins.shikakeisan.correction.computing import Computed, Request, compute
from plugins.shikakeisan.correction.errors import LeavesUndecided, ProposalSettled
from plugins.shikakeisan.correction.holding import Held, hold
from plugins.shikakeisan.correction.late import late_request, touched_people
from plugins.shikakeisan.correction.service import approve, leaves_undecided, store
from plugins.shikakeisan.states import BatchState, ProposalState

PEOPLE_PER_STEP = 50
MOST_REASON = 200


async def run_late(job: Job) -> Outcome:
    """Propose a correction for everybody whose tax changes by documents that came after the merge."""
    tax_year = job.parameters["tax_year"]
    while True:
        async with job.step() as step:
            cursor = step.cursor or {"last": 0, "counts": {}}
            people = await touched_people(step.session, tax_year, cursor["last"], PEOPLE_PER_STEP)
            if not people:
                return Outcome(cursor["counts"])
            counts = Counter(cursor["counts"])
            for person_id in people:
                counts[await _propose_late(job, step, person_id)] += 1
            _advance(step, people, counts, "期限後の資料を確認中")


async def run_dry(job: Job) -> Outcome:
    """Find for everybody of a batch whether the tax would change, and write a planned proposal."""
    while True:
        async with job.step() as step:
            row = await batch_queries.batch_row(step.session, job.parameters["batch"])
            cursor = step.cursor or {"last": 0, "counts": {}}
            if row.state != BatchState.DRY:  # somebody ended the batch meanwhile
                return Outcome(cursor["counts"])
            people = await _selected(step, row, cursor["last"])
            if not people:
                return await _ready(step, row, cursor["counts"])
            counts = Counter(cursor["counts"])
            for person_id in people:
                counts.update(await _plan(job, step, row, person_id))
            _advance(step, people, counts, "一括更正の試行中")


async def run_write(job: Job) -> Outcome:
    """Write a batch that was signed off, in the name of whoever signed it."""
    while True:
        async with job.step() as step:
            row = await batch_queries.batch_row(step.session, job.parameters["batch"])
            waiting = await queries.proposals(
                step.session, batch_id=row.id, states=[ProposalState.PROPOSED], limit=PEOPLE_PER_STEP
            )
            if row.state not in (BatchState.APPROVED, BatchState.DONE):
                raise ProposalSettled
            if not waiting:
                return await _done(step, row)
            work = Work.under_way(step.session, row.decided_by, job.runtime.clock)
            for one in waiting:
                await approve(job.runtime, work, one.id, one.version, in_batch=row.id)
            step.advance(len(waiting))
            step.message = "一括更正を反映中"


def _reason(text: str) -> str:
    if not 0 < len(text.strip()) <= MOST_REASON:
        raise ValueError
    return text


YEAR = Parameter(whole(1990, 2100), "課税年度(西暦)")
BATCH = Parameter(whole(1, 2**62), "一括更正の番号")
LATE = JobType(
    "shikakeisan.late",
    "期限後資料の更正の提案",
    run_late,
    {"tax_year": YEAR, "reason": Parameter(_reason, "理由")},
    key=lambda given: f"shikakeisan.late:{given['tax_year']}",
)
DRY = JobType(
    "shikakeisan.batch_dry",
    "一括更正の試行",
    run_dry,
    {"batch": BATCH},
    key=lambda given: f"shikakeisan.batch:{given['batch']}",
)
WRITE = JobType(
    "shikakeisan.batch_write",
    "一括更正の反映",
    run_write,
    {"batch": BATCH},
    key=lambda given: f"shikakeisan.batch:{given['batch']}",
)
JOBS = (LATE, DRY, WRITE)


def _advance(step: Step, people: Sequence[int], counts: Mapping[str, int], message: str) -> None:
    step.cursor = {"last": people[-1], "counts": dict(counts)}
    step.message = message
    step.advance(len(people))


async def _propose_late(job: Job, step: Step, person_id: int) -> str:
    """Propose for one person; return how it went: what is counted, or the code of a refusal."""
    tax_year = job.parameters["tax_year"]
    work = Work.under_way(step.session, job.requester, job.runtime.clock)
    held = await hold(job.runtime, work, tax_year, person_id)
    request = await late_request(step.session, tax_year, person_id, job.parameters["reason"])
    computed = await _try(job, held, request)
    if isinstance(computed, str):
        return computed
    if not computed.changes_figures:
        return "unchanged"
    for row in await queries.proposals(
        step.session, tax_year=tax_year, person_id=person_id, states=[ProposalState.PROPOSED]
    ):
        if row.kind == request.kind and row.digest == computed.digest:
            return "waiting"
        if row.kind == request.kind:
            await queries.change_proposal(
                step.session, row.id, row.version, state=ProposalState.STALE, decided_at=held.work.now
            )
    await store(held.work, computed, ProposalState.PROPOSED)
    return "proposed"


async def _try(job: Job, held: Held, request: Request) -> Computed | str:
    """Compute, or return the code of the refusal."""
    try:
        return await compute(job.runtime, held, request)
    except Unavailable:
        raise
    except JuminzeiError as refusal:
        return refusal.code


async def _selected(step: Step, row: Row[Any], last: int) -> Sequence[int]:
    """Return the next people of a batch by id."""
    selection = row.selection
    if selection["by"] == PEOPLE:
        ids = [person_id for person_id in selection["ids"] if person_id > last]
        return ids[:PEOPLE_PER_STEP]
    if selection["by"] == FINDING:
        return await batch_queries.with_finding(
            step.session, row.tax_year, selection["code"], last, PEOPLE_PER_STEP
        )
    version = (await rules_of(step.session, row.tax_year)).version
    return await batch_queries.by_other_rules(step.session, row.tax_year, version, last, PEOPLE_PER_STEP)


async def _plan(job: Job, step: Step, row: Row[Any], person_id: int) -> Mapping[str, int]:
    """Write a planned proposal if the person's tax would change; return what is counted."""
    work = Work.under_way(step.session, row.proposed_by, job.runtime.clock)
    held = await hold(job.runtime, work, row.tax_year, person_id)
    request = Request(
        tax_year=row.tax_year,
        person_id=person_id,
        kind=row.kind,
        reason=row.reason,
        received_on=row.received_on,
        changes=row.changes,
    )
    computed = await _try(job, held, request)
    if isinstance(computed, str):
        return {"selected": 1, computed: 1}
    if leaves_undecided(computed.shown["before"], computed.shown["after"]):
        return {"selected": 1, LeavesUndecided.code: 1}
    if not computed.changes_figures:
        return {"selected": 1, "unchanged": 1}
    await store(held.work, computed, ProposalState.PLANNED, row.id)
    before, after = (computed.shown[side]["figures"]["payable"] for side in ("before", "after"))
    return {
        "selected": 1,
        "changed": 1,
        "increased": int(after > before),
        "decreased": int(after < before),
        "payable_before": before,
        "payable_after": after,
    }


async def _ready(step: Step, row: Row[Any], counts: Mapping[str, int]) -> Outcome:
    sample = sample_of(row.id, await batch_queries.members(step.session, row.id))
    await batch_queries.change_batch(
        step.session, row.id, row.version, state=BatchState.READY, counts=dict(counts), sample=sample
    )
    return Outcome(dict(counts))


async def _done(step: Step, row: Row[Any]) -> Outcome:
    states = await batch_queries.member_states(step.session, row.id)
    written, skipped = (states.get(state, 0) for state in (ProposalState.APPROVED, ProposalState.STALE))
    counts = {**row.counts, "written": written, "skipped": skipped}
    if row.state != BatchState.DONE:
        await batch_queries.change_batch(
            step.session, row.id, row.version, state=BatchState.DONE, counts=counts
        )
    return Outcome({"written": written, "skipped": skipped}, errors=skipped)
