"""The person whom a document is attached to, or may belong to, through 宛名's own door."""

from collections.abc import Mapping, Sequence
from datetime import date

import strawberry

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from plugins.atena.api import Moment, Person, persons_by_id, sees_protected
from plugins.shiryo.permissions import DOCUMENT
from plugins.shiryo.service.hiding import hidden_among


class PersonById(Loader[tuple[int, date], Person | None]):
    """A person by id as of a day."""

    missing: Person | None = None

    async def fetch(self, keys: Sequence[tuple[int, date]]) -> Mapping[tuple[int, date], Person | None]:
        """Return the persons with one statement for each day (one request shows one day)."""
        found: dict[tuple[int, date], Person | None] = {}
        for day in {day for _, day in keys}:
            ids = [person_id for person_id, asked in keys if asked == day]
            people = await persons_by_id(self.session, ids, Moment(day))
            found.update({(person_id, day): person for person_id, person in people.items()})
        return found


class HidesPlaces(Loader[tuple[int, date], bool]):
    """Whether a document may be about somebody whose address must not be shown on a day."""

    missing = False

    async def fetch(self, keys: Sequence[tuple[int, date]]) -> Mapping[tuple[int, date], bool]:
        """Return those of which it must not (one request shows one day)."""
        found: dict[tuple[int, date], bool] = {}
        for day in {day for _, day in keys}:
            ids = [document_id for document_id, asked in keys if asked == day]
            found.update({(each, day): True for each in await hidden_among(self.session, ids, day)})
        return found


async def hides_places(info: Info, document_id: int) -> bool:
    """Tell whether a 支援措置 of today hides from who asks where a document says that somebody lives."""
    today = info.context.clock.today()
    return not sees_protected(info) and await info.context.loader(HidesPlaces).load((document_id, today))


async def person(info: Info, person_id: int) -> Person | None:
    """Return a person as of today."""
    return await info.context.loader(PersonById).load((person_id, info.context.clock.today()))


@strawberry.type(description="名寄せの候補者")
class Candidate:
    """A person whom a document may belong to."""

    person_id: strawberry.Private[int]
    score: int = column(DOCUMENT, "一致の点数（100が個人番号による一致）")
    reasons: list[str] = column(DOCUMENT, "一致した項目（MY_NUMBER、NAME、KANA、BIRTH_DATE、ADDRESSなど）")

    @door(DOCUMENT, "候補者")
    async def person(self, info: Info) -> Person | None:
        """Return the person; null if nothing holds of them today."""
        return await person(info, self.person_id)
