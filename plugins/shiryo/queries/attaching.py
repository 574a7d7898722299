"""Attaching by the set: which documents are next, and those whose number and name name one person."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Row,
    Select,
    SmallInteger,
    any_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.selectable import LateralFromClause

from core.storage.database import ReadSession, WriteSession
from core.work import Work
from plugins.atena.api import present_homes, present_names, present_numbers
from plugins.shiryo.queries.documents import IDS
from plugins.shiryo.queries.work_items import CORRECTION
from plugins.shiryo.tables import attachment, delivery, document, file, work_item

BY_NUMBER = 100
NEEDED = (
    *("id", "file_id", "sender_id", "tax_year", "my_number_index", "name", "kana", "birth_date", "address"),
    *("is_held", "superseded_by", "action", "name_key", "kana_key", "address_key"),
)
"""What deciding on one document takes."""
MOST = 1_000
"""Deliveries that are attached together; they have 14 documents on average."""
LAST = bindparam("last", type_=BigInteger)
AS_WRITTEN: ColumnElement[int] = literal_column("0")
"""An OFFSET that keeps a look-up one by an index for each row (see queries/documents.py)."""


async def ready_deliveries(session: ReadSession, limit: int) -> Sequence[int]:
    """Return the next accepted deliveries of senders of whom nothing is left to be read.

    As many as have `limit` records together, at least one, at most MOST. A correction comes from the same
    sender: what it supersedes is then never attached, however the intake was cut into steps.
    """
    other = delivery.alias("other")
    pending = exists().where(other.c.sender_id == delivery.c.sender_id, other.c.state == "received")
    records = select(func.sum(file.c.read_records)).where(file.c.delivery_id == delivery.c.id)
    ready = (
        select(delivery.c.id, func.coalesce(records.scalar_subquery(), 0))
        .where(delivery.c.state == "accepted", ~pending)
        .order_by(delivery.c.id)
        .limit(MOST)
    )
    ids: list[int] = []
    for delivery_id, count in (await session.execute(ready)).all():
        ids.append(delivery_id)
        limit -= count
        if limit <= 0:
            break
    return ids


async def next_documents(session: ReadSession, delivery_ids: Sequence[int], limit: int) -> int:
    """Return the id of the last of the documents of the deliveries that are next, at most `limit`."""
    of_file = (
        select(document.c.id)
        .where(document.c.file_id == file.c.id, document.c.id > delivery.c.attached_to)
        .order_by(document.c.id)
        .limit(limit)
        .lateral("of_file")
    )
    following = (
        select(of_file.c.id)
        .join_from(delivery, file, file.c.delivery_id == delivery.c.id)
        .join(of_file, true())
        .where(delivery.c.id == any_(IDS))
        .order_by(of_file.c.id)
        .limit(limit)
        .subquery()
    )
    found = select(func.coalesce(func.max(following.c.id), 0))
    last: int = (await session.execute(found, {"ids": delivery_ids})).scalar_one()
    return last


async def attach_certain(
    work: Work, delivery_ids: Sequence[int], last: int, ours: Collection[str], decided_by: str
) -> Sequence[Row[Any]]:
    """Attach the next documents up to `last` whose My Number one person holds who bears the name or reading.

    Only those who are taxed here on 1 January, as `matching.decide` says it; it decides on all others, which
    are returned in order.
    """
    wanted = _wanted().cte("wanted")
    held = _held(wanted)
    said, lived = _said(wanted, held), _lived(wanted, held)
    certain = (
        select(
            wanted.c.id,
            held.c.person_id,
            literal("my_number"),
            literal(BY_NUMBER, SmallInteger),
            _reasons(said, lived),
            literal(decided_by),
            literal(work.now, attachment.c.known_from.type),
        )
        .join_from(wanted, held, true())
        .join(said, true())
        .join(lived, true())
        .where(_is_certain(said, lived, ours))
        .order_by(wanted.c.id)
    )
    columns = ("document_id", "person_id", "method", "score", "reasons", "decided_by", "known_from")
    done = insert(attachment).from_select(columns, certain).returning(attachment.c.document_id).cte("done")
    # NOT IN is looked up in a table of what is done; without statistics the server would join row by row.
    is_left = wanted.c.id.not_in(select(done.c.document_id))
    rest = select(wanted).where(is_left).order_by(wanted.c.id)
    rows: Sequence[Any] = (await work.session.execute(rest, {"ids": delivery_ids, "last": last})).all()
    return rows


async def save_attached(session: WriteSession, delivery_ids: Sequence[int], last: int) -> None:
    """Note up to which document attaching has come; deliveries without a later one are attached."""
    later = (
        exists()
        .where(file.c.delivery_id == delivery.c.id, document.c.file_id == file.c.id, document.c.id > LAST)
        .correlate(delivery)
    )
    await session.execute(
        update(delivery)
        .where(delivery.c.id == any_(IDS))
        .values(attached_to=LAST, state=case((later, delivery.c.state), else_="attached")),
        {"ids": delivery_ids, "last": last},
    )


def _wanted() -> Select[Any]:
    """The documents of the deliveries behind those that were tried, with what deciding on them takes.

    Left out is what is held, what was superseded or decided on before anybody attached it, and 取消 itself.
    """
    of_file = (
        select(*(document.c[name] for name in NEEDED))
        .where(
            document.c.file_id == file.c.id,
            document.c.id > delivery.c.attached_to,
            document.c.id <= LAST,
            ~document.c.is_held,
            document.c.superseded_by.is_(None),
            document.c.action != "cancel",
            ~_is_decided(),
        )
        .offset(AS_WRITTEN)
        .lateral("of_file")
    )
    return (
        select(*of_file.c, file.c.delivery_id)
        .join_from(delivery, file, file.c.delivery_id == delivery.c.id)
        .join(of_file, true())
        .where(delivery.c.id == any_(IDS))
    )


def _is_decided() -> ColumnElement[bool]:
    """Whether officers decided on the document before its turn: what is not held has no item till then."""
    of_document = work_item.c.document_id == document.c.id, work_item.c.code != CORRECTION
    return select(work_item.c.id).where(*of_document).correlate(document).offset(AS_WRITTEN).exists()


def _held(wanted: CTE) -> LateralFromClause:
    """The one person who holds the number of a document."""
    number = present_numbers().subquery("number")
    first, last = (each(number.c.person_id).filter(number.c.is_present) for each in (func.min, func.max))
    return (
        select(first.label("person_id"))
        .where(number.c.blind_index == wanted.c.my_number_index)
        .having(first == last)
        .lateral("held")
    )


def _said(wanted: CTE, held: LateralFromClause) -> LateralFromClause:
    """What agrees between a document and all that its person ever bore."""
    name, stated = present_names().subquery("name"), wanted.c
    return (
        select(
            _any((name.c.name_key == stated.name_key) & (stated.name_key != "")).label("same_name"),
            _any((name.c.kana_key == stated.kana_key) & (stated.kana_key != "")).label("same_kana"),
            _any(name.c.birth_date == stated.birth_date).label("same_birth"),
            _any(name.c.kind == "resident").label("is_resident"),
        )
        .where(name.c.person_id == held.c.person_id)
        .lateral("said")
    )


def _lived(wanted: CTE, held: LateralFromClause) -> LateralFromClause:
    """Where its person lives on 1 January, and whether the stated address is that one or any other."""
    home, stated = present_homes().subquery("home"), wanted.c.address_key
    day = func.make_date(wanted.c.tax_year, 1, 1)
    is_home = (home.c.valid_from <= day) & (day < home.c.valid_to)
    rest = func.substr(stated, func.length(home.c.address_key) + 1)
    begins = func.starts_with(stated, home.c.address_key) & (home.c.address_key != "")
    agrees = begins & rest.op("!~", is_comparison=True)("^-?[0-9]")
    return (
        select(
            _any(agrees & is_home).label("at_home"),
            _any(agrees).label("at_any"),
            func.max(home.c.municipality_code).filter(is_home).label("municipality_code"),
        )
        .where(home.c.person_id == held.c.person_id)
        .lateral("lived")
    )


def _is_certain(
    said: LateralFromClause, lived: LateralFromClause, ours: Collection[str]
) -> ColumnElement[bool]:
    """Whether the person bears the name or the reading, and is taxed here."""
    is_here: ColumnElement[bool] = ~said.c.is_resident | lived.c.municipality_code.in_(sorted(ours))
    return (said.c.same_name | said.c.same_kana) & is_here


def _reasons(said: LateralFromClause, lived: LateralFromClause) -> ColumnElement[Any]:
    agreeing = array(
        [
            literal("MY_NUMBER"),
            case((said.c.same_name, "NAME")),
            case((said.c.same_kana, "KANA")),
            case((said.c.same_birth, "BIRTH_DATE")),
            case((lived.c.at_home, "ADDRESS"), (lived.c.at_any, "FORMER_ADDRESS")),
        ]
    )
    return func.array_remove(agreeing, None)


def _any(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.coalesce(func.bool_or(condition), literal(value=False))
