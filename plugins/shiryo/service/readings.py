"""From a record as it was read to the row of a document; which findings hold the record, which the delivery.

A fault of the structure of a file (cut off, wrong encoding, columns moved) holds the delivery whole: nobody
knows what the other records would have said. A fault of one value holds its record. See decision 0054.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from itertools import starmap
from typing import NamedTuple, TypeAlias

from plugins.atena.api import (
    Keyring,
    blind_digest,
    blind_index,
    fold_addresses,
    fold_names,
    is_my_number,
    kana_key,
)
from plugins.shiryo.reading.excerpt import excerpt
from plugins.shiryo.reading.findings import Finding, Severity
from plugins.shiryo.reading.form import Action
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.sheet import Column, Sheet

Row: TypeAlias = tuple[object, ...]


class Source(NamedTuple):
    """What a document takes over from its file and delivery."""

    file_id: int
    sender_id: int
    tax_year: int
    sender_code: str


RECORD_CODES = frozenset(
    {
        *("REQUIRED", "CHARACTERS", "TOO_LONG", "TOO_SHORT", "DIGITS", "CODE", "CHECK_DIGIT", "DATE"),
        *("RECORD_REPEATED", "NUMBER_REPEATED"),
    }
)
"""Findings of the reading that concern one record; those of the logic rules do too, and bear a hyphen."""
REPORTS = frozenset({"salary_report", "pension_report", "retirement_slip"})
"""Kinds of which a payer sends one for each person: the same amounts twice are the same document twice."""
SURELY_WHOLE = 100
"""Letters of a key that was certainly not cut off; longer readings are folded as one."""


def is_fatal(finding: Finding) -> bool:
    """Tell whether a finding holds the whole delivery."""
    return finding.severity is Severity.ERROR and not _of_record(finding)


def finding_row(file_id: int, finding: Finding) -> Row:
    """Return the row of `shiryo.finding`."""
    severity = "fatal" if is_fatal(finding) else finding.severity.value
    return (
        *(file_id, finding.line, finding.column or None, finding.item, finding.code, severity),
        finding.message,
    )


def document_rows(keyring: Keyring, sources: Sequence[Source], sheet: Sheet) -> Sequence[Row]:
    """Return the rows of `shiryo.document` for the records of a sheet, each with where it comes from.

    In the order of `documents.DOCUMENT_COLUMNS`; the server gives the ids.
    """
    identity, records = sheet.form.identity, sheet.records
    numbers, names, kanas, addresses = (
        sheet.column(identity.get(item)) for item in ("my_number", "name", "kana", "address")
    )
    said_names, said_kanas, said_addresses = map(_storable, (names, kanas, addresses))
    births = [record.dates.get(identity.get("birth", ""), "") for record in records]
    indexes = [
        _index(keyring, number[-12:], is_checked=record.is_clear) if number else None
        for number, record in zip(numbers, records, strict=True)
    ]
    said = excerpt(sheet, lambda number: (_index(keyring, number) or b"").hex())
    who = [
        number[-12:] if index else f"{name}\x1f{birth}"
        for number, index, name, birth in zip(numbers, indexes, names, births, strict=True)
    ]
    same = starmap(_same, zip(sources, records, who, said.amounts, strict=True))
    kind, actions = sheet.form.kind, sheet.form.actions
    return list(
        zip(
            *([source[at] for source in sources] for at in (0, 1, 2)),
            [record.line for record in records],
            [record.offset for record in records],
            [record.length for record in records],
            [kind] * len(records),
            [blind_digest(keyring, record.key.encode()) for record in records],
            [actions.get(text, Action.NEW).value for text in sheet.column(sheet.form.action_item)],
            [blind_digest(keyring, each) for each in same],
            indexes,
            said_names,
            said_kanas,
            map(birth_date, births),
            said_addresses,
            _storable(sheet.column("municipality")),
            *said,
            [not record.ok for record in records],
            fold_names(said_names),
            map(_kana_key, said_kanas),
            fold_addresses(said_addresses),
            strict=True,
        )
    )


def _index(keyring: Keyring, number: str, *, is_checked: bool = False) -> bytes | None:
    """Return the blind index of a My Number; a wrong one says nothing."""
    return blind_index(keyring, number) if is_checked or is_my_number(number) else None


def _storable(column: Column) -> Column:
    """Put a mark in the place of NUL, which PostgreSQL cannot hold; the sealed original keeps it."""
    if "\x00" not in "".join(column):
        return column
    return [text.replace("\x00", "\ufffd") for text in column]


def _kana_key(text: str) -> str:
    """Fold a reading word by word: they recur, and what stands between them is left out anyway."""
    key = "".join(map(_kana_word, text.split()))
    return key if len(key) <= SURELY_WHOLE else kana_key(text)


@lru_cache(maxsize=65_536)
def _kana_word(text: str) -> str:
    return kana_key(text)


@lru_cache(maxsize=65_536)
def birth_date(text: str) -> date | None:
    """Return a birth date that is known to the day; others cannot be compared."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_record(finding: Finding) -> bool:
    return finding.code in RECORD_CODES or "-" in finding.code


def _same(source: Source, record: Record, person: str, amounts: str) -> bytes:
    """Return what makes two documents the same, whatever their numbers and marks are."""
    kind = record.form.kind
    if kind not in REPORTS or amounts == "{}" or not record.ok:
        return "\x1f".join((kind, source.sender_code, record.joined)).encode()
    return f"{kind}\x1f{record.year}\x1f{source.sender_code}\x1f{person}\x1f{amounts}".encode()
