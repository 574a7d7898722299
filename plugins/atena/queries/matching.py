"""Looking up many persons at once, for those who must tell whose a document is: one statement a question."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Date, LargeBinary, Row, Text, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import any_, column

from core.storage.database import ReadSession
from plugins.atena.history import LATEST
from plugins.atena.queries.history import known
from plugins.atena.tables import address_revision, my_number, person_revision

revision = person_revision.c
SPAN = ("person_id", "valid_from", "valid_to")
NAMES = (*SPAN, "kind", "name_key", "kana_key", "birth_date", "death_date")
HOMES = (*SPAN, "municipality_code", "address_key")


class Particulars(NamedTuple):
    """What a document says of a person: folded name and reading ("" if unknown), and birth date."""

    name_key: str
    kana_key: str
    birth_date: date | None


@dataclass
class Likeness:
    """What the register knows of one person that a document may be compared with.

    Names are all that the person ever bore. `municipality_code` and `address_key` are those of the day asked
    for, None if no address held on it; `address_keys` are all, the earlier ones too. `lives_here`: a living
    resident on the day asked for.
    """

    person_id: int
    is_resident: bool = False
    name_keys: set[str] = field(default_factory=set)
    kana_keys: set[str] = field(default_factory=set)
    birth_dates: set[date] = field(default_factory=set)
    municipality_code: str | None = None
    address_key: str | None = None
    address_keys: set[str] = field(default_factory=set)
    has_my_number: bool = False
    lives_here: bool = False


async def holders(session: ReadSession, indexes: Sequence[bytes]) -> Mapping[bytes, set[int]]:
    """Return who holds or held the numbers with these blind indexes."""
    asked = bindparam("indexes", type_=ARRAY(LargeBinary))
    statement = select(my_number.c.blind_index, my_number.c.person_id).where(
        my_number.c.blind_index == any_(asked), known(my_number, LATEST)
    )
    found: defaultdict[bytes, set[int]] = defaultdict(set)
    for row in await session.execute(statement, {"indexes": list(indexes)}):
        found[row.blind_index].add(row.person_id)
    return found


async def alike(session: ReadSession, wanted: Sequence[Particulars]) -> Mapping[int, set[int]]:
    """Return, by position in `wanted`, who shares two of name or reading and birth date, or both names.

    Nobody is found by a birth date alone or a name alone.
    """
    asked = (
        func.unnest(
            bindparam("positions", type_=ARRAY(BigInteger)),
            bindparam("names", type_=ARRAY(Text)),
            bindparam("kanas", type_=ARRAY(Text)),
            bindparam("births", type_=ARRAY(Date)),
        )
        .table_valued(
            column("position", BigInteger),
            column("name_key", Text),
            column("kana_key", Text),
            column("birth_date", Date),
        )
        .render_derived(name="asked")
    )
    same_name = (revision.name_key == asked.c.name_key) & (asked.c.name_key != "")
    same_kana = (revision.kana_key == asked.c.kana_key) & (asked.c.kana_key != "")
    same_birth = revision.birth_date == asked.c.birth_date
    statement = select(asked.c.position, revision.person_id).join_from(
        asked,
        person_revision,
        or_(same_kana & (same_birth | same_name), same_name & same_birth) & known(person_revision, LATEST),
    )
    parameters = {
        "positions": list(range(len(wanted))),
        "names": [each.name_key for each in wanted],
        "kanas": [each.kana_key for each in wanted],
        "births": [each.birth_date for each in wanted],
    }
    found: defaultdict[int, set[int]] = defaultdict(set)
    for row in await session.execute(statement, parameters):
        found[row.position].add(row.person_id)
    return found


async def likenesses(session: ReadSession, person_ids: Iterable[int], as_of: date) -> Mapping[int, Likeness]:
    """Return what is known of these persons, with the address that held on the day `as_of`."""
    ids = list(person_ids)
    found = {person_id: Likeness(person_id) for person_id in ids}
    for row in await session.execute(_present(person_revision, NAMES), {"ids": ids}):
        _add_names(found[row.person_id], row, as_of)
    for row in await session.execute(_present(address_revision, HOMES), {"ids": ids}):
        _add_address(found[row.person_id], row, as_of)
    for person_id in await session.scalars(_present(my_number, ("person_id",)), {"ids": ids}):
        found[person_id].has_my_number = True
    return found


def _present(table: Any, names: Sequence[str]) -> Any:
    asked = bindparam("ids", type_=ARRAY(BigInteger))
    columns = (table.c[name] for name in names)
    return select(*columns).where(table.c.person_id == any_(asked), known(table, LATEST))


def _add_names(person: Likeness, row: Row[Any], as_of: date) -> None:
    is_resident = row.kind == "resident"
    person.is_resident = person.is_resident or is_resident
    if is_resident and row.death_date is None and row.valid_from <= as_of < row.valid_to:
        person.lives_here = True
    person.name_keys.add(row.name_key)
    person.kana_keys.add(row.kana_key)
    if row.birth_date is not None:
        person.birth_dates.add(row.birth_date)


def _add_address(person: Likeness, row: Row[Any], as_of: date) -> None:
    person.address_keys.add(row.address_key)
    if row.valid_from <= as_of < row.valid_to:
        person.municipality_code = row.municipality_code
        person.address_key = row.address_key
