"""Looking up assessments, their history, and who is undecided."""

from datetime import date, datetime, time, timedelta

import strawberry

from core.clock import JAPAN
from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import LATEST, Person, person_id_of, person_ids
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.graphql.loaders import AssessmentsByPerson
from plugins.shikakeisan.assessment.graphql.types import Assessment, UndecidedGround
from plugins.shikakeisan.base.graphql.common import BY_ID, after_id
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.permissions import ASSESSMENT


@strawberry.type
class AssessmentQuery:
    """What may be looked up of decided tax."""

    @door(ASSESSMENT, "個人の賦課決定。asOfの日に有効で、asKnownAtまでに記録された版")
    async def assessment(
        self,
        info: Info,
        tax_year: FiscalYear,
        atena_number: str,
        as_of: date | None = None,
        as_known_at: datetime | None = None,
    ) -> Assessment | None:
        """Return the revision in force; null if nothing was decided by then."""
        ids = list((await person_ids(info.context.read, [atena_number])).values())
        known_at = _known_at(as_of, as_known_at)
        rows = await queries.assessments_as_of(info.context.read, tax_year, ids, known_at)
        return next((Assessment.of(row) for row in rows.values()), None)

    @door(ASSESSMENT, "個人の賦課決定のすべての版（古い順）")
    async def assessment_history(
        self, info: Info, tax_year: FiscalYear, atena_number: str
    ) -> list[Assessment]:
        """Return all revisions of a year."""
        await opened_year(info.context.read, tax_year)
        person_id = await person_id_of(info.context.read, atena_number)
        rows = await queries.history(info.context.read, tax_year, person_id)
        return [Assessment.of(row) for row in rows]

    @door(ASSESSMENT, "未決定の者の一覧")
    async def undecided_assessments(
        self,
        info: Info,
        tax_year: FiscalYear,
        ground: UndecidedGround | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Assessment]:
        """Return a page of who is undecided."""
        await opened_year(info.context.read, tax_year)
        page = page_of(info, first, after, BY_ID)
        wanted = None if ground is None else str(ground.value)
        rows = await queries.undecided(info.context.read, tax_year, wanted, after_id(page), page.size + 1)
        return connection(rows, page, node=Assessment.of, key=lambda row: (row.person_id,))


@strawberry.type
class PersonAssessments:
    """Fields of a person about their decided tax."""

    @door(ASSESSMENT, "賦課決定（年度の順）。基準日時に有効な版")
    async def assessments(self, person: strawberry.Parent[Person], info: Info) -> list[Assessment]:
        """Return the revisions in force at the person's moment."""
        key = (person.id, person.moment.as_known_at)
        return [Assessment.of(row) for row in await info.context.loader(AssessmentsByPerson).load(key)]


def _known_at(as_of: date | None, as_known_at: datetime | None) -> datetime:
    """Return the moment on the one clock of decisions: what was in force at the end of the day, as known."""
    known_at = as_known_at or LATEST
    if as_of is None or as_of >= LATEST.date():
        return known_at
    end = datetime.combine(as_of + timedelta(days=1), time(), JAPAN) - timedelta(microseconds=1)
    return min(known_at, end)
