"""当初賦課 (C-2): the calculation over the whole base, as a job of blocks.

A block is written whole or not at all, with how far the job came and what was counted so far; whoever goes on
after a kill gives the same. Blocks follow the ids of people, so neither the number of workers nor the moment
of a kill shows in the result.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.access.actor import SYSTEM
from core.garbage import collector_paused
from core.jobs.job import Job, Step
from core.jobs.state import Outcome
from core.jobs.types import JobType, Parameter
from core.settings import whole
from core.work import Work
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.balance import check_balance
from plugins.shikakeisan.assessment.comparing import differences
from plugins.shikakeisan.assessment.deciding import Block, decide
from plugins.shikakeisan.assessment.errors import YearNotMerged
from plugins.shikakeisan.assessment.outcome import UNDECIDED, Ground, outcome_of
from plugins.shikakeisan.assessment.reading import subjects_after, subjects_as_decided, subjects_of
from plugins.shikakeisan.assessment.rule_set import RuleSet, rule_set, shadow_rule_set
from plugins.shikakeisan.assessment.service import changed_places, write_block
from plugins.shikakeisan.assessment.subject import Subject
from plugins.shikakeisan.base.errors import YearAssessed
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.law.years import year_path
from plugins.shikakeisan.sql import happened, there
from plugins.shikakeisan.states import YearState

JOB = "shikakeisan.assess"
BLOCK = 20_000
"""People of one step: a few seconds of work."""
PART = 5_000
INITIAL, DRY, SHADOW = "initial", "dry", "shadow"
WRITTEN = {INITIAL: "revisions", DRY: "different", SHADOW: "different"}
"""How a run counts what it wrote."""
READY = (YearState.MERGED, YearState.ASSESSED)
REASON = "当初賦課"
RUN_TYPE = "shikakeisan.run"
YEARS = whole(1990, 2100)
MOST = 2**63 - 1
"""Above every id."""
Present = Mapping[int, Row[Any]]
"""The revisions in force by person."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a worker knows of its run; `other` are the rules of a shadow run."""

    id: int
    tax_year: int
    kind: str
    rules: RuleSet
    other: RuleSet | None


async def run(job: Job) -> Outcome:
    """Do the job from where its last step ended."""
    if job.cursor is None:
        async with job.step() as step:
            await _begin(job, step)
    known = await _taken_up(job)
    async with aclosing(_people(job, known)) as ahead:
        async for people in ahead:
            async with job.step() as step:
                with collector_paused():
                    await _block(job, step, known, people)
    async with job.step() as step:
        return await _end(job, step, known)


async def _taken_up(job: Job) -> Run:
    """Return the run that the job is in the middle of.

    An officer's first decision of a year that another run has decided meanwhile is not gone on with: it would
    revise tax without a second person.
    """
    run_id = job.cursor["run"]
    async with job.database.read() as session:
        year = await opened_year(session, job.parameters["tax_year"])
        row = there(await queries.run_row(session, run_id))
    is_late = year.state == YearState.ASSESSED and happened(row.ended_at) is None
    if is_late and row.kind == INITIAL and job.requester != SYSTEM.number:
        raise YearAssessed
    return _known(job, run_id, year.municipality_code)


def _kind(text: str) -> str:
    if text not in {INITIAL, DRY, SHADOW}:
        raise ValueError
    return text


ASSESS = JobType(
    JOB,
    "賦課計算",
    run,
    {
        "tax_year": Parameter(YEARS, "課税年度(西暦)"),
        "kind": Parameter(_kind, "initial 当初賦課、dry 試行、shadow 比較", INITIAL),
        "municipality": Parameter(str, "比較する団体コード", ""),
        "year_file": Parameter(str, "比較する年度の数値(TOML)", ""),
    },
    key=lambda given: f"{JOB}:{given['tax_year']}",
)


async def _begin(job: Job, step: Step) -> None:
    tax_year = job.parameters["tax_year"]
    year = await opened_year(step.session, tax_year)
    if year.state not in READY:
        raise YearNotMerged
    known = _known(job, 0, year.municipality_code)
    run_id = await queries.add_run(
        step.session,
        {
            "tax_year": tax_year,
            "kind": known.kind,
            "rules_version": known.rules.version,
            "compared_with": _compared_with(job, known),
            "job_id": job.id,
            "counts": {},
            "totals": {},
            "requested_by": job.requester,
            "started_at": job.runtime.clock.now(),
        },
    )
    step.total = await queries.people_in_base(step.session, tax_year)
    step.cursor = {"run": run_id, "last": 0, "counts": {}, "totals": {}}
    step.message = "賦課計算中"


def _known(job: Job, run_id: int, municipality: str) -> Run:
    given = job.parameters
    tax_year, kind = given["tax_year"], given["kind"]
    other = None
    if kind == SHADOW:
        text = given["year_file"] or year_path(tax_year).read_text(encoding="utf-8")
        other = shadow_rule_set(tax_year, given["municipality"] or municipality, text)
    return Run(run_id, tax_year, kind, rule_set(tax_year, municipality), other)


def _compared_with(job: Job, known: Run) -> str:
    if known.other is None:
        return ""
    return str(job.parameters["municipality"]) or f"year_file:{known.other.version}"


async def _people(job: Job, known: Run) -> AsyncGenerator[Sequence[Subject], None]:
    """Yield the people of the base, block by block; the next are read while those before are decided.

    The last block is not full, and may be empty.
    """

    async def read(after: int) -> Sequence[Subject]:
        async with job.database.read() as session:
            return await subjects_after(job.runtime, session, known.tax_year, after, BLOCK)

    ahead = asyncio.create_task(read(job.cursor["last"]))
    try:
        while len(people := await ahead) == BLOCK:
            ahead = asyncio.create_task(read(people[-1].person_id))
            yield people
        yield people
    finally:
        ahead.cancel()


async def _block(job: Job, step: Step, known: Run, people: Sequence[Subject]) -> None:
    """Decide the next people."""
    subjects, present = await _with_gone(job, step, known, people)
    if not subjects:
        return
    counts, totals = Counter(step.cursor["counts"]), Counter(step.cursor["totals"])
    async with aclosing(_decided(known.rules, subjects)) as blocks:
        async for block in blocks:
            counts.update(_counted(block))
            totals.update({name: int(column.sum()) for name, column in block.figures.items()})
            counts[WRITTEN[known.kind]] += await _write(job, step, known, block, present)
            step.advance(sum(ground is not Ground.OUTSIDE for ground in block.grounds))
    step.cursor = {"run": known.id, "last": subjects[-1].person_id, "counts": counts, "totals": totals}


async def _with_gone(
    job: Job, step: Step, known: Run, people: Sequence[Subject]
) -> tuple[Sequence[Subject], Present]:
    """Return the next people, with those among them who have left the base since; and what is in force."""
    if known.kind == SHADOW:
        return people, {}
    end = people[-1].person_id if len(people) == BLOCK else MOST
    present = await queries.current_between(step.session, known.tax_year, step.cursor["last"] + 1, end)
    gone = sorted(present.keys() - {subject.person_id for subject in people})
    if not gone:
        return people, present
    left = await subjects_of(job.runtime, step.session, known.tax_year, gone)
    return sorted([*people, *left], key=lambda subject: subject.person_id), present


async def _decided(rules: RuleSet, subjects: Sequence[Subject]) -> AsyncGenerator[Block, None]:
    """Decide part by part: the next is calculated while PostgreSQL writes the one before."""
    parts = [subjects[place : place + PART] for place in range(0, len(subjects), PART)]
    ahead = asyncio.create_task(asyncio.to_thread(decide, rules, parts[0]))
    for part in parts[1:]:
        block = await ahead
        ahead = asyncio.create_task(asyncio.to_thread(decide, rules, part))
        yield block
    yield await ahead


async def _write(job: Job, step: Step, known: Run, block: Block, present: Present) -> int:
    if known.kind == SHADOW:
        return await _shadow(step, known, block)
    if known.kind == DRY:
        return await _dry(step, known, block, present)
    return await _initial(job, step, known, block, present)


def _counted(block: Block) -> Counter[str]:
    """Count outcomes and grounds; who has left the base is counted apart."""
    counts: Counter[str] = Counter()
    for ground, number in Counter(block.grounds).items():
        if ground is not Ground.OUTSIDE:
            counts["people"] += number
            counts[outcome_of(ground).value] += number
        if ground is not Ground.NONE:
            counts[ground.value] += number
    return counts


async def _initial(job: Job, step: Step, known: Run, block: Block, present: Present) -> int:
    work = Work.under_way(step.session, job.requester, job.runtime.clock)
    common = {"reason": REASON, "run_id": known.id}
    changes = await write_block(job.runtime, work, known.tax_year, block, present, common)
    if changes:
        work.journal.wrote(RUN_TYPE, str(known.id), {"assessments"})
    return len(changes)


async def _dry(step: Step, known: Run, block: Block, present: Present) -> int:
    """Compare with the revisions in force; who has none yet is not a difference."""
    changed = [p for p in changed_places(block, present) if block.subjects[p].person_id in present]
    if not changed:
        return 0
    rows = [present[block.subjects[place].person_id] for place in changed]
    after = await asyncio.to_thread(decide, known.rules, [block.subjects[place] for place in changed])
    before = await asyncio.to_thread(decide, known.rules, await subjects_as_decided(step.session, rows))
    return await _write_differences(step, known, list(differences(known.rules, before, after, rows)))


async def _shadow(step: Step, known: Run, block: Block) -> int:
    if known.other is None:
        raise TypeError("a shadow run has other rules")
    after = await asyncio.to_thread(decide, known.other, block.subjects)
    return await _write_differences(step, known, list(differences(known.rules, block, after)))


async def _write_differences(step: Step, known: Run, found: Sequence[Mapping[str, Any]]) -> int:
    await queries.add_differences(step.session, [{"run_id": known.id, **one} for one in found])
    return len(found)


async def _end(job: Job, step: Step, known: Run) -> Outcome:
    """Hold the run against the ledger, and let it end."""
    counts, totals = step.cursor["counts"], step.cursor["totals"]
    await check_balance(step.session, known.tax_year, counts, totals, is_written=known.kind == INITIAL)
    now = job.runtime.clock.now()
    await queries.end_run(step.session, known.id, counts, totals, now)
    said = {"run": known.id, **{name: counts[name] for name in sorted(counts)}}
    if known.kind != INITIAL:
        return Outcome(said)
    late = await _late(job, step, known)
    await queries.year_assessed(step.session, known.tax_year, now)
    return Outcome({**said, "late": late}, errors=sum(counts.get(ground.value, 0) for ground in UNDECIDED))


async def _late(job: Job, step: Step, known: Run) -> int:
    """Decide again about whom something changed since the run read it; return for how many it mattered."""
    session, year = step.session, known.tax_year
    person_ids = await queries.decided_from_old(session, year, known.id)
    if not person_ids:
        return 0
    subjects = await subjects_of(job.runtime, session, year, person_ids)
    block = await asyncio.to_thread(decide, known.rules, subjects)
    return await _initial(job, step, known, block, await queries.current(session, year, person_ids))
