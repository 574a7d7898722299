"""All SQL of closes and transfer files."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, SmallInteger, bindparam, insert, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from core.storage.database import ReadSession, WriteSession
from plugins.shikakeisan.closing.tables import closing, left_out, receipt, transfer
from plugins.shikakeisan.sql import IDS, present_row, there

# By the row, not by the moment: a revision whose transaction ends after this statement began has its place in
# the next close, whatever moment stands in it.
CLOSE = text("""
INSERT INTO shikakeisan.closed_revision (assessment_id, closing_id)
SELECT a.id, :closing FROM shikakeisan.assessment a
WHERE a.decided_at <= :cut_off
  AND NOT EXISTS (SELECT FROM shikakeisan.closed_revision c WHERE c.assessment_id = a.id)
""")
COUNTS = text("""
SELECT count(*) AS revisions, count(DISTINCT (a.tax_year, a.person_id)) AS people,
    count(*) FILTER (WHERE a.revision = 1) AS first_revisions,
    count(*) FILTER (WHERE a.payable > coalesce(b.payable, 0)) AS increased,
    count(*) FILTER (WHERE a.payable < coalesce(b.payable, 0)) AS decreased,
    count(*) FILTER (WHERE a.decided_at <= :previous) AS late,
    coalesce(sum(coalesce(b.payable, 0)), 0)::bigint AS payable_before,
    coalesce(sum(a.payable), 0)::bigint AS payable_after
FROM shikakeisan.closed_revision c
JOIN shikakeisan.assessment a ON a.id = c.assessment_id
LEFT JOIN shikakeisan.assessment b ON b.tax_year = a.tax_year AND b.person_id = a.person_id
    AND b.revision = a.revision - 1
WHERE c.closing_id = :closing
""")
# The last revision of each person within the closes of a file, beside the last one of the closes before.
# Looked up one by one: after a few files the server keeps one plan for any number of people, and as a join
# that plan ran into the time limit with 20,000 of them.
CHANGED = (
    text("""
SELECT to_jsonb(now) AS now, to_jsonb(before) AS before FROM unnest(:ids) AS who (person_id)
CROSS JOIN LATERAL (
    SELECT a.* FROM shikakeisan.assessment a JOIN shikakeisan.closed_revision c ON c.assessment_id = a.id
    WHERE a.tax_year = :tax_year AND a.person_id = who.person_id AND c.closing_id <= :last
    ORDER BY a.revision DESC LIMIT 1
) now
LEFT JOIN LATERAL (
    SELECT a.* FROM shikakeisan.assessment a JOIN shikakeisan.closed_revision c ON c.assessment_id = a.id
    WHERE a.tax_year = :tax_year AND a.person_id = who.person_id AND c.closing_id < :first
    ORDER BY a.revision DESC LIMIT 1
) before ON true
ORDER BY who.person_id
""")
    .bindparams(IDS, bindparam("tax_year", type_=SmallInteger))
    .columns(now=JSONB, before=JSONB)
)
CONCERNED = text("""
SELECT a.tax_year, a.person_id FROM shikakeisan.closed_revision c
JOIN shikakeisan.assessment a ON a.id = c.assessment_id WHERE c.closing_id BETWEEN :first AND :last
UNION
SELECT tax_year, person_id FROM shikakeisan.left_out WHERE transfer_id = :earlier
ORDER BY tax_year, person_id
""")
UNDER_WAY = text("""
SELECT EXISTS (SELECT FROM shikakeisan.run r JOIN shikakeisan.fiscal_year y USING (tax_year)
               WHERE r.kind = 'initial' AND r.ended_at = 'infinity' AND y.state = 'merged')
""")


async def last_close(session: ReadSession) -> Row[Any] | None:
    """Return the latest close."""
    found = await session.execute(select(closing).order_by(closing.c.id.desc()).limit(1))
    row: Row[Any] | None = found.one_or_none()
    return row


async def close_row(session: ReadSession, closing_id: int) -> Row[Any]:
    """Return a close. Raises NotFound."""
    return await present_row(session, closing, closing_id)


async def is_run_under_way(session: ReadSession) -> bool:
    """Tell whether a first assessment is half written."""
    return bool(await session.scalar(UNDER_WAY))


async def add_close(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write a close; what belongs to it comes with `take_revisions`."""
    number: int = (await session.execute(insert(closing).values(values).returning(closing.c.id))).scalar_one()
    return number


async def take_revisions(session: WriteSession, closing_id: int, cut_off: datetime) -> None:
    """Give the close every revision up to the cut-off that belongs to no other."""
    await session.execute(CLOSE, {"closing": closing_id, "cut_off": cut_off})


async def describe(session: WriteSession, closing_id: int, kind: str, counts: Mapping[str, int]) -> None:
    """Write down of which kind a new close is and what it holds."""
    statement = update(closing).where(closing.c.id == closing_id)
    await session.execute(statement.values(kind=kind, counts=counts))


async def counts_of(session: ReadSession, closing_id: int, previous: datetime) -> dict[str, int]:
    """Count and sum what belongs to a close; `late` were decided before the cut-off before it."""
    found = (await session.execute(COUNTS, {"closing": closing_id, "previous": previous})).one()
    return dict(found._mapping)


async def closes(session: ReadSession, before: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return closes, the newest first."""
    statement = select(closing).order_by(closing.c.id.desc()).limit(limit)
    return (
        await session.execute(statement if before is None else statement.where(closing.c.id < before))
    ).all()


async def first_close_after(session: ReadSession, closing_id: int) -> Row[Any] | None:
    """Return the close that follows one (0: the first of all)."""
    statement = select(closing).where(closing.c.id > closing_id).order_by(closing.c.id).limit(1)
    row: Row[Any] | None = (await session.execute(statement)).one_or_none()
    return row


async def concerned(session: ReadSession, first: int, last: int, earlier: int) -> Sequence[Row[Any]]:
    """Return who changed in the closes, and whom the file `earlier` had to leave out."""
    return (await session.execute(CONCERNED, {"first": first, "last": last, "earlier": earlier})).all()


async def changed(
    session: ReadSession, tax_year: int, person_ids: Sequence[int], first: int, last: int
) -> Sequence[Row[Any]]:
    """Return the last revision of each person up to the close `last`, and the last one before `first`."""
    parameters = {"tax_year": tax_year, "ids": list(person_ids), "first": first, "last": last}
    return (await session.execute(CHANGED, parameters)).all()


async def last_transfer(session: ReadSession, recipient: str, before: int | None = None) -> Row[Any] | None:
    """Return the recipient's latest file, or the latest before a sequence number."""
    statement = select(transfer).where(transfer.c.recipient == recipient)
    if before is not None:
        statement = statement.where(transfer.c.sequence < before)
    row: Row[Any] | None = (
        await session.execute(statement.order_by(transfer.c.sequence.desc()).limit(1))
    ).one_or_none()
    return row


async def transfer_row(session: ReadSession, recipient: str, sequence: int) -> Row[Any]:
    """Return a recipient's file. Raises NotFound."""
    statement = select(transfer).where(transfer.c.recipient == recipient, transfer.c.sequence == sequence)
    return there((await session.execute(statement)).one_or_none())


async def transfers(
    session: ReadSession, recipient: str | None, before: int | None, limit: int
) -> Sequence[Row[Any]]:
    """Return files, the newest first."""
    statement = select(transfer).order_by(transfer.c.id.desc()).limit(limit)
    if recipient is not None:
        statement = statement.where(transfer.c.recipient == recipient)
    return (
        await session.execute(statement if before is None else statement.where(transfer.c.id < before))
    ).all()


async def transfers_of(session: ReadSession, closing_id: int) -> Sequence[Row[Any]]:
    """Return the files that hold a close, by recipient."""
    holds = (transfer.c.first_closing_id <= closing_id) & (transfer.c.closing_id >= closing_id)
    return (await session.execute(select(transfer).where(holds).order_by(transfer.c.recipient))).all()


async def add_transfer(session: WriteSession, values: Mapping[str, Any]) -> int:
    """Write down a file that was made."""
    added = insert(transfer).values(values).returning(transfer.c.id)
    number: int = (await session.execute(added)).scalar_one()
    return number


async def add_left_out(session: WriteSession, transfer_id: int, people: Sequence[tuple[int, int]]) -> None:
    """Write down whom a file leaves out, as year and person."""
    rows = [(transfer_id, *one) for one in people]
    if rows:
        await session.copy(left_out, ("transfer_id", "tax_year", "person_id"), rows)


async def left_out_of(session: ReadSession, transfer_id: int) -> frozenset[tuple[int, int]]:
    """Return whom a file left out, as year and person."""
    statement = select(left_out.c.tax_year, left_out.c.person_id).where(left_out.c.transfer_id == transfer_id)
    return frozenset((row.tax_year, row.person_id) for row in await session.execute(statement))


async def add_receipt(session: WriteSession, values: Mapping[str, Any]) -> None:
    """Write down what a recipient said of a file."""
    await session.execute(insert(receipt).values(values))


async def last_receipts(session: ReadSession, transfer_ids: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return what recipients said last of files, by the file's id."""
    statement = (
        select(receipt)
        .ext(distinct_on(receipt.c.transfer_id))
        .where(receipt.c.transfer_id.in_(transfer_ids))
        .order_by(receipt.c.transfer_id, receipt.c.id.desc())
    )
    return {row.transfer_id: row for row in await session.execute(statement)}
