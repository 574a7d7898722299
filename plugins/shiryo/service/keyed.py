"""Values that somebody keyed, as a record of their layout: written by it, read by it, checked by its rules.

A value that the layout cannot hold is refused. What the original says and a logic rule doubts is kept, and
its document is held as that of any file would be.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import Invalid
from plugins.shiryo.errors import KeyingInvalid
from plugins.shiryo.reading.errors import WriteRefused
from plugins.shiryo.reading.findings import Finding, Severity
from plugins.shiryo.reading.layout import Layout
from plugins.shiryo.reading.record import Record

NUMBERS = frozenset({"my_number", "payer_number"})
"""Types of items that may hold a My Number; shown to nobody, and keyed by both people."""
LONGEST_VALUE = 2_000
_NAME = re.compile(r"([a-z0-9_]+)(?:\[([1-9][0-9]?)\])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Keyed:
    """One record as it was keyed: its bytes in the notation of the layout, and what was found in them."""

    layout: Layout
    data: bytes
    record: Record
    findings: Sequence[Finding]


def keyed(layout: Layout, values: Mapping[str, str]) -> Keyed:
    """Make a record of values by item; raises KeyingInvalid with a finding for each fault of an item.

    Copies of a part that repeats are `item[2]`, `item[3]`. Raises Invalid for an item that there is not.
    """
    for name, value in values.items():
        _check_name(layout, name)
        if len(value) > LONGEST_VALUE:
            raise Invalid(field="values", rule="length")
    try:
        data = layout.write([values])
    except WriteRefused as refused:
        item = layout.form.items[layout.form.index[str(refused.details["item"])]]
        finding = {"name": item.name, "item": item.label, "code": refused.code, "message": refused.text}
        raise KeyingInvalid(findings=[finding]) from None
    found = read_keyed(layout, data)
    faults = [finding for finding in found.findings if _is_fault(finding)]
    if faults:
        raise KeyingInvalid(findings=[told(layout, finding) for finding in faults])
    return found


def read_keyed(layout: Layout, data: bytes) -> Keyed:
    """Read again what was keyed."""
    reading = layout.read(data, "")
    [record] = reading
    return Keyed(layout, data, record, reading.findings)


def told(layout: Layout, finding: Finding) -> dict[str, str]:
    """Return a finding as it is told to whoever keyed."""
    names = {item.no: item.name for item in layout.items}
    return {
        "name": names.get(finding.column, ""),
        "item": finding.item,
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
    }


def values_of(record: Record) -> dict[str, str]:
    """Return all values of a record by item, copies of parts that repeat as `item[2]`."""
    found = {item.name: text for item, text in zip(record.form.items, record.fields, strict=False) if text}
    for copies in record.groups.values():
        for copy in copies:
            for name in copy:
                found.pop(name, None)
    for copies in record.groups.values():
        for place, copy in enumerate(copies, 1):
            found.update({(name if place == 1 else f"{name}[{place}]"): text for name, text in copy.items()})
    return found


def item_of(layout: Layout, name: str) -> tuple[int, str, str]:
    """Return number, label and type of an item by the name that values have."""
    match = _NAME.fullmatch(name)
    item = layout.form.items[layout.form.index[match[1] if match else name]]
    return item.no, item.label, item.type


def numbers_in(layout: Layout, values: Mapping[str, str], before: Mapping[str, str]) -> Mapping[str, str]:
    """Return the values that may be My Numbers and are new: the confirming person must key them too."""
    return {
        name: value
        for name, value in values.items()
        if value and value != before.get(name) and item_of(layout, name)[2] in NUMBERS
    }


def _check_name(layout: Layout, name: str) -> None:
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in layout.form.index or (match[2] and layout.form.form != "xml"):
        raise Invalid(field="values", rule="unknown-item")


def _is_fault(finding: Finding) -> bool:
    """Tell a value that the layout cannot hold from one that a logic rule (its id has a hyphen) doubts."""
    return finding.severity is Severity.ERROR and "-" not in finding.code
