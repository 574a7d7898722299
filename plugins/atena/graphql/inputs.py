"""What callers fill in. Items that a correction leaves out stay as they are."""

from dataclasses import asdict, fields
from datetime import date
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET

from core.graphql.fields import column
from plugins.atena.graphql.types import SpecialCollection
from plugins.atena.history import Span
from plugins.atena.permissions import MY_NUMBER_SEARCH
from plugins.atena.service.persons import PersonChange

FRAME = ("atena_number", "designation_number", "expected_version", "valid_from", "valid_to", "address")
"""What of an input is no item of a correction."""
NEW_FRAME = ("designation_number", "valid_from", "not_the_same_as")
"""What of an input is no item of a registration."""
INPUT = strawberry.argument(name="input", description="入力")


def item(label: str, *, default: Any = UNSET) -> Any:
    """Declare an item that may be left out."""
    return strawberry.field(description=label, default=default)


def required(label: str) -> Any:
    """Declare an item that must be given."""
    return strawberry.field(description=label)


def items_of(source: Any, *without: str) -> dict[str, Any]:
    """Return the items that were filled in, by the names of their columns."""
    values = {each.name: getattr(source, each.name) for each in fields(source) if each.name not in without}
    given = {name: value for name, value in values.items() if value is not UNSET}
    return {name: value.value if isinstance(value, Enum) else value for name, value in given.items()}


@strawberry.input(description="個人の検索条件。指定したものをすべて満たす個人を探す")
class PersonSearchInput:
    """At least one condition must be given."""

    number: str | None = item("宛名番号（完全一致）", default=None)
    name: str | None = item("氏名（前方一致。空白、全角半角、異体字の違いは問わない）", default=None)
    kana: str | None = item(
        "読み仮名（前方一致。清濁、小書き、長音、全角半角の違いは問わない）", default=None
    )
    birth_date: str | None = item("生年月日。YYYY-MM-DD、YYYY-MM、YYYY", default=None)
    my_number: str | None = column(MY_NUMBER_SEARCH, "個人番号（完全一致）", default=None)
    address: str | None = item(
        "基準日の住所（市区町村名から前方一致。丁目・番地・全角半角は問わない）", default=None
    )
    town: str | None = item(
        "基準日の住所の町字から（前方一致。丁目・番地・全角半角は問わない）", default=None
    )


@strawberry.input(description="事業所の検索条件。指定したものをすべて満たす事業所を探す")
class EmployerSearchInput:
    """At least one condition must be given."""

    designation_number: str | None = item("指定番号（完全一致）", default=None)
    corporate_number: str | None = item("法人番号（完全一致）", default=None)
    name: str | None = item("名称（前方一致）", default=None)
    kana: str | None = item("読み仮名（前方一致）", default=None)


@strawberry.input(description="住所。まとめて置き換える")
class AddressInput:
    """An address, given whole."""

    municipality_code: str = required("市区町村コード（全国地方公共団体コード6桁）")
    prefecture: str = required("都道府県")
    municipality: str = required("市区郡町村名（指定都市は区まで）")
    town: str = required("町字")
    lot: str = required("番地号")
    town_code: str = item("町字コード。なければ0000000", default="0000000")
    building: str = item("方書", default="")
    postal_code: str = item("郵便番号（ハイフンなし）", default="")


@strawberry.input(description="住登外者の登録")
class RegisterNonResidentInput:
    """What must be known, and what may be."""

    name: str = required("氏名（住民票などの文字のまま）")
    kana: str = item("読み仮名", default="")
    birth_date: str | None = item("生年月日。日や月が不詳のときはYYYY-MM、YYYY", default=None)
    birth_note: str = item("生年月日の不詳表記", default="")
    sex: str = item("性別（0 不明、1 男、2 女、9 適用不能）", default="0")
    address: AddressInput | None = item("住所", default=None)
    valid_from: date | None = item("有効開始日。省略すると今日", default=None)
    not_the_same_as: list[str] = strawberry.field(
        description="同一人の候補（nonResidentCandidates）のうち、確認して別人と判断した宛名番号",
        default_factory=list,
    )


@strawberry.input(description="個人の訂正。指定した項目だけが変わる")
class CorrectPersonInput:
    """What to change, and within which days."""

    atena_number: str = required("宛名番号")
    expected_version: int = required("画面に表示した版")
    valid_from: date = required("訂正後の内容の有効開始日")
    valid_to: date | None = item("有効終了日（この日を含まない）。省略すると終わりなし", default=None)
    name: str | None = item("氏名")
    kana: str | None = item("読み仮名")
    birth_date: str | None = item("生年月日")
    birth_note: str | None = item("生年月日の不詳表記")
    sex: str | None = item("性別")
    death_date: date | None = item("死亡年月日")
    address: AddressInput | None = item("住所", default=None)


@strawberry.input(description="事業所の登録")
class RegisterEmployerInput:
    """What must be known, and what may be."""

    name: str = required("名称")
    designation_number: str | None = item("指定番号。省略すると自動で付番", default=None)
    kana: str = item("読み仮名", default="")
    corporate_number: str | None = item("法人番号", default=None)
    postal_code: str = item("郵便番号（ハイフンなし）", default="")
    address: str = item("所在地", default="")
    building: str = item("方書", default="")
    special_collection: SpecialCollection = item("特別徴収の区分", default=SpecialCollection.NONE)
    pays_half_yearly: bool = item("納期の特例の承認を受けているか", default=False)
    files_electronically: bool = item("給与支払報告書を電子で提出するか", default=False)
    valid_from: date | None = item("有効開始日。省略すると今日", default=None)
    not_the_same_as: list[str] = strawberry.field(
        description="同じ事業所の候補（employerCandidates）のうち、確認して別と判断した指定番号",
        default_factory=list,
    )


@strawberry.input(description="事業所の訂正。指定した項目だけが変わる")
class CorrectEmployerInput:
    """What to change, and within which days."""

    designation_number: str = required("指定番号")
    expected_version: int = required("画面に表示した版")
    valid_from: date = required("訂正後の内容の有効開始日")
    valid_to: date | None = item("有効終了日（この日を含まない）。省略すると終わりなし", default=None)
    name: str | None = item("名称")
    kana: str | None = item("読み仮名")
    corporate_number: str | None = item("法人番号")
    postal_code: str | None = item("郵便番号")
    address: str | None = item("所在地")
    building: str | None = item("方書")
    special_collection: SpecialCollection | None = item("特別徴収の区分")
    pays_half_yearly: bool | None = item("納期の特例の承認を受けているか")
    files_electronically: bool | None = item("給与支払報告書を電子で提出するか")


def address_of(source: AddressInput | None) -> dict[str, str] | None:
    """Return an address by the names of its columns."""
    return asdict(source) if source is not None else None


def new_person(given: RegisterNonResidentInput, today: date) -> PersonChange:
    """Return what is to be registered."""
    span = Span(given.valid_from or today)
    return PersonChange(span, items_of(given, "address", *NEW_FRAME), address_of(given.address))
