"""The work list of the assessment: who is undecided because nothing was stated, or because facts contradict.

A finding that is found again is left as it is, also where an officer has closed it; one that is no longer
found is `gone`. What the merge found stands in its own findings.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.sql import any_

from core.work import Work
from plugins.shikakeisan.assessment.deciding import Block
from plugins.shikakeisan.assessment.outcome import Ground
from plugins.shikakeisan.merge.queries import let_go
from plugins.shikakeisan.merge.tables import finding
from plugins.shikakeisan.sql import IDS
from plugins.shikakeisan.states import OPEN_FINDINGS, FindingStage, FindingState

STAGE = FindingStage.ASSESSMENT
COPIED = (
    *("tax_year", "person_id", "stage", "code", "documents", "others", "details"),
    *("is_blocking", "state", "opened_at"),
)
Wanted = Mapping[str, Any]


async def settle_findings(work: Work, tax_year: int, block: Block, decided: Collection[int]) -> None:
    """Open what a block found, and let go what it no longer finds.

    Only people who were decided about before (`decided`) can have findings.
    """
    wanted = {subject.person_id: _wanted(block, place) for place, subject in enumerate(block.subjects)}
    known = await _known(work, tax_year, [person_id for person_id in wanted if person_id in decided])
    gone = [
        row.id
        for person_id, rows in known.items()
        for row in rows
        if row.state in OPEN_FINDINGS and not _is_same(row, wanted[person_id])
    ]
    await let_go(work.session, gone)
    new = list(_new(work, tax_year, wanted, known))
    if new:
        await work.session.copy(finding, COPIED, new)


def _wanted(block: Block, place: int) -> Wanted | None:
    ground = block.grounds[place]
    if ground is Ground.NO_DOCUMENT:
        return {"code": ground.value, "details": {}}
    if ground is Ground.FACTS_INVALID:
        faults = [{"path": fault.path, "code": fault.code} for fault in block.faults[place]]
        return {"code": ground.value, "details": {"faults": faults}}
    return None


def _new(
    work: Work, tax_year: int, wanted: Mapping[int, Wanted | None], known: Mapping[int, Sequence[Any]]
) -> Iterator[tuple[object, ...]]:
    for person_id, one in wanted.items():
        if one is not None and not any(_is_same(row, one) for row in known.get(person_id, ())):
            said: tuple[object, ...] = (one["code"], [], [], orjson.dumps(one["details"]).decode())
            yield (tax_year, person_id, STAGE, *said, False, FindingState.OPEN, work.now)


def _is_same(row: Any, wanted: Wanted | None) -> bool:
    return wanted is not None and (row.code, row.details) == (wanted["code"], wanted["details"])


async def _known(work: Work, tax_year: int, person_ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    if not person_ids:
        return {}
    statement = select(finding).where(
        finding.c.tax_year == tax_year,
        finding.c.person_id == any_(IDS),
        finding.c.stage == STAGE,
        finding.c.state != FindingState.GONE,
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await work.session.execute(statement, {"ids": list(person_ids)}):
        found[row.person_id].append(row)
    return found
