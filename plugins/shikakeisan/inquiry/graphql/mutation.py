"""Making inquiries and entering replies; a reply counts when another person has confirmed it."""

from datetime import date, timedelta
from typing import Annotated

import strawberry

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.scalars import FiscalYear, Yen
from plugins.atena.api import person_id_of
from plugins.shikakeisan.inquiry import queries, replies, service
from plugins.shikakeisan.inquiry.graphql.types import Inquiry, InquiryAnswer, InquiryReply
from plugins.shikakeisan.inquiry.replies import Answer, Reply
from plugins.shikakeisan.inquiry.settings import INQUIRY_DAYS
from plugins.shikakeisan.permissions import INQUIRY, INQUIRY_CONFIRM, INQUIRY_WRITE

INPUT = strawberry.argument(name="input", description="入力")


@strawberry.input(description="所得照会の作成")
class MakeInquiriesInput:
    """About whom, and until when an answer is asked for."""

    tax_year: FiscalYear = strawberry.field(description="課税年度")
    atena_numbers: list[str] | None = strawberry.field(
        description="照会する親族の宛名番号。省略すると、照会を待つ全員", default=None
    )
    due_on: date | None = strawberry.field(description="回答期限。省略すると設定の日数の後", default=None)


@strawberry.input(description="所得照会の回答の入力")
class EnterInquiryReplyInput:
    """What another municipality answered about one person."""

    inquiry_id: int = strawberry.field(description="所得照会の番号")
    atena_number: str = strawberry.field(description="回答された人の宛名番号")
    kind: InquiryAnswer = strawberry.field(description="回答の種類")
    replied_on: date = strawberry.field(description="回答の日付")
    income: Yen | None = strawberry.field(
        description="合計所得金額（円）。種類がINCOMEのときだけ", default=None
    )


@strawberry.type(description="所得照会から除いた者の人数")
class InquiryLeftOut:
    """Why people were not asked about, and how many."""

    rule: str = column(INQUIRY, "理由（asked 照会済み、protected 支援措置、no-address 住所不明、here 市内）")
    people: int = column(INQUIRY, "人数")


@strawberry.type(description="所得照会の作成の結果")
class MadeInquiries:
    """What was made, and who was left out."""

    inquiries: list[Inquiry] = column(INQUIRY, "作成した所得照会")
    left_out: list[InquiryLeftOut] = column(INQUIRY, "除いた者")


@strawberry.type
class InquiryMutation:
    """What is done about inquiries."""

    @door(INQUIRY_WRITE, "所得照会を、照会先の市区町村ごとに作成する")
    async def make_inquiries(self, info: Info, given: Annotated[MakeInquiriesInput, INPUT]) -> MadeInquiries:
        """Make drafts about everybody who waits, or about those who are named."""
        work = info.context.work
        due_on = given.due_on or work.today + timedelta(days=info.context.settings[INQUIRY_DAYS])
        made = await service.make(work, given.tax_year, due_on, given.atena_numbers)
        return MadeInquiries(
            inquiries=[await _inquiry(info, one) for one in made.inquiries],
            left_out=[InquiryLeftOut(rule=rule, people=people) for rule, people in made.left_out.items()],
        )

    @door(INQUIRY_WRITE, "所得照会を送付済みにする。ファイルは端末で出力する（juminzei year inquiry send）")
    async def send_inquiry(self, info: Info, inquiry_id: int, expected_version: int) -> Inquiry:
        """Mark a draft as sent."""
        await service.send(info.context.work, inquiry_id, expected_version)
        return await _inquiry(info, inquiry_id)

    @door(INQUIRY_WRITE, "送付していない所得照会を取りやめる")
    async def cancel_inquiry(self, info: Info, inquiry_id: int, expected_version: int) -> Inquiry:
        """Drop a draft."""
        await service.cancel(info.context.work, inquiry_id, expected_version)
        return await _inquiry(info, inquiry_id)

    @door(INQUIRY_WRITE, "所得照会の回答を入力する。ほかの職員が確認する")
    async def enter_inquiry_reply(
        self, info: Info, given: Annotated[EnterInquiryReplyInput, INPUT]
    ) -> InquiryReply:
        """Enter a reply."""
        person_id = await person_id_of(info.context.read, given.atena_number)
        reply = Reply(Answer[given.kind.name], given.replied_on, given.income)
        number = await replies.enter(info.context.work, given.inquiry_id, person_id, reply)
        return await _reply(info, number)

    @door(
        INQUIRY_CONFIRM,
        "ほかの職員が入力した回答を確認する。所得が限度を超えていれば、扶養否認が入力者の名で提案される",
    )
    async def confirm_inquiry_reply(self, info: Info, reply_id: int, expected_version: int) -> InquiryReply:
        """Confirm a reply."""
        await replies.confirm(info.context.runtime, info.context.work, reply_id, expected_version)
        return await _reply(info, reply_id)

    @door(INQUIRY_WRITE, "回答を差し戻す。自分の入力のときは取り下げる")
    async def reject_inquiry_reply(self, info: Info, reply_id: int, expected_version: int) -> InquiryReply:
        """Send a reply back."""
        await replies.send_back(info.context.work, reply_id, expected_version)
        return await _reply(info, reply_id)


async def _inquiry(info: Info, inquiry_id: int) -> Inquiry:
    row = await queries.inquiry_row(info.context.write, inquiry_id)
    return Inquiry.of(row, info.context.clock.today())


async def _reply(info: Info, reply_id: int) -> InquiryReply:
    return InquiryReply.of(await queries.reply_row(info.context.write, reply_id))
