"""The format of a file of 住登外者: one JSON object a line (docs/plugins/atena.md), checked whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from plugins.atena.errors import LineFault
from plugins.atena.feed.messages import LINE_LIMIT
from plugins.atena.particulars import ADDRESS_CHECKS, PERSON_CHECKS, Findings, column_name

PERSON = ("name", "kana", "birth_date", "sex")
ADDRESS = ("municipality_code", "prefecture", "municipality", "town", "lot", "building", "postal_code")
ITEMS = frozenset({"serial", "my_number", *PERSON, *ADDRESS})
NO_TOWN_CODE = "0000000"


@dataclass(frozen=True, slots=True)
class Line:
    """One 住登外者: `number` is the line's place, `canonical` its contents for comparing."""

    number: int
    serial: int
    my_number: str | None
    items: Mapping[str, Any]
    address: Mapping[str, str]
    canonical: bytes


def read_lines(file: Path, today: date) -> tuple[list[Line], list[LineFault]]:
    """Return all lines that can be read, and the faults of the others."""
    lines, faults = list[Line](), list[LineFault]()
    serials, numbers = set[int](), set[str]()
    with file.open("rb") as source:
        for number, text in enumerate(_lines(source), 1):
            found = _read(number, text, today)
            if not isinstance(found, Line):
                faults.extend(found)
                continue
            lines.append(found)
            if found.serial in serials:
                faults.append(LineFault(number, "serial", "doubled", "serialが重複しています。"))
            if found.my_number in numbers:
                faults.append(LineFault(number, "my_number", "doubled", "個人番号が重複しています。"))
            serials.add(found.serial)
            numbers |= {found.my_number} if found.my_number is not None else set()
    return lines, faults


def _lines(source: Any) -> Iterator[bytes]:
    while line := source.readline(LINE_LIMIT + 2):
        yield line


def _read(number: int, text: bytes, today: date) -> Line | list[LineFault]:
    try:
        given = orjson.loads(text) if len(text) <= LINE_LIMIT else None
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict) or given.keys() != ITEMS:
        message = "項目のそろったJSONのオブジェクト1つ（64KiB以内）として読めません。"
        return [LineFault(number, "line", "items", message)]
    faults = _faults(number, given, today)
    if faults:
        return faults
    address = {**{name: given[name] for name in ADDRESS}, "town_code": NO_TOWN_CODE}
    items = {**{name: given[name] for name in PERSON}, "birth_note": ""}
    canonical = orjson.dumps(given, option=orjson.OPT_SORT_KEYS)
    return Line(number, given["serial"], given["my_number"], items, address, canonical)


def _faults(number: int, given: Mapping[str, Any], today: date) -> list[LineFault]:
    findings = Findings()
    texts = {name: given[name] for name in (*PERSON, *ADDRESS)}
    for name, value in texts.items():
        if not isinstance(value, str) and not (name == "birth_date" and value is None):
            findings.add(name, "text", "文字列を指定してください。")
    if not findings.found:
        findings.items({**PERSON_CHECKS, **ADDRESS_CHECKS}, texts)
        findings.life({"birth_date": given["birth_date"]}, today)
    if type(given["serial"]) is not int or not 0 < given["serial"] < 2**63:
        findings.add("serial", "range", "1以上の整数を指定してください。")
    if given["my_number"] is not None:
        findings.my_number(str(given["my_number"]))
    return [LineFault(number, column_name(each.field), each.rule, each.message) for each in findings.found]
