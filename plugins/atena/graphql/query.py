"""Looking up persons and employers by GraphQL."""

from dataclasses import asdict
from datetime import date, datetime

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, Page, connection, page_of
from plugins.atena.graphql.inputs import EmployerSearchInput, PersonSearchInput
from plugins.atena.graphql.types import Employer, Person, sees_protected
from plugins.atena.history import LATEST
from plugins.atena.permissions import EMPLOYER, PERSON
from plugins.atena.queries.employers import find_employer, search_employers
from plugins.atena.queries.persons import Moment, find_person, search_persons
from plugins.atena.service.search import Wanted, employer_search, person_search
from plugins.atena.vault.keyring import open_keyring

CURSOR = (int,)


@strawberry.type
class AtenaQuery:
    """What may be looked up in 宛名."""

    @door(PERSON, "宛名番号の個人。asOfは基準日（省略すると今日）、asKnownAtは当時の登録内容を見る日時")
    async def person(
        self, info: Info, atena_number: str, as_of: date | None = None, as_known_at: datetime | None = None
    ) -> Person | None:
        """Return one person, or null if there is none or nothing was known then."""
        moment = _moment(info, as_of, as_known_at)
        row = await find_person(info.context.read, atena_number, moment)
        return Person.of(row, moment) if row is not None else None

    @door(PERSON, "個人を探す。読み仮名（氏名、住所で探すときは氏名、住所）の順")
    async def search_persons(
        self,
        info: Info,
        search: PersonSearchInput,
        as_of: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Person]:
        """Return a page of the persons that fit all conditions."""
        page = page_of(info, first, after, CURSOR)
        moment = _moment(info, as_of)
        wanted = Wanted(**asdict(search))
        context = info.context
        hidden_on = None if sees_protected(info) else context.clock.today()
        conditions = person_search(wanted, lambda: open_keyring(context.settings), hidden_on)
        rows = await search_persons(context.read, conditions, moment, page.size + 1, _behind(page))
        return connection(
            rows, page, node=lambda row: Person.of(row, moment), key=lambda row: (row.order_id,)
        )

    @door(EMPLOYER, "指定番号の事業所。asOf、asKnownAtは個人と同じ")
    async def employer(
        self,
        info: Info,
        designation_number: str,
        as_of: date | None = None,
        as_known_at: datetime | None = None,
    ) -> Employer | None:
        """Return one employer, or null if there is none or nothing was known then."""
        moment = _moment(info, as_of, as_known_at)
        row = await find_employer(info.context.read, designation_number, moment)
        return Employer.of(row) if row is not None else None

    @door(EMPLOYER, "事業所を探す。読み仮名（名称で探すときは名称）の順")
    async def search_employers(
        self,
        info: Info,
        search: EmployerSearchInput,
        as_of: date | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Employer]:
        """Return a page of the employers that fit all conditions."""
        page = page_of(info, first, after, CURSOR)
        number, corporate = search.designation_number, search.corporate_number
        wanted = Wanted(number, search.name, search.kana, corporate_number=corporate)
        moment = _moment(info, as_of)
        rows = await search_employers(
            info.context.read, employer_search(wanted), moment, page.size + 1, _behind(page)
        )
        return connection(rows, page, node=Employer.of, key=_cursor)


def _moment(info: Info, as_of: date | None, as_known_at: datetime | None = None) -> Moment:
    return Moment(as_of or info.context.clock.today(), as_known_at or LATEST)


def _behind(page: Page) -> int | None:
    return None if page.after is None else int(str(page.after[0]))


def _cursor(row: Row[int]) -> tuple[object, ...]:
    return (row.revision_id,)
