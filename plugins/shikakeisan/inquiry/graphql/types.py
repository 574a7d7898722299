"""The types of relatives to look at, inquiries and replies."""

from asyncio import gather
from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.masking import MASKED_TEXT
from core.graphql.scalars import FiscalYear, Yen
from plugins.atena.api import Person, is_hidden, person_today
from plugins.shikakeisan.inquiry.catalogue import Reason, reasons
from plugins.shikakeisan.inquiry.graphql.loaders import InquiriesAbout, PeopleOfInquiry, RepliesOfInquiry
from plugins.shikakeisan.inquiry.replies import JOURNAL_TYPE as REPLY_TYPE
from plugins.shikakeisan.inquiry.replies import RESULT_LABELS, Result
from plugins.shikakeisan.inquiry.service import CHECK_TYPE, JOURNAL_TYPE, is_overdue, number_of
from plugins.shikakeisan.permissions import INQUIRY


@strawberry.enum(description="所得照会の状態")
class InquiryState(Enum):
    """Where an inquiry stands; a sent one whose day has passed is overdue, too."""

    DRAFT = strawberry.enum_value("draft", description="作成済み（未送付）")
    SENT = strawberry.enum_value("sent", description="送付済み")
    ANSWERED = strawberry.enum_value("answered", description="回答済み")
    CANCELLED = strawberry.enum_value("cancelled", description="取りやめ")


@strawberry.enum(description="所得照会の回答の種類")
class InquiryAnswer(Enum):
    """What another municipality can answer."""

    INCOME = strawberry.enum_value("income", description="合計所得金額")
    NO_RECORD = strawberry.enum_value("no_record", description="所得の資料がない")
    NOT_RESIDENT = strawberry.enum_value("not_resident", description="1月1日に住所がない")


@strawberry.enum(description="回答の状態")
class InquiryReplyState(Enum):
    """Where a reply stands."""

    ENTERED = strawberry.enum_value("entered", description="入力済み（確認待ち）")
    CONFIRMED = strawberry.enum_value("confirmed", description="確認済み")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")
    WITHDRAWN = strawberry.enum_value("withdrawn", description="取下げ")


@strawberry.type(description="扶養調査の理由")
class DependantCheckReason:
    """Why a relative must be looked at."""

    code: str = column(INQUIRY, "コード")
    label: str = column(INQUIRY, "名称")
    law: str = column(INQUIRY, "根拠条文")

    @classmethod
    def of(cls, reason: Reason) -> "DependantCheckReason":
        """Make it of the data."""
        return cls(code=reason.code, label=reason.label, law=reason.law)


@strawberry.type(description="扶養調査の理由ごとの人数")
class DependantCheckCount:
    """How many entries a reason has."""

    reason: DependantCheckReason = column(INQUIRY, "理由")
    people: int = column(INQUIRY, "人数")


@strawberry.type(description="所得照会の回答")
class InquiryReply(PersonalData):
    """What was answered about one person."""

    journal_type: ClassVar[str] = REPLY_TYPE

    row: strawberry.Private[Any]
    id: int = column(INQUIRY, "回答の番号")
    version: int = column(INQUIRY, "版。操作のときexpectedVersionとして送る")
    kind: InquiryAnswer = column(INQUIRY, "種類")
    income: Yen | None = column(INQUIRY, "合計所得金額")
    replied_on: date = column(INQUIRY, "回答の日付")
    state: InquiryReplyState = column(INQUIRY, "状態")
    result: str = column(INQUIRY, "確認の結果のコード。確認前は空")
    result_label: str = column(INQUIRY, "確認の結果")
    proposals: list[int] = column(INQUIRY, "扶養否認の更正の提案の番号")
    decisions: list[int] = column(INQUIRY, "扶養否認の事実の決定の提案の番号（税額の決定前）")
    refusals: list[str] = column(INQUIRY, "提案できなかった理由のコード")
    entered_by: str = column(INQUIRY, "入力した職員の職員番号")
    entered_at: datetime = column(INQUIRY, "入力日時")
    decided_by: str = column(INQUIRY, "確認・差戻し・取下げをした職員の職員番号")
    decided_at: datetime | None = column(INQUIRY, "その日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "InquiryReply":
        """Make it of a row of `inquiry_reply`."""
        lists = {name: list(getattr(row, name)) for name in ("proposals", "decisions", "refusals")}
        return cls(
            row=row,
            id=row.id,
            version=row.version,
            kind=InquiryAnswer(row.kind),
            income=None if row.income is None else Yen(row.income),
            replied_on=row.replied_on,
            state=InquiryReplyState(row.state),
            result=row.result,
            result_label=RESULT_LABELS[Result(row.result)] if row.result else "",
            **lists,
            entered_by=row.proposed_by,
            entered_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )

    def journal_id(self) -> str:
        """Return the number of the reply."""
        return str(self.id)


@strawberry.type(description="所得照会の1人")
class InquiryLine(PersonalData):
    """About whom an inquiry is."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    row: strawberry.Private[Any]
    line: int = column(INQUIRY, "行。照会先はこの番号で回答する")

    def journal_id(self) -> str:
        """Return the number of the inquiry."""
        return str(self.row.inquiry_id)

    @door(INQUIRY, "本人（今日現在）")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)

    @door(INQUIRY, "この人についての回答（古い順、差戻し・取下げも含む）")
    async def replies(self, info: Info) -> list[InquiryReply]:
        """Return every reply about the person."""
        rows = await info.context.loader(RepliesOfInquiry).load(self.row.inquiry_id)
        return [InquiryReply.of(row) for row in rows if row.person_id == self.row.person_id]


@strawberry.type(description="所得照会（地方税法20条の11）")
class Inquiry(PersonalData):
    """One inquiry to one municipality: it tells where its people live."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    row: strawberry.Private[Any]
    id: int = column(INQUIRY, "番号")
    number: str = column(INQUIRY, "照会番号（年度と通番）")
    version: int = column(INQUIRY, "版。操作のときexpectedVersionとして送る")
    tax_year: FiscalYear = column(INQUIRY, "課税年度")
    state: InquiryState = column(INQUIRY, "状態")
    is_overdue: bool = column(INQUIRY, "回答期限を過ぎているか")
    due_on: date = column(INQUIRY, "回答期限")
    made_by: str = column(INQUIRY, "作成した職員の職員番号")
    made_at: datetime = column(INQUIRY, "作成日時")
    sent_by: str = column(INQUIRY, "送付した職員の職員番号")
    sent_at: datetime | None = column(INQUIRY, "送付日時")

    @classmethod
    def of(cls, row: Row[Any], today: date) -> "Inquiry":
        """Make it of a row of `inquiry`."""
        plain = ("id", "version", "due_on", "made_by", "made_at", "sent_by", "sent_at")
        return cls(
            row=row,
            number=number_of(row),
            tax_year=FiscalYear(row.tax_year),
            state=InquiryState(row.state),
            is_overdue=is_overdue(row, today),
            **{name: getattr(row, name) for name in plain},
        )

    def journal_id(self) -> str:
        """Return the number of the inquiry."""
        return str(self.id)

    @door(INQUIRY, "照会先の市区町村コード。後で支援措置の対象になった人がいれば伏せる")
    async def municipality_code(self, info: Info) -> str:
        """Return the code; it tells where the people live."""
        return MASKED_TEXT if await self._is_hidden(info) else str(self.row.municipality_code)

    @door(INQUIRY, "照会先の市区町村。後で支援措置の対象になった人がいれば伏せる")
    async def municipality_name(self, info: Info) -> str:
        """Return the name."""
        return MASKED_TEXT if await self._is_hidden(info) else str(self.row.municipality_name)

    async def _is_hidden(self, info: Info) -> bool:
        lines = await info.context.loader(PeopleOfInquiry).load(self.id)
        return any(await gather(*(is_hidden(info, line.person_id) for line in lines)))

    @door(INQUIRY, "照会した人")
    async def lines(self, info: Info) -> list[InquiryLine]:
        """Return about whom it is."""
        rows = await info.context.loader(PeopleOfInquiry).load(self.id)
        return [InquiryLine(row=row, line=row.line) for row in rows]


@strawberry.type(description="扶養調査の対象の親族")
class DependantCheck(PersonalData):
    """A relative who must be looked at for one reason, with everybody who claims them."""

    journal_type: ClassVar[str] = CHECK_TYPE

    row: strawberry.Private[Any]
    tax_year: FiscalYear = column(INQUIRY, "課税年度")
    reason: DependantCheckReason = column(INQUIRY, "理由")
    documents: list[int] = column(INQUIRY, "申し出の資料の番号")

    @classmethod
    def of(cls, row: Row[Any], tax_year: int) -> "DependantCheck":
        """Make it of an entry of `checks`."""
        reason = DependantCheckReason.of(reasons()[row.reason])
        return cls(row=row, tax_year=FiscalYear(tax_year), reason=reason, documents=list(row.documents))

    def journal_id(self) -> str:
        """Return year and entry."""
        return f"{self.tax_year}:{self.row.key}"

    @door(INQUIRY, "親族。誰か特定できないときはnull")
    async def relative(self, info: Info) -> Person | None:
        """Return the relative as of today."""
        return None if self.row.relative_id is None else await person_today(info, self.row.relative_id)

    @door(INQUIRY, "申し出ている納税義務者")
    async def claimants(self, info: Info) -> list[Person]:
        """Return everybody who claims the relative, as of today."""
        found = await gather(*(person_today(info, person_id) for person_id in self.row.claimants))
        return [person for person in found if person is not None]

    @door(INQUIRY, "この年度の所得照会（古い順）")
    async def inquiries(self, info: Info) -> list[Inquiry]:
        """Return the inquiries about the relative."""
        if self.row.relative_id is None:
            return []
        key = (int(self.tax_year), int(self.row.relative_id))
        rows = await info.context.loader(InquiriesAbout).load(key)
        return [Inquiry.of(row, info.context.clock.today()) for row in rows]
