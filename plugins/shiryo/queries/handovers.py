"""What vendors hold, and what came back. A delivery's records are counted where they stand, never copied."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, cast, func, insert, or_, select
from sqlalchemy.sql import any_

from core.storage.database import ReadSession, WriteSession
from plugins.shiryo.queries.documents import IDS
from plugins.shiryo.tables import delivery, file, sender
from plugins.shiryo.tables_handover import handover, handover_event

event = handover_event.c
OF_THIS = event.handover_id == handover.c.id
DELIVERED = (
    select(cast(func.coalesce(func.sum(file.c.received_records), 0), BigInteger))
    .select_from(handover_event.join(file, file.c.delivery_id == event.delivery_id))
    .where(OF_THIS, file.c.is_live)
    .scalar_subquery()
)
RETURNED = (
    select(cast(func.coalesce(func.sum(event.documents), 0), BigInteger)).where(OF_THIS).scalar_subquery()
)
ERASED_ON = select(event.happened_on).where(OF_THIS, event.kind == "erased").scalar_subquery()


async def add_handover(session: WriteSession, row: Mapping[str, Any]) -> int:
    """Note a batch that left."""
    added: int = (await session.execute(insert(handover).values(row).returning(handover.c.id))).scalar_one()
    return added


async def add_event(session: WriteSession, row: Mapping[str, Any]) -> None:
    """Note what came of a batch; raises IntegrityError for a delivery or an erasure noted before."""
    await session.execute(insert(handover_event), [row])


async def sender_kind(session: ReadSession, sender_id: int) -> str:
    """Return the kind under which a sender is registered."""
    kind: str = (await session.execute(select(sender.c.kind).where(sender.c.id == sender_id))).scalar_one()
    return kind


async def is_delivery_of(session: ReadSession, delivery_id: int, batch: Row[Any]) -> bool:
    """Tell whether a delivery came from the vendor of a batch, for its year."""
    statement = select(delivery.c.id).where(
        delivery.c.id == delivery_id,
        delivery.c.sender_id == batch.sender_id,
        delivery.c.tax_year == batch.tax_year,
    )
    return (await session.execute(statement)).one_or_none() is not None


async def find_handover(session: ReadSession, handover_id: int) -> Row[Any] | None:
    """Return one batch with its figures."""
    statement = _all().where(handover.c.id == handover_id)
    row: Row[Any] | None = (await session.execute(statement)).one_or_none()
    return row


async def handovers(
    session: ReadSession, tax_year: int | None, before: int | None, limit: int, *, only_out: bool
) -> Sequence[Row[Any]]:
    """Return batches with their figures, the latest first."""
    wanted: list[ColumnElement[bool]] = [_is_out()] if only_out else []
    if tax_year is not None:
        wanted.append(handover.c.tax_year == tax_year)
    if before is not None:
        wanted.append(handover.c.id < before)
    statement = _all().where(*wanted).order_by(handover.c.id.desc()).limit(limit)
    rows: Sequence[Row[Any]] = (await session.execute(statement)).all()
    return rows


async def events_of(session: ReadSession, handover_ids: Sequence[int]) -> Mapping[int, list[Row[Any]]]:
    """Return what came of batches, in the order in which it was noted."""
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    statement = select(handover_event).where(event.handover_id == any_(IDS)).order_by(event.id)
    for row in await session.execute(statement, {"ids": list(handover_ids)}):
        found[row.handover_id].append(row)
    return found


def _is_out() -> ColumnElement[bool]:
    return or_(handover.c.documents != DELIVERED + RETURNED, ERASED_ON.is_(None))


def _all() -> Select[Any]:
    figures = (
        DELIVERED.label("delivered"),
        RETURNED.label("returned"),
        ERASED_ON.label("erased_on"),
        _is_out().label("is_out"),
    )
    names = (sender.c.code.label("sender_code"), sender.c.name.label("sender_name"))
    joined = handover.join(sender, sender.c.id == handover.c.sender_id)
    return select(handover, *names, *figures).select_from(joined)
