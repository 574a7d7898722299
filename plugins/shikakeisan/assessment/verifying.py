"""Calculating every stored revision again, from the rows that it was made of."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.storage.database import ReadSession
from plugins.shikakeisan.assessment.deciding import Block, decide
from plugins.shikakeisan.assessment.reading import subjects_as_decided
from plugins.shikakeisan.assessment.rule_set import RuleSet
from plugins.shikakeisan.assessment.tables import FIGURES, assessment

BLOCK = 5_000


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A revision that cannot be made again: which one, and the figures that differ."""

    person_id: int
    revision: int
    figures: Sequence[str]


async def verify(session: ReadSession, rules: RuleSet) -> AsyncIterator[tuple[int, Sequence[Mismatch]]]:
    """Give, block by block, how many revisions of the year were calculated again and which differ."""
    last = 0
    while rows := await _revisions_after(session, rules.tax_year, last):
        block = decide(rules, await subjects_as_decided(session, rows))
        yield len(rows), [found for place, row in enumerate(rows) if (found := _mismatch(block, place, row))]
        last = rows[-1].id


def _mismatch(block: Block, place: int, row: Row[Any]) -> Mismatch | None:
    figures = [name for name in FIGURES if getattr(row, name) != int(block.figures[name][place])]
    if row.ground != block.grounds[place].value:
        figures.append("ground")
    if row.rules_version == block.rules_version and row.digest != int(block.digests[place]):
        figures.append("digest")
    return Mismatch(row.person_id, row.revision, figures) if figures else None


async def _revisions_after(session: ReadSession, tax_year: int, last: int) -> Sequence[Row[Any]]:
    statement = (
        select(assessment)
        .where(assessment.c.tax_year == tax_year, assessment.c.id > last)
        .order_by(assessment.c.id)
        .limit(BLOCK)
    )
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows
