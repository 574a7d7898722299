"""The types of 宛名: a person with addresses and My Number, an employer."""

from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.masking import MASKED_TEXT, Masked, NeedsReason
from plugins.atena.graphql.loaders import (
    AddressesByPerson,
    HiddenByPerson,
    PersonKey,
    SealedNumberByPerson,
)
from plugins.atena.history import FOREVER
from plugins.atena.partial_date import PartialDate, Precision
from plugins.atena.particulars import ADDRESS_CHECKS
from plugins.atena.permissions import EMPLOYER, MY_NUMBER, MY_NUMBER_MASK, PERSON, PROTECTED_ADDRESS
from plugins.atena.queries.persons import AddressKey, Moment
from plugins.atena.service import employers, persons
from plugins.atena.vault.keyring import open_keyring
from plugins.atena.vault.seal import unseal


@strawberry.enum(description="住民区分")
class PersonKind(Enum):
    """Whether the resident register feeds the person, or we registered them."""

    RESIDENT = strawberry.enum_value("resident", description="住民")
    NON_RESIDENT = strawberry.enum_value("non_resident", description="住登外者")


@strawberry.enum(description="特別徴収の区分（地方税法321条の4）")
class SpecialCollection(Enum):
    """Whether an employer is designated to collect the tax from pay."""

    NONE = strawberry.enum_value("none", description="指定していない")
    DESIGNATED = strawberry.enum_value("designated", description="特別徴収義務者に指定")
    ENDED = strawberry.enum_value("ended", description="指定の終了（廃業、普通徴収への切替え）")


@strawberry.type(description="住所（有効期間ごと）")
class Address:
    """An address during one span of days."""

    municipality_code: str = column(PERSON, "市区町村コード（全国地方公共団体コード6桁）")
    prefecture: str = column(PERSON, "都道府県")
    municipality: str = column(PERSON, "市区郡町村名（指定都市は区まで）")
    town_code: str = column(PERSON, "町字コード")
    town: str = column(PERSON, "町字")
    lot: str = column(PERSON, "番地号")
    building: str = column(PERSON, "方書")
    postal_code: str = column(PERSON, "郵便番号")
    valid_from: date = column(PERSON, "有効開始日")
    valid_to: date | None = column(PERSON, "有効終了日（この日を含まない）。終わりがないときはnull")
    recorded_at: datetime = column(PERSON, "登録日時")
    masked: bool = column(PERSON, "支援措置のため伏せられているか。権限と理由（X-Reason）があれば伏せない")

    @classmethod
    def of(cls, row: Row[Any], *, masked: bool) -> "Address":
        """Make an address of a row of `atena.address_revision`; a masked one tells no place."""
        said = {name: MASKED_TEXT if masked else getattr(row, name) for name in ADDRESS_CHECKS}
        return cls(
            **said,
            masked=masked,
            valid_from=row.valid_from,
            valid_to=open_end(row.valid_to),
            recorded_at=row.known_from,
        )


@strawberry.type(description="宛名の個人。基準日と基準日時の時点の内容")
class Person(PersonalData):
    """A person as of a day and as known at a moment; `id` is for the loaders of other plug-ins."""

    journal_type: ClassVar[str] = persons.JOURNAL_TYPE

    id: strawberry.Private[int]
    moment: strawberry.Private[Moment]
    revision_id: strawberry.Private[int]
    atena_number: str = column(PERSON, "宛名番号")
    version: int = column(PERSON, "版。訂正のときexpectedVersionとして送る")
    kind: PersonKind = column(PERSON, "住民区分")
    name: str = column(PERSON, "氏名（受領した文字のまま）")
    kana: str = column(PERSON, "氏名の読み仮名")
    birth_date: str | None = column(PERSON, "生年月日。日や月が不詳のときはYYYY-MM、YYYY")
    birth_note: str = column(PERSON, "生年月日の不詳表記")
    sex: str = column(PERSON, "性別（0 不明、1 男、2 女、9 適用不能）")
    death_date: date | None = column(PERSON, "死亡年月日")
    valid_from: date = column(PERSON, "有効開始日")
    valid_to: date | None = column(PERSON, "有効終了日（この日を含まない）。終わりがないときはnull")
    recorded_at: datetime = column(PERSON, "登録日時")

    @classmethod
    def of(cls, row: Row[Any], moment: Moment) -> "Person":
        """Make a person of a row of `queries.persons`."""
        return cls(
            id=row.id,
            moment=moment,
            revision_id=row.revision_id,
            atena_number=row.atena_number,
            version=row.version,
            kind=PersonKind(row.kind),
            name=row.name,
            kana=row.kana,
            birth_date=_birth(row),
            birth_note=row.birth_note,
            sex=row.sex,
            death_date=row.death_date,
            valid_from=row.valid_from,
            valid_to=open_end(row.valid_to),
            recorded_at=row.known_from,
        )

    def journal_id(self) -> str:
        """Return the 宛名番号."""
        return self.atena_number

    @door(PERSON, "基準日の住所")
    async def address(self, info: Info) -> Address | None:
        """Return the address that holds on the person's `asOf` day."""
        return next(
            (address for address in await _addresses(self, info) if _holds(address, self.moment)), None
        )

    @door(PERSON, "住所の履歴（有効開始日の順）")
    async def addresses(self, info: Info) -> list[Address]:
        """Return all addresses as known at the person's moment."""
        return await _addresses(self, info)

    @door(
        MY_NUMBER,
        "個人番号。利用する理由（X-Reason）が必要。登録がないときはnull",
        extensions=[Masked(MY_NUMBER_MASK), NeedsReason()],
        no_store=True,
    )
    async def my_number(self, info: Info) -> str | None:
        """Open the seal; those who see the number masked never get here."""
        key = PersonKey(self.id, self.moment)
        row = await info.context.loader(SealedNumberByPerson).load(key)
        if row is None:
            return None
        return unseal(open_keyring(info.context.settings), self.id, row)

    @door(MY_NUMBER, "個人番号を登録した資料。住記連携や職員の登録では空、登録がないときはnull")
    async def my_number_source(self, info: Info) -> str | None:
        """Return the document that the number was taken from."""
        key = PersonKey(self.id, self.moment)
        row = await info.context.loader(SealedNumberByPerson).load(key)
        return None if row is None else str(row.source)


@strawberry.type(description="事業所（特別徴収義務者など）。基準日と基準日時の時点の内容")
class Employer(PersonalData):
    """An employer as of a day and as known at a moment. Sole proprietors make it personal data."""

    journal_type: ClassVar[str] = employers.JOURNAL_TYPE

    id: strawberry.Private[int]
    revision_id: strawberry.Private[int]
    designation_number: str = column(EMPLOYER, "指定番号")
    version: int = column(EMPLOYER, "版。訂正のときexpectedVersionとして送る")
    name: str = column(EMPLOYER, "名称（受領した文字のまま）")
    kana: str = column(EMPLOYER, "名称の読み仮名")
    corporate_number: str | None = column(EMPLOYER, "法人番号")
    postal_code: str = column(EMPLOYER, "郵便番号")
    address: str = column(EMPLOYER, "所在地")
    building: str = column(EMPLOYER, "方書")
    special_collection: SpecialCollection = column(EMPLOYER, "特別徴収の区分（基準日の時点）")
    pays_half_yearly: bool = column(EMPLOYER, "納期の特例の承認を受けているか（地方税法321条の5の2）")
    files_electronically: bool = column(
        EMPLOYER, "給与支払報告書を電子で提出するか（総括表の用紙を送らない）"
    )
    valid_from: date = column(EMPLOYER, "有効開始日")
    valid_to: date | None = column(EMPLOYER, "有効終了日（この日を含まない）。終わりがないときはnull")
    recorded_at: datetime = column(EMPLOYER, "登録日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "Employer":
        """Make an employer of a row of `queries.employers`."""
        return cls(
            id=row.id,
            revision_id=row.revision_id,
            designation_number=row.designation_number,
            version=row.version,
            name=row.name,
            kana=row.kana,
            corporate_number=row.corporate_number,
            postal_code=row.postal_code,
            address=row.address,
            building=row.building,
            special_collection=SpecialCollection(row.special_collection),
            pays_half_yearly=row.pays_half_yearly,
            files_electronically=row.files_electronically,
            valid_from=row.valid_from,
            valid_to=open_end(row.valid_to),
            recorded_at=row.known_from,
        )

    def journal_id(self) -> str:
        """Return the 指定番号."""
        return self.designation_number


async def _addresses(owner: Person, info: Info) -> list[Address]:
    rows = await info.context.loader(AddressesByPerson).load(AddressKey(owner.id, owner.moment.as_known_at))
    masked = await is_hidden(owner.id, info)
    return [Address.of(row, masked=masked) for row in rows]


async def is_hidden(person_id: int, info: Info) -> bool:
    """Tell whether a 支援措置 of today hides the person's addresses, of all times, from who asks."""
    return not sees_protected(info) and await info.context.loader(HiddenByPerson).load_today(info, person_id)


def sees_protected(info: Info) -> bool:
    """Tell whether who asks may see hidden addresses, and said why."""
    return info.context.actor.may(PROTECTED_ADDRESS) and bool(info.context.reason.strip())


def _holds(address: Address, moment: Moment) -> bool:
    return address.valid_from <= moment.as_of < (address.valid_to or FOREVER)


def _birth(row: Row[Any]) -> str | None:
    if row.birth_date is None:
        return None
    return str(PartialDate(row.birth_date, Precision(row.birth_precision)))


def open_end(valid_to: date) -> date | None:
    """Return the end of a span of days, or None if it has none."""
    return None if valid_to == FOREVER else valid_to
