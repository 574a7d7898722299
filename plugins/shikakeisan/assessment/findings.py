"""The work list of the assessment: who is undecided because nothing was stated, or because facts contradict.

A finding that is found again is left as it is, also where an officer has closed it; one that is no longer
found is `gone`. What the merge found stands in its own findings.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_

from plugins.shikakeisan.assessment.deciding import Block
from plugins.shikakeisan.assessment.outcome import Ground
from plugins.shikakeisan.merge.tables import finding
from plugins.shiryo.api import Work

STAGE = "assessment"
ACTIVE = ("open", "proposed")
IDS = bindparam("ids", type_=ARRAY(BigInteger))
Wanted = Mapping[str, Any]


async def settle_findings(work: Work, tax_year: int, block: Block) -> None:
    """Open what a block found, and let go what it no longer finds."""
    wanted = {subject.person_id: _wanted(block, place) for place, subject in enumerate(block.subjects)}
    known = await _known(work, tax_year, list(wanted))
    gone = [
        row.id
        for person_id, rows in known.items()
        for row in rows
        if row.state in ACTIVE and not _is_same(row, wanted[person_id])
    ]
    if gone:
        statement = update(finding).where(finding.c.id == any_(IDS)).values(state="gone")
        await work.session.execute(statement, {"ids": gone})
    new = list(_new(work, tax_year, wanted, known))
    if new:
        await work.session.execute(insert(finding), new)


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
) -> Iterator[dict[str, Any]]:
    for person_id, one in wanted.items():
        if one is not None and not any(_is_same(row, one) for row in known[person_id]):
            yield {
                "tax_year": tax_year,
                "person_id": person_id,
                "stage": STAGE,
                **one,
                "documents": [],
                "others": [],
                "is_blocking": False,
                "state": "open",
                "opened_at": work.now,
            }


def _is_same(row: Any, wanted: Wanted | None) -> bool:
    return wanted is not None and (row.code, row.details) == (wanted["code"], wanted["details"])


async def _known(work: Work, tax_year: int, person_ids: Sequence[int]) -> Mapping[int, Sequence[Any]]:
    statement = select(finding).where(
        finding.c.tax_year == tax_year,
        finding.c.person_id == any_(IDS),
        finding.c.stage == STAGE,
        finding.c.state != "gone",
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await work.session.execute(statement, {"ids": list(person_ids)}):
        found[row.person_id].append(row)
    return found
