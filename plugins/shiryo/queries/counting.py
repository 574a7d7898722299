"""The documents that count in a year, for whole ranges of persons: what the merge asks for.

A document that is attached to another number of somebody (関連宛名) is theirs: it counts for the primary.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    SmallInteger,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    text,
)

from core.storage.database import ReadSession
from plugins.atena.api import Among, ids_between, linked_around, one_of, primaries_of, relinked_since
from plugins.shiryo.queries.documents import INFINITY
from plugins.shiryo.tables import attachment, delivery, document, file, sender

# Attachments begun or ended, documents superseded, and whatever two people decided of a document.
TOUCHED = text("""
SELECT a.person_id FROM shiryo.attachment a JOIN shiryo.document d ON d.id = a.document_id
WHERE d.tax_year = :tax_year
  AND (a.known_from > :since OR (a.known_to > :since AND a.known_to < 'infinity'))
UNION
SELECT a.person_id FROM shiryo.attachment a JOIN shiryo.document d ON d.id = a.document_id
WHERE d.tax_year = :tax_year AND d.superseded_by IS NOT NULL AND d.superseded_at > :since
UNION
SELECT a.person_id FROM shiryo.attachment a JOIN shiryo.work_item w ON w.document_id = a.document_id
WHERE w.tax_year = :tax_year AND w.closed_at > :since
ORDER BY person_id
""").bindparams(bindparam("tax_year", type_=SmallInteger))


async def of_persons(session: ReadSession, tax_year: int, person_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """Return what counts for these persons, by person and document."""
    return await _counting(session, tax_year, one_of(person_ids))


async def between(session: ReadSession, tax_year: int, first: int, last: int) -> Sequence[Row[Any]]:
    """Return what counts for the persons of a range of ids, both ends with it."""
    return await _counting(session, tax_year, ids_between(first, last))


async def touched(session: ReadSession, tax_year: int, since: datetime) -> Sequence[int]:
    """Return, in order, whose counting documents changed after `since`; a link changes them, too."""
    found = set((await session.scalars(TOUCHED, {"tax_year": tax_year, "since": since})).all())
    primaries = await primaries_of(session, sorted(found))
    return sorted({*found, *primaries.values(), *await relinked_since(session, since)})


def by_person(tax_year: int) -> Select[Any]:
    """Select person, kind and amounts of every document that counts."""
    return (
        select(attachment.c.person_id, document.c.kind, document.c.amounts)
        .join(document, document.c.id == attachment.c.document_id)
        .join(file, file.c.id == document.c.file_id)
        .join(delivery, delivery.c.id == file.c.delivery_id)
        .where(*_that_count(tax_year))
    )


def _that_count(tax_year: int) -> Sequence[ColumnElement[bool]]:
    return (
        attachment.c.known_to == INFINITY,
        document.c.tax_year == tax_year,
        document.c.superseded_at == INFINITY,
        document.c.action != "cancel",
        ~document.c.is_held,
        delivery.c.accepted_at < INFINITY,
    )


async def _counting(session: ReadSession, tax_year: int, among: Among) -> Sequence[Row[Any]]:
    primaries = await linked_around(session, among)
    owner: ColumnElement[int] = attachment.c.person_id
    wanted = among(owner)
    if primaries:
        wanted = or_(wanted, one_of(list(primaries))(owner))
        theirs = {person_id: literal(primary, BigInteger) for person_id, primary in primaries.items()}
        owner = case(theirs, value=owner, else_=owner)
        wanted = and_(wanted, among(owner))
    statement = (
        select(
            document.c.id,
            owner.label("person_id"),
            document.c.kind,
            document.c.tax_year,
            document.c.birth_date,
            document.c.amounts,
            document.c.sender_id,
            sender.c.code.label("sender_code"),
            document.c.record_key,
            document.c.action,
            delivery.c.accepted_at,
            document.c["items"],
            document.c.relatives,
        )
        .select_from(attachment)
        .join(document, document.c.id == attachment.c.document_id)
        .join(file, file.c.id == document.c.file_id)
        .join(delivery, delivery.c.id == file.c.delivery_id)
        .join(sender, sender.c.id == document.c.sender_id)
        .where(wanted, *_that_count(tax_year))
        .order_by(owner, document.c.id)
    )
    rows: Sequence[Any] = (await session.execute(statement)).all()
    return rows
