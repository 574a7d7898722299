"""One page for a close: which files hold it, what their recipients said, what came in since the last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from core.runtime import Runtime
from core.storage.database import ReadSession
from plugins.atena.api import Traffic, traffic
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.closing.transferring import recipients_of
from plugins.shiryo.api import deliveries_between


@dataclass(frozen=True, slots=True)
class Exchange:
    """What went out with a close and came in before it, between its cut-off and the one before.

    `files` are transfer files that hold the close, `receipts` by their id what was said last of them,
    `without_file` recipients that have none of it yet; `deliveries` rows by kind of sender.
    """

    close: Row[Any]
    files: Sequence[Row[Any]]
    receipts: Mapping[int, Row[Any]]
    without_file: Sequence[str]
    deliveries: Sequence[Row[Any]]
    register: Traffic


async def exchange_of(runtime: Runtime, session: ReadSession, closing_id: int) -> Exchange:
    """Gather the page of a close. Raises NotFound."""
    close = await queries.close_row(session, closing_id)
    files = await queries.transfers_of(session, closing_id)
    served = {file.recipient for file in files}
    period = close.previous_cut_off, close.cut_off
    return Exchange(
        close,
        files,
        await queries.last_receipts(session, [file.id for file in files]),
        [code for code in sorted(recipients_of(runtime)) if code not in served],
        await deliveries_between(session, *period),
        await traffic(session, *period),
    )
