"""Finding and reading persons and their addresses."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Row,
    Select,
    Table,
    and_,
    any_,
    bindparam,
    column,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession, WriteSession
from plugins.atena.history import LATEST
from plugins.atena.partial_date import PartialDate
from plugins.atena.queries.hidden import hidden_on
from plugins.atena.queries.history import begins, comes_after, holds, known, said_in
from plugins.atena.tables import (
    address_revision,
    my_number,
    non_resident_serial,
    person,
    person_revision,
)

revision = person_revision.c


class Moment(NamedTuple):
    """A place on the two clocks: what holds on the day `as_of`, as we knew it at `as_known_at`."""

    as_of: date
    as_known_at: datetime = LATEST


class AddressKey(NamedTuple):
    """Whose addresses, as known when."""

    person_id: int
    as_known_at: datetime


@dataclass(frozen=True)
class PersonSearch:
    """What a person is looked for by; all that is given must fit. Keys are folded (search_keys.py).

    `hidden_on` leaves out those whose address is hidden on that day, for searches by address.
    """

    atena_number: str | None = None
    name_key: str | None = None
    kana_key: str | None = None
    birth: PartialDate | None = None
    blind_indexes: Sequence[bytes] = ()
    address_key: str | None = None
    town_key: str | None = None
    hidden_on: date | None = None

    @property
    def by_address(self) -> bool:
        """Whether the address of the day decides; then persons whose address is hidden must stay unfound."""
        return self.address_key is not None or self.town_key is not None


async def add_person(session: WriteSession, atena_number: str, at: datetime) -> int:
    """Make a person; what is said about them goes into the revision tables."""
    row = {"atena_number": atena_number, "changed_at": at}
    added: int = (await session.execute(insert(person).values(row).returning(person.c.id))).scalar_one()
    return added


async def next_serials(session: WriteSession, count: int = 1) -> Sequence[int]:
    """Take the next serials for the numbers of 住登外者."""
    each = func.generate_series(1, count).table_valued("number")
    return (await session.scalars(select(non_resident_serial.next_value()).select_from(each))).all()


async def find_person(session: ReadSession, atena_number: str, moment: Moment) -> Row[Any] | None:
    """Return one person as of a moment, or None."""
    found = await session.execute(_persons(moment).where(person.c.atena_number == atena_number))
    row: Row[Any] | None = found.one_or_none()
    return row


async def persons_by_id(session: ReadSession, ids: Sequence[int], moment: Moment) -> Mapping[int, Row[Any]]:
    """Return persons as of a moment by their ids."""
    found = await session.execute(_persons(moment).where(person.c.id.in_(ids)))
    return {row.id: row for row in found}


async def ids_of(session: ReadSession, atena_numbers: Sequence[str]) -> Mapping[str, int]:
    """Return the ids of persons by their numbers."""
    numbered = select(person.c.atena_number, person.c.id).where(person.c.atena_number.in_(atena_numbers))
    return {row.atena_number: row.id for row in await session.execute(numbered)}


async def numbers_of(session: ReadSession, ids: Sequence[int]) -> Mapping[int, str]:
    """Return the numbers of persons by their ids."""
    asked = person.c.id == any_(literal(list(ids), ARRAY(BigInteger)))
    rows = await session.execute(
        select(person.c.id, person.c.atena_number).where(asked).order_by(person.c.id)
    )
    return {row.id: row.atena_number for row in rows}


async def kind_of(session: ReadSession, person_id: int, moment: Moment) -> str | None:
    """Return whether the person is a resident on that day."""
    held = and_(revision.person_id == person_id, *_at(moment))
    kind: str | None = await session.scalar(select(revision.kind).where(held))
    return kind


async def search_persons(
    session: ReadSession, search: PersonSearch, moment: Moment, limit: int, after: int | None
) -> Sequence[Row[Any]]:
    """Return up to `limit` persons in the order of what is asked for, behind the row with that `order_id`."""
    table, order = _order(search)
    statement = _persons(moment).add_columns(table.c.id.label("order_id")).where(*_conditions(search))
    if search.by_address:
        statement = statement.join(address_revision, address_revision.c.person_id == person.c.id).where(
            holds(address_revision, moment.as_of), known(address_revision, moment.as_known_at)
        )
    if after is not None:
        statement = statement.where(comes_after(table, order, after))
    rows: Sequence[Row[Any]] = (await session.execute(statement.order_by(*order).limit(limit))).all()
    return rows


async def addresses_by_person(
    session: ReadSession, keys: Sequence[AddressKey]
) -> Mapping[AddressKey, list[Row[Any]]]:
    """Return the addresses of each key, in the order of validity."""
    asked = {"ids": [key.person_id for key in keys], "moments": [key.as_known_at for key in keys]}
    found: defaultdict[AddressKey, list[Row[Any]]] = defaultdict(list)
    for row in await session.execute(ADDRESSES, asked):
        found[AddressKey(row.person_id, row.as_known_at)].append(row)
    return found


def _addresses() -> Select[Any]:
    table = address_revision.c
    asked = (
        func.unnest(
            bindparam("ids", type_=ARRAY(BigInteger)),
            bindparam("moments", type_=ARRAY(DateTime(timezone=True))),
        )
        .table_valued(column("person_id", BigInteger), column("at", DateTime(timezone=True)))
        .render_derived(name="asked")
    )
    return (
        select(address_revision, asked.c.at.label("as_known_at"))
        .join(asked, table.person_id == asked.c.person_id)
        .where(table.known_from <= asked.c.at, asked.c.at < table.known_to)
        .order_by(table.valid_from)
    )


ADDRESSES = _addresses()
"""Made once: building a statement costs as much as a small query."""


def _persons(moment: Moment) -> Select[Any]:
    columns = (person.c.id, person.c.atena_number, person.c.version, revision.id.label("revision_id"))
    frame = (revision.valid_from, revision.valid_to, revision.known_from)
    said = said_in(person_revision)
    joined = person.join(person_revision, revision.person_id == person.c.id)
    return select(*columns, *frame, *said).select_from(joined).where(*_at(moment))


def _at(moment: Moment) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return holds(person_revision, moment.as_of), known(person_revision, moment.as_known_at)


def _conditions(search: PersonSearch) -> list[ColumnElement[bool]]:
    conditions = []
    if search.atena_number is not None:
        conditions.append(person.c.atena_number == search.atena_number)
    if search.name_key is not None:
        conditions.append(begins(revision.name_key, search.name_key))
    if search.kana_key is not None:
        conditions.append(begins(revision.kana_key, search.kana_key))
    if search.birth is not None:
        conditions.append(_born(search.birth))
    if search.blind_indexes:
        holders = select(my_number.c.person_id).where(
            my_number.c.blind_index.in_(search.blind_indexes), known(my_number, LATEST)
        )
        conditions.append(person.c.id.in_(holders))
    return [*conditions, *_places(search)]


def _places(search: PersonSearch) -> list[ColumnElement[bool]]:
    asked = {"address_key": search.address_key, "town_key": search.town_key}
    conditions = [begins(address_revision.c[name], key) for name, key in asked.items() if key is not None]
    if search.hidden_on is not None:
        conditions.append(person.c.id.not_in(hidden_on(search.hidden_on)))
    return conditions


def _born(birth: PartialDate) -> ColumnElement[bool]:
    """Within the days asked for, or so vaguely known that it may be."""
    inside = revision.birth_date.between(birth.first, birth.last)
    vaguer = [
        and_(revision.birth_date == other.first, revision.birth_precision == other.precision.value)
        for other in birth.may_be()[1:]
    ]
    return or_(inside, *vaguer)


def _order(search: PersonSearch) -> tuple[Table, tuple[Column[str], Column[int]]]:
    """An address has its own order: of many that begin alike, a page is read without sorting them all."""
    if search.by_address:
        key = (
            address_revision.c.address_key if search.address_key is not None else address_revision.c.town_key
        )
        return address_revision, (key, address_revision.c.person_id)
    by_name = search.name_key is not None and search.kana_key is None
    return person_revision, ((revision.name_key if by_name else revision.kana_key), revision.person_id)
