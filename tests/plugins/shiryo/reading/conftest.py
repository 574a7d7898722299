"""Records without fault for every layout: invented people, numbers with right check digits."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson
import pytest

from plugins.atena.check_digits import modulus_11
from plugins.shiryo.reading.excerpt import excerpt
from plugins.shiryo.reading.layout import Layout
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.sheet import Sheet

CORPORATE = "7000012050002"
PAYER = {"payer_address": "東京都千代田区千代田１－１", "payer_name": "（株）見本", "income_year": "06"}
PERSON = {"name": "山田　太郎", "address": "岡山県岡山市北区大供１－１－１"}
BIRTH = {"birth_era": 1, "birth_year": "39", "birth_month": "07", "birth_day": "01"}
CITY = {"kana": "ﾔﾏﾀﾞ ﾀﾛｳ", "municipality": "331007"}
NEUTRAL = {
    "income_year": 2024,
    "municipality": "331007",
    "kana": "ヤマダ　タロウ",
    "birth_date": "1964-07-01",
}
SALARY = {
    "payment": 4_800_000,
    "salary_income": 3_400_000,
    "social_insurance": 720_000,
    "mutual_aid": 120_000,
}
OLD = {"birth_era": 1, "birth_year": "20", "birth_month": "07", "birth_day": "01", "income_year": 26}
RECORDS: Mapping[str, dict[str, Any]] = {
    "salary_report_2014": {**PAYER, **PERSON, **BIRTH, **CITY, **SALARY, "income_year": 26, "correction": 0},
    "salary_report_2020": {**PAYER, **PERSON, **BIRTH, **CITY, **SALARY, "correction": 0, "scope": 2},
    "pension_report_2014": {**PAYER, **PERSON, **CITY, **OLD, "correction": 0, "band_1_payment": 1_800_000},
    "pension_report_2020": {
        **PAYER,
        **PERSON,
        **BIRTH,
        "kana": "ﾔﾏﾀﾞ ﾀﾛｳ",
        "correction": 0,
        "band_1_payment": 1_800_000,
        "band_7_payment": 10,
    },
    "retirement_slip_2020": {
        **PAYER,
        **PERSON,
        "correction": 0,
        "first_payment": 20_000_000,
        "service_years": 30,
        "retirement_deduction": 15_000_000,
        "joined_year": "06",
        "joined_month": "04",
        "joined_day": "01",
        "left_year": "06",
        "left_month": "03",
        "left_day": "31",
    },
    "resident_return_1": {**NEUTRAL, **PERSON, "filed_on": "2025-03-01", "salary": 900_000, "action": 0},
    "one_stop_notice_1": {
        **NEUTRAL,
        **PERSON,
        "sender_municipality": "131016",
        "donation": 30_000,
        "action": 0,
    },
    "withheld_levy_1": {
        **NEUTRAL,
        **PERSON,
        "payer_name": "見本証券",
        "listed_dividend": 100_000,
        "dividend_levy_withheld": 5_000,
        "action": 0,
    },
    "punched_slip_1": {
        **NEUTRAL,
        **PERSON,
        "batch": "B01",
        "page": 1,
        "slip": 1,
        "payer_name": "見本商店",
        "salary": 1_200_000,
        "action": 0,
    },
    "tax_return_23": {
        **PERSON,
        "income_year": 2025,
        "kana": "ヤマダ　タロウ",
        "birth_date": "1964-07-01",
        "address_january": "岡山県岡山市北区大供１－１－１",
        "salary": 5_000_000,
        "salary_income": 3_560_000,
        "income_total": 3_560_000,
        "social_insurance": 700_000,
        "deductions_subtotal": 700_000,
        "deductions_total": 700_000,
        "spouse_name": "山田　花子",
    },
}


class Said(NamedTuple):
    """What is kept of one record."""

    facts: dict[str, int]
    items: dict[str, Any]
    relatives: list[dict[str, Any]]


def said_by(record: Record) -> Said:
    """Return what is kept of a record that has fields; numbers of relatives as they stand."""
    found = excerpt(Sheet(record.form, [record]), lambda number: number)
    return Said(*(orjson.loads(texts[0]) for texts in found))


def my_number(serial: int) -> str:
    """Return the number of a person who does not exist."""
    digits = f"{serial:011d}"
    return digits + modulus_11(digits)


def clean_record(layout: Layout, serial: int = 1) -> dict[str, Any]:
    """Return a record with which nothing is wrong; another serial is another person."""
    record = dict(RECORDS[layout.id])
    if "my_number" in layout.form.index:
        number = my_number(serial)
        record["my_number"] = number if layout.form.encoding == "utf-8" else f"0{number}"
    if "recipient_number" in layout.form.index:
        record["recipient_number"] = f"{serial:06d}"
    if "document_number" in layout.form.index:
        record["document_number"] = f"D{serial:08d}"
    if not {"recipient_number", "document_number"} & layout.form.index.keys():
        record["name"] = "山田　" + "".join("〇一二三四五六七八九"[int(digit)] for digit in str(serial))
    return record


@pytest.fixture
def clean() -> Callable[..., dict[str, Any]]:
    return clean_record


@pytest.fixture
def said() -> Callable[[Record], Said]:
    return said_by


@pytest.fixture
def clean_file() -> Callable[[Layout, int], bytes]:
    """Make a file of so many records."""
    return lambda layout, records: layout.write(clean_record(layout, n) for n in range(1, records + 1))
