"""The people of a synthetic city whom the register's own files brought."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from core.storage.database import ReadSession
from plugins.atena.city.dealings import Party
from plugins.atena.history import FOREVER, OPEN
from plugins.atena.particulars import Kind
from plugins.atena.tables import address_revision, person, person_revision

_SAID, _AT = person_revision.c, address_revision.c
_PRESENT = (
    *(_SAID.known_to == OPEN, _SAID.valid_to == FOREVER, _SAID.death_date.is_(None)),
    *(_AT.person_id == _SAID.person_id, _AT.known_to == OPEN, _AT.valid_to == FOREVER),
)


async def settled(session: ReadSession) -> Sequence[Party]:
    """Return who lives, with a birth date and an address; nobody if no file was taken in."""
    statement = (
        select(
            *(_SAID.person_id, _SAID.name, _SAID.kana, _SAID.birth_date, _SAID.sex, _AT.valid_from),
            _SAID.kind == Kind.RESIDENT.value,
        )
        .where(*_PRESENT, _SAID.birth_date.is_not(None))
        .order_by(_SAID.person_id)
    )
    return [Party(*row) for row in await session.execute(statement)]


async def samples(session: ReadSession) -> Mapping[str, str]:
    """Return the first resident's 宛名番号, and the reading of the family name, for the queries to paste."""
    family = func.split_part(_SAID.kana, "　", 1)
    statement = (
        select(person.c.atena_number, family)
        .join(person_revision, _SAID.person_id == person.c.id)
        .join(address_revision, _AT.person_id == person.c.id)
        .where(*_PRESENT, _SAID.kind == Kind.RESIDENT.value)
        .order_by(person.c.id)
        .limit(1)
    )
    return {
        name: str(value)
        for row in await session.execute(statement)
        for name, value in zip(("person", "kana"), row, strict=True)
    }
