"""What may be said of a person or employer: every item is checked, and all faults are reported at once.

Items bear the names of their columns; findings name the GraphQL field. Texts are kept exactly as received:
no trimming, no normalisation, for a name is what the register says, to the last code point.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from plugins.atena.check_digits import is_corporate_number, is_my_number
from plugins.atena.errors import Finding, InvalidInput
from plugins.atena.history import FOREVER, Content, Span
from plugins.atena.partial_date import PartialDate
from plugins.atena.search_keys import address_keys, kana_key, name_key

EARLIEST = date(1868, 1, 1)
"""No date before 明治元年 is plausible for anybody who pays or paid this tax."""

# Controls, line separators, surrogates, noncharacters. What Unicode assigned after Python's tables is text.
_NOT_TEXT = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff\\U0010fffe\\U0010ffff]"
)
_UNSEEN_AT_MOST = 4
"""How many code points a seen character may have on average, so that nothing unseen fills the database."""
_UNSEEN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_KANA = re.compile(r"[\s\u3041-\u309f\u30a0-\u30ff\uff61-\uff9f・．.\-－‐]*")


class Kind(StrEnum):
    """住民 or 住登外者."""

    RESIDENT = "resident"
    NON_RESIDENT = "non_resident"


Check = Callable[[str, Any], list[Finding]]


def text(limit: int, *, required: bool = False) -> Check:
    """Make a check of a text of at most `limit` characters as they are seen (IVS, combining marks: 0)."""

    def check(field: str, value: Any) -> list[Finding]:
        if not value:
            return [Finding(field, "required", "入力してください。")] if required or value is None else []
        if _NOT_TEXT.search(value):
            return [Finding(field, "characters", "使用できない文字（制御文字など）が含まれています。")]
        if _seen_length(value) > limit or len(value) > limit * _UNSEEN_AT_MOST:
            return [Finding(field, "length", f"{limit}文字以内で入力してください。")]
        return []

    return check


def pattern(expression: str, rule: str, message: str) -> Check:
    """Make a check of a code."""
    form = re.compile(expression, re.ASCII)

    def check(field: str, value: Any) -> list[Finding]:
        return [] if value is not None and form.fullmatch(value) else [Finding(field, rule, message)]

    return check


def kana(field: str, value: Any) -> list[Finding]:
    """Check a reading: kana only, full or half width."""
    found = text(100)(field, value)
    if not found and not _KANA.fullmatch(value):
        found.append(Finding(field, "kana", "カタカナまたはひらがなで入力してください。"))
    return found


def corporate_number(field: str, value: Any) -> list[Finding]:
    """Check a 法人番号; sole proprietors have none."""
    if value is None or is_corporate_number(value):
        return []
    return [Finding(field, "check-digit", "法人番号は13桁の半角数字です。検査用数字を確認してください。")]


def birth_date(field: str, value: Any) -> list[Finding]:
    """Check a birth date of which parts may be unknown."""
    if value is None or _partial(value) is not None:
        return []
    return [
        Finding(
            field, "date", "生年月日はYYYY-MM-DDで、日や月が不詳のときはYYYY-MM、YYYYで入力してください。"
        )
    ]


def anything(_field: str, _value: Any) -> list[Finding]:
    """Check nothing: the type of the GraphQL field says enough."""
    return []


def said(field: str, value: Any) -> list[Finding]:
    """Check that yes or no was said."""
    return [] if value is not None else [Finding(field, "required", "入力してください。")]


PERSON_CHECKS: Mapping[str, Check] = {
    "name": text(100, required=True),
    "kana": kana,
    "birth_date": birth_date,
    "birth_note": text(72),
    "sex": pattern("[0129]", "code", "性別のコードを確認してください。"),
    "death_date": anything,
}
ADDRESS_CHECKS: Mapping[str, Check] = {
    "municipality_code": pattern(
        "[0-9]{6}", "code", "全国地方公共団体コード（半角数字6桁）を入力してください。"
    ),
    "prefecture": text(4),
    "municipality": text(12),
    "town_code": pattern(
        "[0-9]{7}", "code", "町字コード（半角数字7桁、町字なしは0000000）を入力してください。"
    ),
    "town": text(120),
    "lot": text(50),
    "building": text(300),
    "postal_code": pattern("([0-9]{7})?", "code", "郵便番号はハイフンなしの半角数字7桁です。"),
}
EMPLOYER_CHECKS: Mapping[str, Check] = {
    "name": text(100, required=True),
    "kana": kana,
    "corporate_number": corporate_number,
    "postal_code": ADDRESS_CHECKS["postal_code"],
    "address": text(200),
    "building": text(300),
    "special_collection": pattern("none|designated|ended", "code", "特別徴収の区分を確認してください。"),
    "pays_half_yearly": said,
    "files_electronically": said,
}
_DESIGNATION_NUMBER = pattern("[0-9A-Z]{1,12}", "code", "指定番号は12桁以内の半角英数字です。")


class Findings:
    """Gathers faults; `refuse()` raises them all together."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def items(self, checks: Mapping[str, Check], given: Mapping[str, Any], prefix: str = "") -> None:
        """Check every given item."""
        for name, value in given.items():
            self.found.extend(checks[name](prefix + graphql_name(name), value))

    def life(self, given: Mapping[str, Any], today: date) -> None:
        """Check the dates of a life against today and each other."""
        birth = _partial(given.get("birth_date"))
        death: date | None = given.get("death_date")
        if birth is not None and not EARLIEST <= birth.first <= today:
            self.add("birthDate", "range", "生年月日を確認してください。")
        if death is not None and not EARLIEST <= death <= today:
            self.add("deathDate", "range", "死亡年月日を確認してください。")
        if birth is not None and death is not None and death < birth.first:
            self.add("deathDate", "order", "死亡年月日が生年月日より前です。")

    def span(self, span: Span) -> None:
        """Check from when and until when something is to hold."""
        if not EARLIEST <= span.valid_from < FOREVER:
            self.add("validFrom", "range", "有効開始日を確認してください。")
        elif span.valid_to <= span.valid_from:
            self.add("validTo", "order", "有効終了日は有効開始日より後の日付にしてください。")

    def designation_number(self, value: str) -> None:
        """Check a 指定番号 that the caller chose."""
        self.found.extend(_DESIGNATION_NUMBER("designationNumber", value))

    def my_number(self, value: str) -> None:
        """Check a 個人番号: twelve ASCII digits, and the check digit."""
        if not re.fullmatch("[0-9]{12}", value, re.ASCII):
            self.add("myNumber", "format", "個人番号は半角数字12桁で入力してください。")
        elif not is_my_number(value):
            self.add("myNumber", "check-digit", "個人番号の検査用数字が一致しません。")

    def add(self, field: str, rule: str, message: str) -> None:
        """Add one fault."""
        self.found.append(Finding(field, rule, message))

    def refuse(self) -> None:
        """Raise InvalidInput if there was any fault."""
        if self.found:
            raise InvalidInput(self.found)


def person_content(given: Mapping[str, Any]) -> Content:
    """Return the columns for checked items of a person."""
    content = _with_keys(given)
    if "birth_date" in content:
        birth = _partial(content["birth_date"])
        content["birth_date"] = birth.first if birth else None
        content["birth_precision"] = birth.precision.value if birth else None
    return content


def address_content(given: Mapping[str, Any]) -> Content:
    """Return the columns for the checked items of a whole address."""
    return {**given, **address_keys(given)}


def employer_content(given: Mapping[str, Any]) -> Content:
    """Return the columns for checked items of an employer."""
    return _with_keys(given)


def _partial(value: str | None) -> PartialDate | None:
    try:
        return PartialDate.parse(value or "")
    except ValueError:
        return None


def _with_keys(given: Mapping[str, Any]) -> dict[str, Any]:
    content = dict(given)
    if "name" in content:
        content["name_key"] = name_key(content["name"])
    if "kana" in content:
        content["kana_key"] = kana_key(content["kana"])
    return content


def _seen_length(value: str) -> int:
    return sum(not unicodedata.combining(character) for character in _UNSEEN.sub("", value))


def graphql_name(column: str) -> str:
    """Return the GraphQL name of an item: the one that findings and the access log use."""
    first, *rest = column.split("_")
    return first + "".join(part.capitalize() for part in rest)


def column_name(field: str) -> str:
    """Return the column of a GraphQL name: files bear the names of columns."""
    return re.sub("[A-Z]", lambda found: "_" + found.group().lower(), field)
