"""Who may be registered already, shown before a new number is given, by GraphQL."""

from typing import Annotated

import strawberry

from core.graphql.context import Info
from core.graphql.fields import OPEN, Structure, column, door
from plugins.atena.graphql.inputs import (
    INPUT,
    NEW_FRAME,
    RegisterEmployerInput,
    RegisterNonResidentInput,
    items_of,
    new_person,
)
from plugins.atena.graphql.links import SamenessReason, sameness_shown
from plugins.atena.graphql.loaders import PersonByKey, PersonKey
from plugins.atena.graphql.types import Employer, Person
from plugins.atena.history import Span
from plugins.atena.permissions import EMPLOYER_WRITE, PERSON_WRITE
from plugins.atena.queries.persons import Moment
from plugins.atena.service import employers, persons


@strawberry.type(description="登録しようとしている個人と同一人の候補")
class RegistrationCandidate(Structure):
    """Somebody who may be the one to be registered."""

    person: Person = column(OPEN, "登録済みの個人（今日の時点）")
    score: int = column(PERSON_WRITE, "点数（0から100）")
    enough: bool = column(PERSON_WRITE, "同一人と判断する根拠として足りるか")
    reasons: list[SamenessReason] = column(PERSON_WRITE, "理由")


@strawberry.type
class RegistrationQuery:
    """Candidates before a registration."""

    @door(PERSON_WRITE, "住登外者を登録する前に確認する、同一人の候補（点数の高い順）")
    async def non_resident_candidates(
        self, info: Info, given: Annotated[RegisterNonResidentInput, INPUT]
    ) -> list[RegistrationCandidate]:
        """Return who shares two of name, reading and birth date."""
        context = info.context
        today, moment = context.clock.today(), Moment(context.clock.today())
        shown = []
        for found in await persons.candidates_for(context.read, new_person(given, today), today):
            row = await context.loader(PersonByKey).load(PersonKey(found.person_id, moment))
            if row is not None:
                outcome = await sameness_shown(info, found.sameness, found.person_id)
                shown.append(
                    RegistrationCandidate(
                        person=Person.of(row, moment),
                        score=outcome.score,
                        enough=outcome.enough,
                        reasons=[SamenessReason[reason.name] for reason in outcome.reasons],
                    )
                )
        return shown

    @door(EMPLOYER_WRITE, "事業所を登録する前に確認する、同じ法人番号または名称の事業所")
    async def employer_candidates(
        self, info: Info, given: Annotated[RegisterEmployerInput, INPUT]
    ) -> list[Employer]:
        """Return who has the 法人番号 or the name."""
        span = Span(given.valid_from or info.context.clock.today())
        rows = await employers.candidates_for(info.context.read, span, items_of(given, *NEW_FRAME))
        return [Employer.of(row) for row in rows]
