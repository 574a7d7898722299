"""Registering and correcting by GraphQL. Each answers with the object as it stands afterwards."""

from datetime import date
from typing import Annotated

import strawberry

from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import door
from plugins.atena.graphql.common import person_after
from plugins.atena.graphql.inputs import (
    FRAME,
    INPUT,
    NEW_FRAME,
    CorrectEmployerInput,
    CorrectPersonInput,
    RegisterEmployerInput,
    RegisterNonResidentInput,
    address_of,
    items_of,
    new_person,
)
from plugins.atena.graphql.types import Employer, Person
from plugins.atena.history import FOREVER, Span
from plugins.atena.permissions import EMPLOYER_WRITE, PERSON_WRITE
from plugins.atena.queries.employers import find_employer
from plugins.atena.queries.persons import Moment
from plugins.atena.service import employers, persons
from plugins.atena.service.persons import PersonChange


@strawberry.type
class AtenaMutation:
    """What changes 宛名."""

    @door(
        PERSON_WRITE,
        "住登外者を登録し、宛名番号を付番する。同一人の候補は、すべて別人と明示するまで登録されない",
    )
    async def register_non_resident(
        self, info: Info, given: Annotated[RegisterNonResidentInput, INPUT]
    ) -> Person:
        """Register a 住登外者."""
        work = info.context.work
        change = new_person(given, work.today)
        number = await persons.register_non_resident(work, change, given.not_the_same_as)
        return await person_after(info, number, change.span.valid_from)

    @door(PERSON_WRITE, "個人の内容を訂正する。訂正前の内容は履歴に残る")
    async def correct_person(self, info: Info, given: Annotated[CorrectPersonInput, INPUT]) -> Person:
        """Change what is said about a person."""
        change = PersonChange(_span(given), items_of(given, *FRAME), address_of(given.address))
        await persons.correct_person(info.context.work, given.atena_number, given.expected_version, change)
        return await person_after(info, given.atena_number, given.valid_from)

    @door(
        EMPLOYER_WRITE,
        "事業所を登録し、指定番号を付番する。同じ事業所の候補は、すべて別と明示するまで登録されない",
    )
    async def register_employer(self, info: Info, given: Annotated[RegisterEmployerInput, INPUT]) -> Employer:
        """Register an employer."""
        work = info.context.work
        span = Span(given.valid_from or work.today)
        items = items_of(given, *NEW_FRAME)
        others = given.not_the_same_as
        number = await employers.register_employer(work, given.designation_number, span, items, others)
        return await _employer(info, number, span.valid_from)

    @door(EMPLOYER_WRITE, "事業所の内容を訂正する。訂正前の内容は履歴に残る")
    async def correct_employer(self, info: Info, given: Annotated[CorrectEmployerInput, INPUT]) -> Employer:
        """Change what is said about an employer."""
        items = items_of(given, *(name for name in FRAME if name != "address"))
        number = given.designation_number
        await employers.correct_employer(
            info.context.work, number, given.expected_version, _span(given), items
        )
        return await _employer(info, number, given.valid_from)


def _span(source: CorrectPersonInput | CorrectEmployerInput) -> Span:
    return Span(source.valid_from, source.valid_to or FOREVER)


async def _employer(info: Info, number: str, valid_from: date) -> Employer:
    moment = Moment(max(valid_from, info.context.clock.today()))
    row = await find_employer(info.context.write, number, moment)
    if row is None:
        raise NotFound
    return Employer.of(row)
