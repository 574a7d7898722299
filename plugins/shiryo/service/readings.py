"""From a record as it was read to the row of a document; which findings hold the record, which the delivery.

A fault of the structure of a file (cut off, wrong encoding, columns moved) holds the delivery whole: nobody
knows what the other records would have said. A fault of one value holds its record. See decision 0054.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from plugins.atena.api import Keyring, blind_digest, blind_index, is_my_number
from plugins.shiryo.reading.excerpt import Kept, facts_of, items_of, relatives_of
from plugins.shiryo.reading.findings import Finding, Severity
from plugins.shiryo.reading.record import Record

Row = tuple[object, ...]

RECORD_CODES = frozenset(
    {
        *("REQUIRED", "CHARACTERS", "TOO_LONG", "TOO_SHORT", "DIGITS", "CODE", "CHECK_DIGIT", "DATE"),
        *("RECORD_REPEATED", "NUMBER_REPEATED"),
    }
)
"""Findings of the reading that concern one record; those of the logic rules do too, and bear a hyphen."""
REPORTS = frozenset({"salary_report", "pension_report", "retirement_slip"})
"""Kinds of which a payer sends one for each person: the same amounts twice are the same document twice."""


def is_fatal(finding: Finding) -> bool:
    """Tell whether a finding holds the whole delivery."""
    return finding.severity is Severity.ERROR and not _of_record(finding)


def is_record_held(record: Record) -> bool:
    """Tell whether a person must look at the record before it counts."""
    return not record.ok


def finding_row(file_id: int, finding: Finding) -> Row:
    """Return the row of `shiryo.finding`."""
    severity = "fatal" if is_fatal(finding) else finding.severity.value
    return (
        *(file_id, finding.line, finding.column or None, finding.item, finding.code, severity),
        finding.message,
    )


def document_row(document_id: int, file: Mapping[str, Any], keyring: Keyring, record: Record) -> Row:
    """Return the row of `shiryo.document`; a record that could not be taken apart has empty items."""
    identity, form = record.identity, record.form
    number = identity.my_number if is_my_number(identity.my_number) else ""
    facts = facts_of(record)
    said = _said(record, number, facts, str(file["sender_code"]))
    return (
        *(document_id, file["id"], file["sender_id"], file["tax_year"], record.line),
        *(
            record.offset,
            record.length,
            form.kind,
            blind_digest(keyring, record.key.encode()),
            _action(record),
        ),
        blind_digest(keyring, said),
        blind_index(keyring, number) if number else None,
        *(_storable(identity.name), _storable(identity.kana), birth_date(identity.birth)),
        *(_storable(identity.address), _storable(_municipality(record))),
        orjson.dumps(facts).decode(),
        orjson.dumps(_all_storable(items_of(record))).decode(),
        orjson.dumps([_all_storable(_without_number(keyring, one)) for one in relatives_of(record)]).decode(),
        not record.ok,
    )


def _storable(text: str) -> str:
    """Put a mark in the place of NUL, which PostgreSQL cannot hold; the sealed original keeps it."""
    return text.replace("\x00", "\ufffd")


def _all_storable(said: Mapping[str, Kept]) -> dict[str, Kept]:
    return {name: _storable(value) if isinstance(value, str) else value for name, value in said.items()}


def _without_number(keyring: Keyring, relative: dict[str, Kept]) -> dict[str, Kept]:
    """Put the blind index of a relative's My Number in its place; a wrong one says nothing."""
    number = str(relative.pop("number", ""))[-12:]
    if is_my_number(number):
        relative["number"] = blind_index(keyring, number).hex()
    return relative


def birth_date(text: str) -> date | None:
    """Return a birth date that is known to the day; others cannot be compared."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_record(finding: Finding) -> bool:
    return finding.code in RECORD_CODES or "-" in finding.code


def _action(record: Record) -> str:
    form = record.form
    found = form.actions.get(record[form.action_item]) if form.action_item else None
    return found.value if found else "new"


def _municipality(record: Record) -> str:
    return record["municipality"] if "municipality" in record.form.index else ""


def _said(record: Record, number: str, facts: Mapping[str, int], sender_code: str) -> bytes:
    """Return what makes two documents the same, whatever their numbers and marks are."""
    form, identity = record.form, record.identity
    if form.kind not in REPORTS or not facts or not record.ok:
        return "\x1f".join((form.kind, sender_code, *record.fields)).encode()
    person = number or f"{identity.name}\x1f{identity.birth}"
    return b"\x1f".join(
        (
            f"{form.kind}\x1f{record.year}\x1f{sender_code}\x1f{person}".encode(),
            orjson.dumps(facts, option=orjson.OPT_SORT_KEYS),
        )
    )
