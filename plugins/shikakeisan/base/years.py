"""Asking how far a 課税年度 is before something is done with it, or shown of it."""

from typing import Any

from sqlalchemy import Row

from core.storage.database import ReadSession
from plugins.shikakeisan.base.errors import YearAssessed, YearNotFrozen, YearNotOpen
from plugins.shikakeisan.base.queries import year_row
from plugins.shikakeisan.states import YearState


async def opened_year(session: ReadSession, tax_year: int) -> Row[Any]:
    """Return the row of a year; raises YearNotOpen."""
    row = await year_row(session, tax_year)
    if row is None:
        raise YearNotOpen
    return row


async def frozen_year(session: ReadSession, tax_year: int) -> Row[Any]:
    """Return the row of a year whose base stands; raises YearNotOpen, YearNotFrozen."""
    row = await opened_year(session, tax_year)
    if row.state == YearState.OPEN:
        raise YearNotFrozen
    return row


async def undecided_year(session: ReadSession, tax_year: int) -> Row[Any]:
    """Return the row of a year whose base stands and whose tax is not decided yet.

    Raises YearNotOpen, YearNotFrozen, YearAssessed.
    """
    row = await frozen_year(session, tax_year)
    if row.state == YearState.ASSESSED:
        raise YearAssessed
    return row
