"""Values of e-Tax elements to text and back: a date has era, year, month and day, a mark has kubun_CD."""

from collections.abc import Mapping
from functools import lru_cache

from plugins.shiryo.reading.dates import ERAS, era_date
from plugins.shiryo.reading.form import Item
from plugins.shiryo.reading.xml_tree import ETAX_ERAS

_TO_ETAX = {code: etax for etax, code in ETAX_ERAS.items()}
UNREADABLE = "-"
"""Stands for a date that is none, so that its check says so."""


def text_of(item: Item, text: str, parts: Mapping[str, str]) -> str:
    """Return the text of an element from its own text and its `gen:` children."""
    if "era" in parts:
        return _date(item, parts)
    if item.type == "date" and parts:
        return UNREADABLE
    return "-".join(parts.values()) if parts else text


def _date(item: Item, parts: Mapping[str, str]) -> str:
    found = _read_date(
        parts["era"], parts.get("yy") or "00", parts.get("mm") or "00", parts.get("dd") or "00"
    )
    return found[:4] if item.type == "part" and found != UNREADABLE else found


@lru_cache(maxsize=65_536)
def _read_date(code: str, *digits: str) -> str:
    era = ETAX_ERAS.get(code, "")
    if not era or not all(part.isascii() and part.isdigit() for part in digits):
        return UNREADABLE
    found = era_date(era, *digits)
    return found or UNREADABLE


def parts_of(item: Item, text: str) -> Mapping[str, str]:
    """Return the `gen:` children that hold a text; empty where the element holds it itself."""
    if item.type == "date" or (item.type == "part" and item.name == "income_year"):
        return _era_parts(text)
    if item.type == "code" and "＞" in item.label and len(item.codes) > 1 and "1" in item.codes:
        return {"kubun_CD": text}
    if item.type == "my_number":
        return {"kojinbango": text}
    return {}


def _era_parts(text: str) -> Mapping[str, str]:
    year, month, day = (int(part) if part.isdigit() else 0 for part in f"{text}--".split("-")[:3])
    start = next(
        (code for code in (5, 4, 1, 2, 3) if (year, month or 12, day or 31) >= _day(ERAS[code][0])), 3
    )
    era = {"era": _TO_ETAX[str(start)], "yy": str(year - ERAS[start][0].year + 1)}
    return era | {name: str(value) for name, value in (("mm", month), ("dd", day)) if value}


def _day(day: object) -> tuple[int, int, int]:
    year, month, date = (int(part) for part in str(day).split("-"))
    return year, month, date
