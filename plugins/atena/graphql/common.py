"""What the mutations of 宛名 have in common: the work under way, and the person as it stands afterwards."""

from datetime import date

from core.errors import NotFound
from core.graphql.context import Info
from plugins.atena.graphql.types import Person
from plugins.atena.queries.persons import Moment, find_person
from plugins.atena.service.work import Work


def work_of(info: Info) -> Work:
    """Return what a service needs to change something."""
    context = info.context
    return Work(context.write, context.journal, context.clock.now(), context.clock.today())


async def person_after(info: Info, number: str, valid_from: date | None = None) -> Person:
    """Read a person back as of today, or of the day from which a change holds if that is later."""
    today = info.context.clock.today()
    moment = Moment(max(valid_from or today, today))
    row = await find_person(info.context.write, number, moment)
    if row is None:
        raise NotFound
    return Person.of(row, moment)
