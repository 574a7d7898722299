"""Whether a file arrived as it left: what its recipient counted is held against what was made.

A file that nobody confirmed is listed as waiting; behind one that arrived otherwise no further file goes out
(`transferring.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.errors import SelfApproval
from core.work import Work
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing.errors import NothingDiffers
from plugins.shikakeisan.closing.transferring import JOURNAL_TYPE
from plugins.shikakeisan.sql import hold
from plugins.shikakeisan.states import ReceiptResult


@dataclass(frozen=True, slots=True)
class Told:
    """How many rows a recipient says it got, and their digest where it tells one."""

    rows: int
    sha256: bytes | None = None


async def receive(work: Work, code: str, sequence: int, told: Told) -> ReceiptResult:
    """Write down what a recipient says of its file and return whether that agrees. Raises NotFound."""
    await hold(work.session, f"transfer:{code}")
    row = await queries.transfer_row(work.session, code, sequence)
    agrees = told.rows == row.rows and told.sha256 in (None, row.sha256)
    result = ReceiptResult.AGREES if agrees else ReceiptResult.DIFFERS
    await _add(work, row, {"result": result, "rows": told.rows, "sha256": told.sha256})
    return result


async def explain(work: Work, code: str, sequence: int, reason: str) -> None:
    """Let a difference stand that somebody else wrote down. Raises NotFound, NothingDiffers, SelfApproval."""
    await hold(work.session, f"transfer:{code}")
    row = await queries.transfer_row(work.session, code, sequence)
    said = (await queries.last_receipts(work.session, [row.id])).get(row.id)
    if said is None or said.result != ReceiptResult.DIFFERS:
        raise NothingDiffers
    if said.recorded_by == work.staff:
        raise SelfApproval
    explained = {"result": ReceiptResult.EXPLAINED, "rows": said.rows, "sha256": said.sha256}
    await _add(work, row, {**explained, "reason": reason.strip()})


async def _add(work: Work, row: Row[Any], said: Mapping[str, Any]) -> None:
    values = {"transfer_id": row.id, "recorded_by": work.staff, "recorded_at": work.now, **said}
    await queries.add_receipt(work.session, values)
    work.journal.wrote(JOURNAL_TYPE, f"{row.recipient}:{row.sequence}", {"receipt"})
