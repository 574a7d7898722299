"""The types of deliveries, their files, and the ledger."""

from datetime import datetime
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import OPEN, Structure, column, door
from core.graphql.pages import Connection, connection, page_of
from plugins.atena.api import Person, person_today
from plugins.shiryo.graphql.documents import Document, Finding
from plugins.shiryo.graphql.enums import Channel, DeliveryState, SenderKind
from plugins.shiryo.graphql.loaders import FilesByDelivery, PersonByEltaxUser
from plugins.shiryo.permissions import DELIVERY, DOCUMENT, LEDGER
from plugins.shiryo.queries import documents
from plugins.shiryo.service.ledger import Ledger, Line
from plugins.shiryo.service.receiving import JOURNAL_TYPE

CURSOR = (int,)


@strawberry.type(description="受け付けたファイル")
class DeliveryFile:
    """A file with the figures of each stage."""

    id: strawberry.Private[int]
    name: str = column(DELIVERY, "ファイル名")
    kind: str = column(DELIVERY, "資料の種類")
    layout: str = column(DELIVERY, "読み取った様式の版")
    sha256: str | None = column(DELIVERY, "受領したバイト列のSHA-256。届いていないときはnull")
    announced_records: int | None = column(DELIVERY, "送付書の件数")
    received_records: int | None = column(DELIVERY, "受領した件数")
    read_records: int = column(DELIVERY, "読み取った件数")
    held_records: int = column(DELIVERY, "誤りのため保留した件数")
    accepted_records: int = column(DELIVERY, "受け入れた件数")
    finding_count: int = column(DELIVERY, "見つかった誤りと注意の数")

    @classmethod
    def of(cls, row: Row[Any]) -> "DeliveryFile":
        """Make a file of a row of `shiryo.file`."""
        return cls(
            id=row.id,
            name=row.name,
            kind=row.kind,
            layout=row.layout,
            sha256=row.sha256.hex() if row.sha256 is not None else None,
            announced_records=row.announced_records,
            received_records=row.received_records,
            read_records=row.read_records,
            held_records=row.held_records,
            accepted_records=row.accepted_records,
            finding_count=row.findings,
        )

    @door(DELIVERY, "見つかった誤り（行の順。1ファイル10,000件まで）")
    async def findings(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Finding]:
        """Return a page of what is wrong with the file."""
        page = page_of(info, first, after, CURSOR)
        behind = int(str(page.after[0])) if page.after else None
        rows = await documents.findings_of_file(info.context.read, self.id, behind, page.size + 1)
        return connection(rows, page, node=Finding.of, key=lambda row: (row.id,))


@strawberry.type(description="受付（1回の送付）")
class Delivery(PersonalData):
    """A delivery; the name of its sender may be a person's."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    id: int = column(DELIVERY, "受付番号")
    tax_year: int = column(DELIVERY, "課税年度")
    sender_code: str = column(DELIVERY, "送付元のコード")
    sender_kind: SenderKind = column(DELIVERY, "送付元の区分")
    sender_name: str = column(DELIVERY, "送付元の名称")
    channel: Channel = column(DELIVERY, "受付経路")
    state: DeliveryState = column(DELIVERY, "状態")
    held_for: str = column(DELIVERY, "保留の理由のコード")
    received_by: str = column(DELIVERY, "受け付けた職員の職員番号")
    received_at: datetime = column(DELIVERY, "受付日時")
    accepted_at: datetime | None = column(DELIVERY, "受入日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "Delivery":
        """Make a delivery of a row of `queries.deliveries`."""
        is_accepted = row.state in ("accepted", "attached")
        return cls(
            id=row.id,
            tax_year=row.tax_year,
            sender_code=row.sender_code,
            sender_kind=SenderKind(row.sender_kind),
            sender_name=row.sender_name,
            channel=Channel(row.channel),
            state=DeliveryState(row.state),
            held_for=row.held_for,
            received_by=row.received_by,
            received_at=row.received_at,
            accepted_at=row.accepted_at if is_accepted else None,
        )

    def journal_id(self) -> str:
        """Return the 受付番号."""
        return str(self.id)

    @door(DELIVERY, "送付元の個人（今日現在）。送付元の区分がeltaxで、利用者IDが宛名にあるとき")
    async def sender_person(self, info: Info) -> Person | None:
        """Return whose 利用者ID the delivery came under."""
        if self.sender_kind is not SenderKind.ELTAX:
            return None
        key = (self.sender_code, info.context.clock.today())
        person_id = await info.context.loader(PersonByEltaxUser).load(key)
        return None if person_id is None else await person_today(info, person_id)

    @door(DELIVERY, "ファイル（送付書の順）")
    async def files(self, info: Info) -> list[DeliveryFile]:
        """Return the files, missing ones too."""
        rows = await info.context.loader(FilesByDelivery).load(self.id)
        return [DeliveryFile.of(row) for row in rows]

    @door(DOCUMENT, "受け入れた資料（受付の順）")
    async def documents(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Document]:
        """Return a page of the documents; none before the delivery is accepted."""
        page = page_of(info, first, after, CURSOR)
        behind = int(str(page.after[0])) if page.after else None
        rows = await documents.documents_of_delivery(info.context.read, self.id, behind, page.size + 1)
        return connection(rows, page, node=Document.of, key=lambda row: (row.id,))


@strawberry.type(description="台帳の1行（送付元とファイルごとの件数）")
class LedgerLine(PersonalData):
    """A line of the ledger; the name of the sender may be a person's."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    sender_code: str = column(LEDGER, "送付元のコード")
    sender_name: str = column(LEDGER, "送付元の名称")
    sender_kind: SenderKind = column(LEDGER, "送付元の区分")
    code: str = column(LEDGER, "保留や未着のコード。なければ空")
    delivery_id: int | None = column(LEDGER, "受付番号。未着のときはnull")
    file_name: str = column(LEDGER, "ファイル名")
    announced: int | None = column(LEDGER, "予告（送付書の件数）。送付書がないときはnull")
    received: int = column(LEDGER, "受領")
    read: int = column(LEDGER, "読取")
    accepted: int = column(LEDGER, "受入")
    held: int = column(LEDGER, "保留")
    refused: int = column(LEDGER, "返戻")
    attached: int = column(LEDGER, "名寄せ")
    forwarded: int = column(LEDGER, "回送")
    superseded: int = column(LEDGER, "訂正・取消")
    waiting: int = column(LEDGER, "待ち")
    explained: int = column(LEDGER, "説明済")
    unexplained: int = column(LEDGER, "差")

    @classmethod
    def of(cls, line: Line) -> "LedgerLine":
        """Make a line."""
        names = (*cls.__annotations__,)
        shown = {name: getattr(line, name) for name in names if name != "journal_type"}
        return cls(**{**shown, "sender_kind": SenderKind(line.sender_kind)})

    def journal_id(self) -> str:
        """Return the 受付番号, or the sender of whom nothing came."""
        return self.sender_code if self.delivery_id is None else str(self.delivery_id)


@strawberry.type(description="受付台帳")
class LedgerYear(Structure):
    """The ledger of a year."""

    lines: Connection[LedgerLine] = column(OPEN, "行")
    tax_year: int = column(OPEN, "課税年度")
    balances: bool = column(OPEN, "説明のつかない差がないか")
    unexplained: int = column(OPEN, "差の合計")


def ledger_year(
    info: Info, ledger: Ledger, first: int | None, after: str | None, *, only_unexplained: bool
) -> LedgerYear:
    """Make a page of a ledger."""
    page = page_of(info, first, after, CURSOR)
    begin = int(str(page.after[0])) + 1 if page.after else 0
    lines = [line for line in ledger.lines if line.unexplained or not only_unexplained]
    rows = list(enumerate(lines))[begin : begin + page.size + 1]
    return LedgerYear(
        lines=connection(rows, page, node=lambda row: LedgerLine.of(row[1]), key=lambda row: (row[0],)),
        tax_year=ledger.tax_year,
        balances=ledger.balances,
        unexplained=ledger.total("unexplained"),
    )
