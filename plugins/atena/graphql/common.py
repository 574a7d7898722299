"""What resolvers have in common: the work under way, a person as of a day, and what is hidden of whom."""

from datetime import date

from core.errors import NotFound
from core.graphql.context import Info
from plugins.atena.graphql.loaders import HiddenByPerson, PersonByKey, PersonKey
from plugins.atena.graphql.types import Person, sees_protected
from plugins.atena.queries.persons import Moment, find_person


async def person_after(info: Info, number: str, valid_from: date | None = None) -> Person:
    """Read a person back as of today, or of the day from which a change holds if that is later."""
    today = info.context.clock.today()
    moment = Moment(max(valid_from or today, today))
    row = await find_person(info.context.write, number, moment)
    if row is None:
        raise NotFound
    return Person.of(row, moment)


async def person_on(info: Info, person_id: int, day: date) -> Person | None:
    """Return a person as of a day, together with all others asked for at the same time."""
    moment = Moment(day)
    row = await info.context.loader(PersonByKey).load(PersonKey(person_id, moment))
    return None if row is None else Person.of(row, moment)


async def person_today(info: Info, person_id: int) -> Person | None:
    """Return a person as of today."""
    return await person_on(info, person_id, info.context.clock.today())


async def is_hidden(info: Info, person_id: int) -> bool:
    """Tell whether a 支援措置 of today hides from who asks where a person lives."""
    return not sees_protected(info) and await info.context.loader(HiddenByPerson).load_today(info, person_id)
