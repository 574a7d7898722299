"""資料連絡せん (地方税法317条): what the tax office is told of people whose dependants were denied.

A marked person is put into one file. A file that was lost is made again from the numbers of its slips.
"""

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row

from core.clock import JAPAN
from core.errors import NotFound
from core.work import Work
from plugins.atena.api import DeliveryReason, Moment, Person, delivery_targets, hidden_ids, persons_by_id
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.catalogue import kinds
from plugins.shikakeisan.facts.vocabulary import BY_PATH
from plugins.shikakeisan.sheets import manifest_of

JOURNAL_TYPE = "shikakeisan.contact_slip"
PERSON_TYPE = "atena.person"
SCHEMA = "jp.local.juminzei.renrakusen"
MOST = 10_000
COLUMNS = (
    *("番号", "課税年度", "宛名番号", "氏名", "生年月日", "住所", "決定日", "更正の種類", "根拠条文", "理由"),
    *("変えた事実", "更正前の合計所得金額", "更正後の合計所得金額", "更正前の年税額", "更正後の年税額"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula: text that begins so gets an apostrophe."""


@dataclass(frozen=True, slots=True)
class SlipFile:
    """The slips of one file as CSV, with the manifest.

    `without_address` counts people under 支援措置, and those who live with them.
    """

    name: str
    data: bytes
    manifest: bytes
    numbers: Sequence[int]
    without_address: int


async def print_slips(work: Work, tax_year: int) -> SlipFile | None:
    """Make a file of every slip that waits and note that it is printed; None where none waits."""
    rows = await queries.take_slips(work, tax_year, MOST)
    for row in rows:
        work.journal.wrote(JOURNAL_TYPE, str(row.id), {"printed_at"})
    return await _file(work, tax_year, rows) if rows else None


async def print_again(work: Work, tax_year: int, numbers: Sequence[int]) -> SlipFile:
    """Make a file of printed slips once more. Raises NotFound where one of them was never printed."""
    rows = await queries.printed_slips(work.session, tax_year, numbers)
    if len(rows) < len(set(numbers)):
        raise NotFound
    return await _file(work, tax_year, rows)


async def _file(work: Work, tax_year: int, rows: Sequence[Row[Any]]) -> SlipFile:
    day = work.now.astimezone(JAPAN).date()
    ids = [row.person_id for row in rows]
    known = await persons_by_id(work.session, ids, Moment(day))
    hidden = await hidden_ids(work.session, ids, Moment(day))
    addresses = await _addresses(work, [person_id for person_id in ids if person_id not in hidden], day)
    proposals = await queries.proposals_by_id(work.session, [row.proposal_id for row in rows])
    behind = {proposal.id: proposal for proposal in proposals}
    lines = [
        _line(row.id, behind[row.proposal_id], known[row.person_id], addresses.get(row.person_id, ""))
        for row in rows
    ]
    for person in known.values():
        work.journal.saw(PERSON_TYPE, person.atena_number)
    data = _table(lines)
    numbers = [row.id for row in rows]
    name = f"renrakusen_{tax_year}_{numbers[0]:06d}-{numbers[-1]:06d}"
    manifest = _manifest(name, tax_year, data, numbers, work.now)
    return SlipFile(name, data, manifest, numbers, len(hidden))


async def _addresses(work: Work, person_ids: Sequence[int], day: date) -> Mapping[int, str]:
    """Return where people live: not where somebody else receives for them."""
    targets = await delivery_targets(work.session, person_ids, Moment(day))
    places = {key: one.place for key, one in targets.items() if one.reason is DeliveryReason.HOME}
    return {
        key: f"{place.prefecture}{place.municipality}{place.town}{place.lot}{place.building}"
        for key, place in places.items()
        if place is not None
    }


def _line(number: int, proposal: Row[Any], person: Person, address: str) -> tuple[object, ...]:
    kind = kinds()[proposal.kind]
    before, after = proposal.before["figures"], proposal.after["figures"]
    decided_on = proposal.decided_at.astimezone(JAPAN).date().isoformat()
    return (
        *(number, proposal.tax_year, person.atena_number, person.name, person.birth_date or "", address),
        *(decided_on, kind.label, kind.law, proposal.reason, _changed(proposal.changes)),
        *(before["total_income_all"], after["total_income_all"]),
        *(before["annual_total"], after["annual_total"]),
    )


def _changed(changes: Mapping[str, Any]) -> str:
    return "、".join(_said(path, value) for path, value in sorted(changes.items()))


def _said(path: str, value: Any) -> str:
    fact = BY_PATH.get(path.partition("[")[0])
    label = f"{fact.label}（{path}）" if fact is not None else path
    return f"{label}: {'取り消し' if value is None else orjson.dumps(value).decode()}"


def _table(lines: Sequence[Sequence[object]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([[_cell(value) for value in line] for line in lines])
    return out.getvalue().encode()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _manifest(name: str, tax_year: int, data: bytes, numbers: Sequence[int], now: datetime) -> bytes:
    said = {
        "schema": SCHEMA,
        "schema_version": "1.0",
        "tax_year": tax_year,
        "made_at": now,
        "file": {
            "name": f"{name}.csv",
            "encoding": "UTF-8",
            "columns": COLUMNS,
            "rows": len(numbers),
            "slips": numbers,
            "sha256": hashlib.sha256(data).hexdigest(),
        },
    }
    return manifest_of(said)
