"""Who receives a person's notices, by GraphQL."""

from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.atena.delivery import HELD, LABELS, Reason, RecipientKind, target_of
from plugins.atena.graphql.common import person_after
from plugins.atena.graphql.inputs import INPUT, AddressInput, item, required
from plugins.atena.graphql.loaders import PersonKey, RecipientKey, RecipientsByPerson, WhereaboutsByPerson
from plugins.atena.graphql.types import Address, Person, is_hidden, open_end
from plugins.atena.history import FOREVER, Span
from plugins.atena.permissions import PERSON, PERSON_WRITE
from plugins.atena.queries.persons import Moment
from plugins.atena.service import recipients


@strawberry.enum(description="本人に代わって受け取る人の種類")
class Recipient(Enum):
    """The kinds of recipients."""

    DELIVERY_ADDRESS = strawberry.enum_value("delivery_address", description="送付先")
    TAX_AGENT = strawberry.enum_value("tax_agent", description="納税管理人")
    HEIRS_REPRESENTATIVE = strawberry.enum_value("heirs_representative", description="相続人代表者")
    TRUSTEE = strawberry.enum_value("trustee", description="破産管財人")


@strawberry.type(description="本人に代わって受け取る人（有効期間ごと）")
class RegisteredRecipient:
    """A recipient during one span of days."""

    name: str = column(PERSON, "氏名・名称")
    kana: str = column(PERSON, "読み仮名")
    address: Address = column(PERSON, "住所")
    valid_from: date = column(PERSON, "有効開始日")
    valid_to: date | None = column(PERSON, "有効終了日（この日を含まない）。終わりがないときはnull")
    recorded_at: datetime = column(PERSON, "登録日時")


@strawberry.type(description="通知の送り先と、その理由")
class DeliveryTarget:
    """Where a notice goes on a day; held ones have neither name nor address."""

    held: bool = column(PERSON, "発送を保留するか")
    reason_code: str = column(PERSON, "理由のコード")
    reason: str = column(PERSON, "理由")
    name: str | None = column(PERSON, "受取人")
    on_behalf_of: str | None = column(PERSON, "受取人が本人でないときの納税義務者の氏名")
    address: Address | None = column(PERSON, "送り先の住所")


@strawberry.type
class PersonRecipients:
    """Fields of a person about their notices."""

    @door(PERSON, "通知の送り先。asOfは発送日（省略すると個人の基準日）")
    async def delivery_target(
        self, person: strawberry.Parent[Person], info: Info, as_of: date | None = None
    ) -> DeliveryTarget | None:
        """Decide where a notice goes; null on days on which nothing was known of the person."""
        day = as_of or person.moment.as_of
        key = PersonKey(person.id, Moment(day, person.moment.as_known_at))
        known = await info.context.loader(WhereaboutsByPerson).load(key)
        if known is None:
            return None
        target = target_of(known, day)
        place = target.place
        is_own = target.reason in (Reason.HOME, Reason.DELIVERY_ADDRESS)
        masked = is_own and await is_hidden(person.id, info)
        return DeliveryTarget(
            held=target.reason in HELD,
            reason_code=target.reason.name,
            reason=LABELS[target.reason],
            name=target.name,
            on_behalf_of=known.name if target.name not in (None, known.name) else None,
            address=Address.of(place, masked=masked) if place is not None else None,
        )

    @door(PERSON, "本人に代わって受け取る人の履歴（有効開始日の順、現在の登録内容）")
    async def recipients(
        self, person: strawberry.Parent[Person], info: Info, kind: Recipient
    ) -> list[RegisteredRecipient]:
        """Return all recipients of one kind."""
        key = RecipientKey(person.id, RecipientKind[kind.name])
        rows = await info.context.loader(RecipientsByPerson).load(key)
        masked = kind is Recipient.DELIVERY_ADDRESS and await is_hidden(person.id, info)
        return [_recipient(row, masked=masked) for row in rows]


@strawberry.input(description="本人に代わって受け取る人の登録")
class SetRecipientInput:
    """Who receives, where, and when."""

    atena_number: str = required("納税義務者の宛名番号")
    expected_version: int = required("画面に表示した版")
    kind: Recipient = required("種類")
    name: str = required("氏名・名称")
    address: AddressInput = required("住所")
    kana: str = item("読み仮名", default="")
    valid_from: date | None = item("有効開始日。省略すると今日", default=None)
    valid_to: date | None = item("有効終了日（この日を含まない）。省略すると終わりなし", default=None)


@strawberry.input(description="本人に代わって受け取る人の終了")
class EndRecipientInput:
    """Who receives no longer."""

    atena_number: str = required("納税義務者の宛名番号")
    expected_version: int = required("画面に表示した版")
    kind: Recipient = required("種類")
    ends_on: date = required("受け取らなくなる最初の日")


@strawberry.type
class RecipientMutation:
    """What changes recipients."""

    @door(PERSON_WRITE, "送付先、納税管理人、相続人代表者、破産管財人を登録する")
    async def set_recipient(self, info: Info, given: Annotated[SetRecipientInput, INPUT]) -> Person:
        """Let somebody receive a person's notices."""
        work = info.context.work
        span = Span(given.valid_from or work.today, given.valid_to or FOREVER)
        said = {"name": given.name, "kana": given.kana}
        await recipients.set_recipient(
            work,
            given.atena_number,
            given.expected_version,
            RecipientKind[given.kind.name],
            span,
            said,
            asdict(given.address),
        )
        return await person_after(info, given.atena_number)

    @door(PERSON_WRITE, "送付先、納税管理人、相続人代表者、破産管財人を終了する")
    async def end_recipient(self, info: Info, given: Annotated[EndRecipientInput, INPUT]) -> Person:
        """Let nobody of that kind receive any more."""
        kind, number = RecipientKind[given.kind.name], given.atena_number
        await recipients.end_recipient(info.context.work, number, given.expected_version, kind, given.ends_on)
        return await person_after(info, number)


def _recipient(row: Row[Any], *, masked: bool) -> RegisteredRecipient:
    return RegisteredRecipient(
        name=row.name,
        kana=row.kana,
        address=Address.of(row, masked=masked),
        valid_from=row.valid_from,
        valid_to=open_end(row.valid_to),
        recorded_at=row.known_from,
    )
