"""The access log in the API, for auditors. Reading it is itself recorded: an entry is personal data too."""

from datetime import datetime
from itertools import chain
from typing import Annotated, Any, ClassVar, cast

import strawberry

from core.access.journal import PersonalData
from core.access.subject import About
from core.errors import Invalid
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.parts import GraphQLParts
from plugins.audit import queries
from plugins.audit.api import READ_LOG
from plugins.audit.queries import Filter

PERSON_TYPE = "atena.person"  # how the journal names persons; this plug-in works without 宛名 as well


@strawberry.type(description="アクセス記録の1行。個人情報そのものは含まない")
class AccessLogEntry(PersonalData):
    """Who did what to which objects."""

    journal_type: ClassVar[str] = "audit.entry"

    id: strawberry.ID = column(READ_LOG, "記録の番号")
    sealed_number: str | None = column(READ_LOG, "封印の通し番号。まだ封印されていないときはnull")
    recorded_at: datetime = column(READ_LOG, "記録日時（データベースの時計）")
    happened_at: datetime = column(READ_LOG, "操作日時（業務の時計）")
    actor_kind: str = column(READ_LOG, "操作した者の種類（staff、client、system、anonymous）")
    staff_number: str = column(READ_LOG, "職員番号、またはシステムのID")
    department: str = column(READ_LOG, "所属")
    session: str | None = column(READ_LOG, "セッションのID")
    operation: str = column(READ_LOG, "操作の名前")
    action: str = column(READ_LOG, "操作の種類（read、writeなど）")
    object_type: str = column(READ_LOG, "対象の種類")
    object_ids: list[str] = column(READ_LOG, "対象のID")
    fields: list[str] = column(READ_LOG, "項目の名前")
    result: str = column(READ_LOG, "結果（ok、または拒否のコード）")
    correlation_id: str = column(READ_LOG, "問い合わせの識別子")
    reason: str = column(READ_LOG, "利用の理由")
    origin: str = column(READ_LOG, "操作した端末のアドレス")

    @classmethod
    def of(cls, row: queries.Row) -> "AccessLogEntry":
        """Make an entry of a row of `queries.page`."""
        said = {name: row[name] for name in cls.__annotations__ if name in row}
        sealed = row["sequence"]
        return cls(
            **{
                **said,
                "id": strawberry.ID(str(row["id"])),
                "session": row["session"] and str(row["session"]),
                "sealed_number": None if sealed is None else str(sealed),
            }
        )

    def journal_id(self) -> str:
        """Return the entry's number."""
        return self.id


@strawberry.type
class AuditQuery:
    """What auditors may ask."""

    @door(READ_LOG, "アクセス記録（新しい順）")
    async def access_log(
        self,
        info: Info,
        first: int | None = None,
        after: str | None = None,
        staff_number: str | None = None,
        object_type: str | None = None,
        object_id: str | None = None,
        since: Annotated[datetime | None, strawberry.argument(name="from")] = None,
        until: Annotated[datetime | None, strawberry.argument(name="to")] = None,
    ) -> Connection[AccessLogEntry]:
        """Narrow by person who acted, by object, by time (`from` included, `to` not)."""
        if object_id is not None and object_type is None:
            raise Invalid("objectIdにはobjectTypeも指定してください。", field="objectType", rule="required")
        named = None if object_id is None else [About(object_type or "", object_id)]
        return await _page(info, first, after, Filter(staff_number, object_type, named, since, until))

    @door(
        READ_LOG,
        "ある個人について、誰がいつ何を見たか、直したか（新しい順）。宛名のほか、資料・併合・賦課・更正など、"
        "その人に関わるすべての対象の記録。関連宛名の番号で尋ねても同じ",
    )
    async def access_log_of_person(
        self, info: Info, atena_number: str, first: int | None = None, after: str | None = None
    ) -> Connection[AccessLogEntry]:
        """Answer a person who asks who has looked at them; the plug-ins name the objects that tell of them.

        That it was asked is entered with the person, too.
        """
        plugins, session = info.context.runtime.plugins, info.context.read
        found = await plugins.run("objects_of_subject", session=session, number=atena_number)
        objects = list(chain.from_iterable(found))
        page = await _page(info, first, after, Filter(objects=objects))
        if objects:
            info.context.journal.saw(PERSON_TYPE, atena_number)
        return page


async def _page(info: Info, first: int | None, after: str | None, wanted: Filter) -> Connection[Any]:
    page = page_of(info, first, after, (int, int))
    place = cast("tuple[int, int] | None", page.after)
    rows = await queries.page(info.context.read, wanted, place, page.size + 1)
    return connection(rows, page, AccessLogEntry.of, lambda row: (row["transaction_id"], row["id"]))


PARTS = GraphQLParts(query=(AuditQuery,))
