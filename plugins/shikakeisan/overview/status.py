"""How far a 課税年度 has come: stages, people by standing and ward, and what still waits for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.shikakeisan.assessment.outcome import Outcome
from plugins.shikakeisan.base import queries as base
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.overview import queries
from plugins.shikakeisan.sql import happened
from plugins.shiryo.api import blocking_items

STAGES: Mapping[str, str] = {
    "opened_at": "年度の開始",
    "frozen_at": "新年度個人基本",
    "replayed_at": "住民記録の反映",
    "merged_at": "資料併合",
    "assessed_at": "当初賦課",
}

WAYS: Mapping[str, str] = {
    "salary": "給与所得のある者（給与からの特別徴収の見込み）",
    "pension": "65歳以上で公的年金等の所得のある者（年金からの特別徴収の見込み）",
    "bills": "その他の者（普通徴収の見込み）",
}
"""Who is told a tax, as far as the decided tax itself tells; the plug-ins of collection decide the way."""


@dataclass(frozen=True, slots=True)
class Group:
    """People of one standing: of one ward, or outside for one reason."""

    standing: str
    reason: str
    ward_code: str
    people: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Findings of one stage that people must look at."""

    stage: str
    findings: int
    blocking: int


@dataclass(frozen=True, slots=True)
class Status:
    """A year in numbers. Moments are None for what has not happened."""

    tax_year: int
    municipality_code: str
    state: str
    stages: Mapping[str, datetime | None]
    groups: Sequence[Group]
    merged: int
    outcomes: Mapping[str, int]
    notices: Mapping[str, int]
    findings: Sequence[Waiting]
    blocking_items: int
    circumstance_proposals: int
    correction_proposals: int

    @property
    def taxed_here(self) -> int:
        """Return the people whom the year is about."""
        return sum(group.people for group in self.groups if group.standing != Standing.OUTSIDE)


async def status_of(session: ReadSession, tax_year: int) -> Status:
    """Return how far a year has come; raises YearNotOpen."""
    return await read_status(session, await opened_year(session, tax_year))


async def read_status(session: ReadSession, year: Row[Any]) -> Status:
    """Return how far the year of a row of `fiscal_year` has come."""
    tax_year = year.tax_year
    decided = {row.outcome: row.people for row in await queries.outcomes(session, tax_year)}
    notified = await queries.notified(session, tax_year)
    circumstances, corrections = await queries.waiting_proposals(session, tax_year)
    return Status(
        tax_year,
        year.municipality_code,
        year.state,
        {name: happened(getattr(year, name)) for name in STAGES},
        [
            Group(row.standing, row.reason, row.ward_code, row.people)
            for row in await base.counts(session, tax_year)
        ],
        await queries.merged(session, tax_year),
        {outcome.value: decided.get(outcome.value, 0) for outcome in Outcome},
        {way: notified.get(way, 0) for way in WAYS},
        [
            Waiting(row.stage, row.findings, row.blocking)
            for row in await queries.open_findings(session, tax_year)
        ],
        await blocking_items(session, tax_year),
        circumstances,
        corrections,
    )
