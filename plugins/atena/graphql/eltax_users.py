"""eLTAX user ids by GraphQL: of a person, of an employer, and from the id to its holder."""

from datetime import date
from typing import Annotated, Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.atena.graphql.inputs import INPUT, item, required
from plugins.atena.graphql.loaders import (
    EltaxUsersByEmployer,
    EltaxUsersByPerson,
    EmployerByKey,
    PersonByKey,
    PersonKey,
)
from plugins.atena.graphql.types import Employer, Person, open_end
from plugins.atena.history import FOREVER, Span
from plugins.atena.permissions import ELTAX_ID, ELTAX_ID_WRITE
from plugins.atena.queries import eltax_users as queries
from plugins.atena.queries.persons import Moment
from plugins.atena.service import eltax_users
from plugins.atena.service.eltax_users import Holder


@strawberry.type(description="eLTAXの利用者IDと、その持ち主")
class EltaxUser(PersonalData):
    """An id as of a day."""

    journal_type: ClassVar[str] = eltax_users.JOURNAL_TYPE

    row: strawberry.Private[Any]
    moment: strawberry.Private[Moment]
    user_id: str = column(ELTAX_ID, "利用者ID")
    version: int = column(ELTAX_ID, "版。終了のときexpectedVersionとして送る")
    valid_from: date = column(ELTAX_ID, "有効開始日")
    valid_to: date | None = column(ELTAX_ID, "有効終了日（この日を含まない）。終わりがないときはnull")

    def journal_id(self) -> str:
        """Return the id itself."""
        return self.user_id

    @classmethod
    def of(cls, row: Row[Any], moment: Moment) -> "EltaxUser":
        """Make it of a row of `queries.eltax_users`."""
        return cls(
            row=row,
            moment=moment,
            user_id=row.user_id,
            version=row.version,
            valid_from=row.valid_from,
            valid_to=open_end(row.valid_to),
        )

    @door(ELTAX_ID, "持ち主の個人。事業所のものはnull")
    async def person(self, info: Info) -> Person | None:
        """Return the person."""
        if self.row.person_id is None:
            return None
        row = await info.context.loader(PersonByKey).load(PersonKey(self.row.person_id, self.moment))
        return Person.of(row, self.moment) if row is not None else None

    @door(ELTAX_ID, "持ち主の事業所。個人のものはnull")
    async def employer(self, info: Info) -> Employer | None:
        """Return the employer."""
        if self.row.employer_id is None:
            return None
        row = await info.context.loader(EmployerByKey).load(PersonKey(self.row.employer_id, self.moment))
        return Employer.of(row) if row is not None else None


@strawberry.type
class PersonEltaxUsers:
    """The field of a person about eLTAX."""

    @door(ELTAX_ID, "eLTAXの利用者ID")
    async def eltax_users(self, person: strawberry.Parent[Person], info: Info) -> list[EltaxUser]:
        """Return the ids as of the person's moment."""
        rows = await info.context.loader(EltaxUsersByPerson).load(PersonKey(person.id, person.moment))
        return [EltaxUser.of(row, person.moment) for row in rows]


@strawberry.type
class EmployerEltaxUsers:
    """The field of an employer about eLTAX."""

    @door(ELTAX_ID, "eLTAXの利用者ID。asOfは基準日（省略すると今日）")
    async def eltax_users(
        self, employer: strawberry.Parent[Employer], info: Info, as_of: date | None = None
    ) -> list[EltaxUser]:
        """Return the ids of a day."""
        moment = Moment(as_of or info.context.clock.today())
        rows = await info.context.loader(EltaxUsersByEmployer).load(PersonKey(employer.id, moment))
        return [EltaxUser.of(row, moment) for row in rows]


@strawberry.type
class EltaxUserQuery:
    """From an id to its holder."""

    @door(ELTAX_ID, "eLTAXの利用者IDの持ち主。asOfは基準日（省略すると今日）")
    async def eltax_user(self, info: Info, user_id: str, as_of: date | None = None) -> EltaxUser | None:
        """Return the id, or null if it belongs to nobody that day."""
        moment = Moment(as_of or info.context.clock.today())
        row = (await queries.users_at(info.context.read, [user_id], moment)).get(user_id)
        return EltaxUser.of(row, moment) if row is not None else None


@strawberry.input(description="eLTAXの利用者IDの登録・変更")
class RegisterEltaxUserInput:
    """Whose an id is, and when; with `replaces`, an older id of theirs ends that day."""

    user_id: str = required("利用者ID（11桁）")
    atena_number: str | None = item("個人の宛名番号", default=None)
    designation_number: str | None = item("事業所の指定番号", default=None)
    replaces: str | None = item("置き換える利用者ID（変更のとき）。有効開始日の前日で終わる", default=None)
    valid_from: date | None = item("有効開始日。省略すると今日", default=None)
    valid_to: date | None = item("有効終了日（この日を含まない）。省略すると終わりなし", default=None)


@strawberry.input(description="eLTAXの利用者IDの終了")
class EndEltaxUserInput:
    """From when on an id is nobody's."""

    user_id: str = required("利用者ID")
    expected_version: int = required("画面に表示した版")
    ends_on: date = required("使われなくなる最初の日")


@strawberry.type
class EltaxUserMutation:
    """What changes ids."""

    @door(ELTAX_ID_WRITE, "eLTAXの利用者IDを登録・変更する")
    async def register_eltax_user(
        self, info: Info, given: Annotated[RegisterEltaxUserInput, INPUT]
    ) -> EltaxUser:
        """Let an id belong to somebody."""
        work = info.context.work
        span = Span(given.valid_from or work.today, given.valid_to or FOREVER)
        holder = Holder(given.atena_number, given.designation_number)
        await eltax_users.register(work, given.user_id, holder, span, given.replaces)
        moment = Moment(span.valid_from)
        row = (await queries.users_at(work.session, [given.user_id], moment)).get(given.user_id)
        if row is None:
            raise NotFound
        return EltaxUser.of(row, moment)

    @door(ELTAX_ID_WRITE, "eLTAXの利用者IDを終了する。答えは新しい版")
    async def end_eltax_user(self, info: Info, given: Annotated[EndEltaxUserInput, INPUT]) -> int:
        """Let an id belong to nobody any more."""
        await eltax_users.end(info.context.work, given.user_id, given.expected_version, given.ends_on)
        return given.expected_version + 1
