"""The format of the register feed: one JSON object a line (docs/plugins/atena.md has the tables).

A line is read in two steps: its sequence number first, for the order; the event when its turn has come.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import orjson

from plugins.atena.check_digits import is_my_number
from plugins.atena.errors import FeedMalformed, Finding
from plugins.atena.particulars import (
    ADDRESS_CHECKS,
    EARLIEST,
    PERSON_CHECKS,
    Check,
    Findings,
    graphql_name,
    pattern,
    text,
)

LINE_LIMIT = 65_536
"""Bytes of the longest line; the longest address takes a tenth of it."""
LAST_SEQUENCE = 2**63 - 1
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_NUMBER = re.compile(r"(?!9\d{14}$)\d{1,15}", re.ASCII)


class EventKind(StrEnum):
    """What can happen to a resident."""

    BIRTH = "birth"
    MOVE_IN = "move_in"
    MOVE_OUT = "move_out"
    MOVE_WITHIN = "move_within"
    DEATH = "death"
    NAME_CHANGE = "name_change"
    NUMBER_ASSIGNED = "number_assigned"
    HOUSEHOLD_CHANGE = "household_change"
    PROTECTION_SET = "protection_set"
    PROTECTION_LIFTED = "protection_lifted"
    OFFICIAL_CORRECTION = "official_correction"


class Shape(NamedTuple):
    """Items that an object must have, and items that it may have."""

    required: frozenset[str]
    optional: Mapping[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `digest` is the SHA-256 of its event; `items` bear the names of columns."""

    sequence: int
    issued_at: datetime
    digest: bytes
    kind: EventKind
    atena_number: str
    effective_on: date
    items: Mapping[str, Any]


_FRAME = ("kind", "atenaNumber", "effectiveOn")
_ARRIVAL = Shape(frozenset({"person", "address", "household"}), {"myNumber": None})
EVENTS: Mapping[EventKind, Shape] = {
    EventKind.BIRTH: _ARRIVAL,
    EventKind.MOVE_IN: _ARRIVAL,
    EventKind.MOVE_OUT: Shape(frozenset({"address"})),
    EventKind.MOVE_WITHIN: Shape(frozenset({"address"}), {"household": None}),
    EventKind.DEATH: Shape(frozenset()),
    EventKind.NAME_CHANGE: Shape(frozenset({"name", "kana"})),
    EventKind.NUMBER_ASSIGNED: Shape(frozenset({"myNumber"})),
    EventKind.HOUSEHOLD_CHANGE: Shape(frozenset({"household"})),
    EventKind.PROTECTION_SET: Shape(frozenset(), {"until": None}),
    EventKind.PROTECTION_LIFTED: Shape(frozenset()),
    EventKind.OFFICIAL_CORRECTION: Shape(
        frozenset(), {"person": None, "address": None, "household": None, "until": None}
    ),
}
_OBJECTS: Mapping[str, Shape] = {
    "person": Shape(frozenset({"name", "kana", "birthDate", "sex"}), {"birthNote": ""}),
    "address": Shape(
        frozenset({"municipalityCode", "prefecture", "municipality", "town", "lot"}),
        {"townCode": "0000000", "building": "", "postalCode": ""},
    ),
    "household": Shape(frozenset({"number", "relation"})),
}
_HOUSEHOLD_CHECKS: Mapping[str, Check] = {
    "number": pattern("[0-9]{1,15}", "code", "世帯番号は15桁以内の半角数字です。"),
    "relation": text(20, required=True),
}
_CHECKS = {"person": PERSON_CHECKS, "address": ADDRESS_CHECKS, "household": _HOUSEHOLD_CHECKS}
_COLUMNS = {
    graphql_name(column): column for checks in _CHECKS.values() for column in (*checks, "my_number", "until")
}
_NO_JSON = Finding("line", "json", "JSONのオブジェクト1つ（64KiB以内）として読めません。")


def sequence_of(line: bytes) -> int:
    """Return the sequence number of a line; raises FeedMalformed when there is none to order it by."""
    sequence = _object(line).get("sequence")
    if type(sequence) is not int or not 0 < sequence <= LAST_SEQUENCE:
        raise FeedMalformed([Finding("sequence", "range", "通番は1以上の整数です。")])
    return sequence


def read_message(line: bytes) -> Message:
    """Read a whole message; raises FeedMalformed with all faults of the first object that has any."""
    sequence, frame = sequence_of(line), _object(line)
    findings = Findings()
    if frame.keys() != {"sequence", "issuedAt", "sha256", "event"} or not isinstance(frame["event"], dict):
        findings.add("line", "items", "項目はsequence、issuedAt、sha256、eventです。")
        raise FeedMalformed(findings.found, sequence=sequence)
    event = frame["event"]
    digest = hashlib.sha256(orjson.dumps(event, option=orjson.OPT_SORT_KEYS)).digest()
    if digest.hex() != frame["sha256"]:
        findings.add("sha256", "digest", "内容とsha256が一致しません。")
    issued_at = _moment(frame["issuedAt"])
    if issued_at is None:
        findings.add("issuedAt", "datetime", "時差つきのISO 8601の日時を指定してください。")
    kind, items = checked_event(findings, event)
    if findings.found or kind is None or issued_at is None:
        raise FeedMalformed(findings.found, sequence=sequence)
    effective_on = date.fromisoformat(event["effectiveOn"])
    return Message(sequence, issued_at, digest, kind, event["atenaNumber"], effective_on, items)


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(line) if len(line) <= LINE_LIMIT else None
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise FeedMalformed([_NO_JSON])
    return found


def checked_event(findings: Findings, event: dict[str, Any]) -> tuple[EventKind | None, dict[str, Any]]:
    """Check an event whole; the items come back under the names of their columns."""
    try:
        kind = EventKind(str(event.get("kind")))
    except ValueError:
        findings.add("event.kind", "code", "異動の種類を確認してください。")
        return None, {}
    number = event.get("atenaNumber")
    if not isinstance(number, str) or _NUMBER.fullmatch(number) is None:
        findings.add("event.atenaNumber", "code", "住民の宛名番号（15桁以内の半角数字）を指定してください。")
    if _day(event.get("effectiveOn")) is None:
        findings.add("event.effectiveOn", "date", "異動日をYYYY-MM-DDで指定してください。")
    given = {name: value for name, value in event.items() if name not in _FRAME}
    items = _shaped(findings, EVENTS[kind], given, "event.")
    if kind is EventKind.OFFICIAL_CORRECTION and not any(given.get(name) for name in _OBJECTS):
        findings.add("event", "items", "職権修正にはperson、address、householdのいずれかが必要です。")
    return kind, items


def _shaped(findings: Findings, shape: Shape, given: dict[str, Any], where: str) -> dict[str, Any]:
    if shape.required - given.keys() or given.keys() - shape.required - shape.optional.keys():
        findings.add(where.rstrip("."), "items", "項目に過不足があります。")
        return {}
    for name in shape.required:
        if given[name] is None:
            findings.add(where + name, "required", "省略できません。")
    filled = {**shape.optional, **given}
    return {_COLUMNS.get(name, name): _item(findings, name, value, where) for name, value in filled.items()}


def _item(findings: Findings, name: str, value: Any, where: str) -> Any:
    if name in _OBJECTS and value is not None:
        return _part(findings, name, value, f"{where}{name}.")
    if name == "myNumber" and value is not None and not (isinstance(value, str) and is_my_number(value)):
        findings.add(where + name, "check-digit", "個人番号（検査用数字を含む12桁）を確認してください。")
    if name == "until" and value is not None:
        if _day(value) is None:
            findings.add(where + name, "date", "終了日をYYYY-MM-DDで指定してください。")
        return _day(value)
    if where == "event." and name in ("name", "kana"):
        _texts(findings, PERSON_CHECKS, {name: value}, where)
    return value


def _part(findings: Findings, name: str, value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        findings.add(where.rstrip("."), "items", "オブジェクトを指定してください。")
        return {}
    items = _shaped(findings, _OBJECTS[name], value, where)
    _texts(findings, _CHECKS[name], items, where)
    return items


def _texts(findings: Findings, checks: Mapping[str, Check], items: Mapping[str, Any], where: str) -> None:
    for name, value in items.items():
        if isinstance(value, str):
            findings.found.extend(checks[name](where + graphql_name(name), value))
        else:
            findings.add(where + graphql_name(name), "text", "文字列を指定してください。")


def _day(value: Any) -> date | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if EARLIEST <= day < date(9999, 1, 1) else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
