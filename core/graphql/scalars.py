"""Scalars: yen in 64 bits, dates, moments and fiscal years; each accepts one spelling and nothing near it."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from core.errors import Invalid
from core.graphql.request import INT64

Yen = NewType("Yen", int)
FiscalYear = NewType("FiscalYear", int)

YEARS = range(1990, 2101)
_DIGITS = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


def read_yen(value: object) -> Yen:
    """Read whole yen from a JSON integer, or from ASCII digits (JavaScript loses integers above 2⁵³)."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if type(value) is not int or value not in INT64:
        raise Invalid("金額は整数（円）で入力してください。", rule="yen")
    return Yen(value)


def write_yen(value: object) -> int:
    """Answer whole yen; anything but an integer of 64 bits is a fault of the program."""
    if type(value) is not int or value not in INT64:
        raise TypeError("a yen field holds something else than an integer of 64 bits")
    return value


def read_fiscal_year(value: object) -> FiscalYear:
    """Read a fiscal year (課税年度) of the western calendar from a JSON integer."""
    if type(value) is not int or value not in YEARS:
        raise Invalid("年度は西暦4桁の整数で入力してください。", rule="fiscal-year")
    return FiscalYear(value)


def write_fiscal_year(value: object) -> int:
    """Answer a fiscal year."""
    if type(value) is not int or value not in YEARS:
        raise TypeError("a fiscal year field holds something else than a year")
    return value


def read_date(value: object) -> date:
    """Read a day from `YYYY-MM-DD`."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise Invalid("日付はYYYY-MM-DDの形で入力してください。", rule="date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid("暦にない日付です。", rule="date") from None


def read_moment(value: object) -> datetime:
    """Read a moment with its offset, `2026-06-10T09:00:00+09:00`."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise Invalid("日時は時差つきのISO 8601の形で入力してください。", rule="datetime")
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("暦にない日時です。", rule="datetime") from None


def write_moment(value: datetime) -> str:
    """Answer a moment with its offset; one without is a fault of the program."""
    if value.tzinfo is None:
        raise TypeError("a moment without an offset")
    return value.isoformat()


SCALARS: Mapping[object, ScalarDefinition] = {
    Yen: strawberry.scalar(
        name="Yen",
        description="金額（円）。64ビット整数。入力は整数、または整数の文字列。",
        serialize=write_yen,
        parse_value=read_yen,
    ),
    FiscalYear: strawberry.scalar(
        name="FiscalYear",
        description="課税年度（西暦）。1990年度から2100年度まで。",
        serialize=write_fiscal_year,
        parse_value=read_fiscal_year,
    ),
    date: strawberry.scalar(
        name="Date", description="日付。YYYY-MM-DD。", serialize=date.isoformat, parse_value=read_date
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="日時。時差つきのISO 8601。",
        serialize=write_moment,
        parse_value=read_moment,
    ),
}
