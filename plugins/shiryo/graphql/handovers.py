"""What vendors who punch hold, by GraphQL: batches handed out, what came back, erasure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.errors import Invalid, NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.shiryo.permissions import DELIVERY, DELIVERY_RECEIVE
from plugins.shiryo.queries import handovers as queries
from plugins.shiryo.service import handovers
from plugins.shiryo.service.handovers import Batch, Came, Event

CURSOR = (int,)
INPUT = strawberry.argument(name="input", description="入力")


@strawberry.enum(description="委託先に渡した資料のその後")
class HandoverEventKind(Enum):
    """What came of a batch."""

    DELIVERED = strawberry.enum_value("delivered", description="データの納品（受付）")
    RETURNED = strawberry.enum_value("returned", description="データにせずに返却された資料")
    ERASED = strawberry.enum_value("erased", description="消去・返却の報告（委託先に残っていない）")


class EventsOfHandover(Loader[int, Sequence[Row[Any]]]):
    """What came of a batch."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the events of all keys with one statement."""
        return await queries.events_of(self.session, keys)


@strawberry.type(description="委託先に渡した資料のその後の記録")
class HandoverEvent:
    """One thing that came of a batch."""

    kind: HandoverEventKind = column(DELIVERY, "種類")
    happened_on: date = column(DELIVERY, "納品・返却・消去の日")
    delivery_id: int | None = column(DELIVERY, "納品の受付番号")
    documents: int | None = column(DELIVERY, "返却された資料の件数")
    reference: str = column(DELIVERY, "報告書の文書番号など")
    recorded_by: str = column(DELIVERY, "記録した職員の職員番号")
    recorded_at: datetime = column(DELIVERY, "記録した日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "HandoverEvent":
        """Make it of a row of `shiryo.handover_event`."""
        names = ("happened_on", "delivery_id", "documents", "reference", "recorded_by", "recorded_at")
        return cls(kind=HandoverEventKind(row.kind), **{name: getattr(row, name) for name in names})


@strawberry.type(description="データパンチの委託先に渡した資料の一まとまり")
class Handover(PersonalData):
    """A batch that left, with the figures of both directions."""

    journal_type: ClassVar[str] = handovers.JOURNAL_TYPE

    id: int = column(DELIVERY, "受渡番号")
    tax_year: int = column(DELIVERY, "課税年度")
    vendor_code: str = column(DELIVERY, "委託先のコード")
    vendor_name: str = column(DELIVERY, "委託先の名称")
    contents: str = column(DELIVERY, "渡した資料の内容")
    documents: int = column(DELIVERY, "渡した件数")
    list_sha256: str = column(DELIVERY, "添えた一覧のSHA-256")
    handed_on: date = column(DELIVERY, "渡した日")
    recorded_by: str = column(DELIVERY, "記録した職員の職員番号")
    recorded_at: datetime = column(DELIVERY, "記録した日時")
    delivered: int = column(DELIVERY, "データで納品された件数")
    returned: int = column(DELIVERY, "データにせずに返却された件数")
    erased_on: date | None = column(DELIVERY, "消去・返却の報告の日。報告がないときはnull")
    is_out: bool = column(DELIVERY, "委託先に残っているか（件数が合わないか、消去・返却の報告がない）")

    @classmethod
    def of(cls, row: Row[Any]) -> "Handover":
        """Make it of a row of `queries.handovers`."""
        plain = ("id", "tax_year", "contents", "documents", "handed_on", "recorded_by", "recorded_at")
        said = {name: getattr(row, name) for name in (*plain, "delivered", "returned", "erased_on", "is_out")}
        vendor = {"vendor_code": row.sender_code, "vendor_name": row.sender_name}
        return cls(list_sha256=row.list_sha256.hex(), **vendor, **said)

    def journal_id(self) -> str:
        """Return the 受渡番号."""
        return str(self.id)

    @door(DELIVERY, "納品・返却・消去の記録（記録した順）")
    async def events(self, info: Info) -> list[HandoverEvent]:
        """Return what came of it."""
        return [HandoverEvent.of(row) for row in await info.context.loader(EventsOfHandover).load(self.id)]


@strawberry.type
class HandoverQuery:
    """What is out."""

    @door(DELIVERY, "データパンチの委託先に渡した資料（新しい順）")
    async def handovers(
        self,
        info: Info,
        tax_year: FiscalYear | None = None,
        only_out: bool = False,  # noqa: FBT001, FBT002  # GraphQL arguments are named
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Handover]:
        """Return a page of batches."""
        page = page_of(info, first, after, CURSOR)
        before = int(str(page.after[0])) if page.after else None
        rows = await queries.handovers(info.context.read, tax_year, before, page.size + 1, only_out=only_out)
        return connection(rows, page, node=Handover.of, key=lambda row: (row.id,))


@strawberry.input(description="データパンチの委託先に渡す資料")
class RecordHandoverInput:
    """A batch."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    vendor_code: str = strawberry.field(description="委託先のコード（納品の送付書の送付元と同じもの）")
    vendor_name: str = strawberry.field(description="委託先の名称")
    contents: str = strawberry.field(description="渡した資料の内容。個人の氏名・番号は書かない")
    documents: int = strawberry.field(description="渡した件数")
    list_sha256: str = strawberry.field(description="添えた一覧のSHA-256（16進64桁）")
    handed_on: date = strawberry.field(description="渡した日")


@strawberry.input(description="委託先に渡した資料のその後")
class NoteHandoverInput:
    """What came of a batch."""

    handover_id: int = strawberry.field(description="受渡番号")
    kind: HandoverEventKind = strawberry.field(description="種類")
    happened_on: date = strawberry.field(description="納品・返却・消去の日")
    delivery_id: int | None = strawberry.field(description="納品の受付番号（納品のとき）", default=None)
    documents: int | None = strawberry.field(description="返却された件数（返却のとき）", default=None)
    reference: str = strawberry.field(description="報告書の文書番号など（返却と消去のとき）", default="")


@strawberry.type
class HandoverMutation:
    """What is noted; no document and no tax changes by it."""

    @door(DELIVERY_RECEIVE, "データパンチの委託先に資料を渡したことを記録する")
    async def record_handover(self, info: Info, given: Annotated[RecordHandoverInput, INPUT]) -> Handover:
        """Note a batch that left."""
        try:
            digest = bytes.fromhex(given.list_sha256)
        except ValueError:
            raise Invalid(field="listSha256", rule="value") from None
        batch = Batch(
            given.tax_year,
            given.vendor_code,
            given.vendor_name,
            given.contents,
            given.documents,
            digest,
            given.handed_on,
        )
        return await _handover(info, await handovers.hand_over(info.context.work, batch))

    @door(DELIVERY_RECEIVE, "委託先からの納品・返却・消去の報告を、渡した資料に記録する")
    async def note_handover(self, info: Info, given: Annotated[NoteHandoverInput, INPUT]) -> Handover:
        """Note what came of a batch."""
        kind = Came[given.kind.name]
        event = Event(kind, given.happened_on, given.delivery_id, given.documents, given.reference)
        await handovers.note(info.context.work, given.handover_id, event)
        return await _handover(info, given.handover_id)


async def _handover(info: Info, handover_id: int) -> Handover:
    row = await queries.find_handover(info.context.write, handover_id)
    if row is None:
        raise NotFound
    return Handover.of(row)
