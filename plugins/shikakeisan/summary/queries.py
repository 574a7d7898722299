"""All SQL of summary forms."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, insert, select

from core.storage.database import ReadSession, WriteSession
from plugins.shikakeisan.sql import present_row
from plugins.shikakeisan.summary.tables import summary_form, summary_run


async def who_has_one(session: ReadSession, tax_year: int) -> frozenset[str]:
    """Return the 指定番号 of those who have a form of the year."""
    found = select(summary_form.c.designation_number).where(summary_form.c.tax_year == tax_year)
    return frozenset(await session.scalars(found))


async def add_run(session: WriteSession, values: Mapping[str, Any], numbers: Sequence[str]) -> Row[Any]:
    """Write a run and whose forms it made."""
    row: Row[Any] = (
        await session.execute(insert(summary_run).values(values).returning(*summary_run.c))
    ).one()
    forms = [(row.tax_year, one, row.id) for one in numbers]
    await session.copy(summary_form, ("tax_year", "designation_number", "run_id"), forms)
    return row


async def run_row(session: ReadSession, run_id: int) -> Row[Any]:
    """Return a run. Raises NotFound."""
    return await present_row(session, summary_run, run_id)


async def numbers_of(session: ReadSession, run_id: int) -> Sequence[str]:
    """Return the 指定番号 whose forms a run made."""
    found = select(summary_form.c.designation_number).where(summary_form.c.run_id == run_id)
    return (await session.scalars(found)).all()
