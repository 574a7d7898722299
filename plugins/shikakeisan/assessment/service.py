"""Deciding people's tax: what is the same stays, and where something differs a new revision is written."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict
from core.runtime import Runtime
from core.storage.database import ReadSession
from core.work import Work
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.deciding import Block, decide
from plugins.shikakeisan.assessment.findings import settle_findings
from plugins.shikakeisan.assessment.outcome import outcome_of
from plugins.shikakeisan.assessment.reading import subjects_of
from plugins.shikakeisan.assessment.rule_set import RuleSet, rule_set
from plugins.shikakeisan.assessment.subject import Subject
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.hooks import Change

JOURNAL_TYPE = "shikakeisan.assessment"


async def rules_of(session: ReadSession, tax_year: int) -> RuleSet:
    """Return the rules of an opened year. Raises YearNotOpen."""
    year = await opened_year(session, tax_year)
    return rule_set(tax_year, year.municipality_code)


async def decide_people(
    runtime: Runtime,
    work: Work,
    tax_year: int,
    person_ids: Sequence[int],
    *,
    reason: str,
    proposal_id: int | None = None,
) -> Sequence[Change]:
    """Decide these people's tax from the base and basis as they stand now.

    Writes a new revision only where outcome, ground or a figure differs, and calls the hooks. Who is not in
    the base of the year is left out. Raises YearNotOpen, Conflict.
    """
    rules = await rules_of(work.session, tax_year)
    subjects = await subjects_of(runtime, work.session, tax_year, person_ids)
    block = await asyncio.to_thread(decide, rules, subjects)
    present = await queries.current(work.session, tax_year, [one.person_id for one in subjects])
    changes = await write_block(
        runtime, work, tax_year, block, present, {"reason": reason, "proposal_id": proposal_id}
    )
    for change in changes:
        work.journal.wrote(JOURNAL_TYPE, f"{tax_year}:{change.person_id}", {"assessment"})
    return changes


async def write_block(
    runtime: Runtime,
    work: Work,
    tax_year: int,
    block: Block,
    present: Mapping[int, Row[Any]],
    common: Mapping[str, Any],
) -> Sequence[Change]:
    """Write what a block changes: `present` are the revisions in force, `common` the columns of all.

    The caller journals. Raises Conflict where somebody else revised one of them meanwhile.
    """
    changed = list(changed_places(block, present))
    people = [block.subjects[place].person_id for place in changed]
    ended = [present[person_id].id for person_id in people if person_id in present]
    if ended and await queries.supersede(work.session, ended, work.now) != len(ended):
        raise Conflict
    changes = [_change(tax_year, person_id, present) for person_id in people]
    try:
        if changes:
            await queries.add_revisions(work.session, _records(work, block, changed, changes, common))
    except IntegrityError:
        raise Conflict from None
    await settle_findings(work, tax_year, block, present.keys())
    await _tell(runtime, work, changes)
    return changes


def changed_places(block: Block, present: Mapping[int, Row[Any]]) -> Sequence[int]:
    """Return the places of a block where what is in force differs from what was decided, or is not there."""
    figures = [column.tolist() for column in block.figures.values()]
    digests = block.digests.tolist()
    changed = []
    for place, subject in enumerate(block.subjects):
        row = present.get(subject.person_id)
        if row is None or _differs(row, block, place, [column[place] for column in figures], digests[place]):
            changed.append(place)
    return changed


def _differs(row: Row[Any], block: Block, place: int, figures: Sequence[int], digest: int) -> bool:
    """Compare with the revision in force; figures without a column only under the rules that made it."""
    if row.ground != block.grounds[place] or [getattr(row, name) for name in FIGURES] != figures:
        return True
    return bool(row.rules_version == block.rules_version and row.digest != digest)


def _change(tax_year: int, person_id: int, present: Mapping[int, Row[Any]]) -> Change:
    before = present[person_id].revision if person_id in present else 0
    return Change(tax_year, person_id, before, before + 1)


def _records(
    work: Work, block: Block, places: Sequence[int], changes: Sequence[Change], common: Mapping[str, Any]
) -> list[tuple[object, ...]]:
    columns = [column[list(places)].tolist() for column in (block.digests, *block.figures.values())]
    same = (block.rules_version, common["reason"], common.get("run_id"), common.get("proposal_id"), work.now)
    figures = zip(*columns, strict=True)
    return [
        (
            *(change.tax_year, change.person_id, change.revision, outcome_of(ground), ground),
            *(subject.base_id, subject.basis_id, _relief(subject)),
            *same,
            *said,
        )
        for change, subject, ground, said in zip(
            changes,
            [block.subjects[place] for place in places],
            [block.grounds[place] for place in places],
            figures,
            strict=True,
        )
    ]


def _relief(subject: Subject) -> str | None:
    return None if subject.relief is None else orjson.dumps(subject.relief.as_json()).decode()


async def _tell(runtime: Runtime, work: Work, changes: Sequence[Change]) -> None:
    first = [change for change in changes if not change.before]
    later = [change for change in changes if change.before]
    for hook, told in (("assessments_decided", first), ("assessments_revised", later)):
        if told:
            await runtime.plugins.run(hook, session=work.session, changes=told)
