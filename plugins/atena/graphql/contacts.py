"""Contact notes (応対記録) by GraphQL."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from plugins.atena.graphql.common import person_after
from plugins.atena.graphql.inputs import INPUT, item, required
from plugins.atena.graphql.types import Person
from plugins.atena.permissions import CONTACT, CONTACT_WRITE
from plugins.atena.queries.contacts import contacts_of
from plugins.atena.service import contacts


@strawberry.enum(description="応対の方法")
class ContactChannel(Enum):
    """How somebody came."""

    COUNTER = strawberry.enum_value("counter", description="窓口")
    TELEPHONE = strawberry.enum_value("telephone", description="電話")
    POST = strawberry.enum_value("post", description="郵送")


@strawberry.enum(description="応対の相手")
class ContactParty(Enum):
    """For whom they came."""

    SELF = strawberry.enum_value("self", description="本人")
    AGENT = strawberry.enum_value("agent", description="代理人")


@strawberry.enum(description="本人確認に使ったもの（番号利用法16条）。代理人のときは代理人のもの")
class IdentityEvidence(Enum):
    """What showed who they are."""

    MY_NUMBER_CARD = strawberry.enum_value("my_number_card", description="個人番号カード")
    DRIVING_LICENCE = strawberry.enum_value("driving_licence", description="運転免許証")
    PASSPORT = strawberry.enum_value("passport", description="旅券")
    RESIDENCE_CARD = strawberry.enum_value("residence_card", description="在留カード・特別永住者証明書")
    OTHER_WITH_PHOTO = strawberry.enum_value("other_with_photo", description="その他の顔写真付きの書類")
    TWO_WITHOUT_PHOTO = strawberry.enum_value("two_without_photo", description="顔写真のない書類2点")
    QUESTIONS = strawberry.enum_value("questions", description="本人だけが知る事項の聴取")


@strawberry.enum(description="代理権を確認した書類")
class AgentAuthority(Enum):
    """What showed that an agent may act."""

    FAMILY_REGISTER = strawberry.enum_value("family_register", description="戸籍謄本など（法定代理人）")
    MANDATE = strawberry.enum_value("mandate", description="委任状")
    TAX_ATTORNEY = strawberry.enum_value("tax_attorney", description="税務代理権限証書（税理士）")
    OTHER = strawberry.enum_value("other", description="その他の書類")


@strawberry.type(description="応対記録")
class Contact:
    """Who came about a person, and how that was checked."""

    channel: ContactChannel = column(CONTACT, "応対の方法")
    party: ContactParty = column(CONTACT, "応対の相手")
    evidence: list[IdentityEvidence] = column(CONTACT, "本人確認に使ったもの")
    authority: AgentAuthority | None = column(CONTACT, "代理権を確認した書類。本人のときはnull")
    subject: str = column(CONTACT, "用件")
    recorded_by: str = column(CONTACT, "応対した職員の職員番号")
    recorded_at: datetime = column(CONTACT, "記録日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "Contact":
        """Make it of a row of `atena.contact`."""
        return cls(
            channel=ContactChannel(row.channel),
            party=ContactParty(row.party),
            evidence=[IdentityEvidence(code) for code in row.evidence],
            authority=AgentAuthority(row.authority) if row.authority else None,
            subject=row.subject,
            recorded_by=row.recorded_by,
            recorded_at=row.recorded_at,
        )


class ContactsByPerson(Loader[int, Sequence[Row[Any]]]):
    """The notes about a person."""

    missing: Sequence[Row[Any]] = ()

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Sequence[Row[Any]]]:
        """Return the rows of `queries.contacts`."""
        return await contacts_of(self.session, keys)


@strawberry.type
class PersonContacts:
    """Fields of a person about who came."""

    @door(CONTACT, "応対記録（新しい順）")
    async def contacts(self, person: strawberry.Parent[Person], info: Info) -> list[Contact]:
        """Return the notes."""
        return [Contact.of(row) for row in await info.context.loader(ContactsByPerson).load(person.id)]


@strawberry.input(description="応対記録")
class RecordContactInput:
    """Who came about whom."""

    atena_number: str = required("宛名番号")
    channel: ContactChannel = required("応対の方法")
    party: ContactParty = required("応対の相手")
    evidence: list[IdentityEvidence] = required("本人確認に使ったもの（1つ以上）")
    subject: str = required("用件（個人番号は書かない）")
    authority: AgentAuthority | None = item("代理権を確認した書類（代理人のとき）", default=None)


@strawberry.type
class ContactMutation:
    """What notes contacts."""

    @door(CONTACT_WRITE, "窓口・電話・郵送の応対と、本人確認・代理権の確認の方法を記録する")
    async def record_contact(self, info: Info, given: Annotated[RecordContactInput, INPUT]) -> Person:
        """Note who came."""
        said = contacts.Contact(
            channel=_code(given.channel),
            party=_code(given.party),
            evidence=[_code(each) for each in given.evidence],
            authority=_code(given.authority) if given.authority is not None else "",
            subject=given.subject,
        )
        await contacts.record_contact(info.context.work, given.atena_number, said)
        return await person_after(info, given.atena_number)


def _code(member: Enum) -> str:
    return str(member.value)
