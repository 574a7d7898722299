"""住登外者 from a file: all lines are checked, then all are registered, or none.

A line is known by its `serial`: the same line again is passed over, another one under its number is a fault.
Whoever seems to be registered already is a fault too: a clerk looks at the candidates on the screen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from core.storage.ids import reserve_ids
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import FileRefused, LineFault
from plugins.atena.feed.jutogai import Line, read_lines
from plugins.atena.history import FOREVER, OPEN
from plugins.atena.particulars import Kind, address_content, person_content
from plugins.atena.queries import matching, platform
from plugins.atena.queries.bulk import COLUMNS, Rows, write_all
from plugins.atena.queries.lines import lines_known
from plugins.atena.queries.matching import Particulars
from plugins.atena.queries.persons import next_serials
from plugins.atena.sameness import compare
from plugins.atena.service.candidates import likeness_of
from plugins.atena.service.persons import JOURNAL_TYPE, atena_number
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.parcels import blind_digest
from plugins.atena.vault.seal import blind_indexes, seal

ASKED_AT_ONCE = 2_000
CANDIDATE = "登録済みの宛名と同一人の可能性があります。画面で候補を確認して登録してください。"
HELD = "この個人番号はすでに登録されています。"
ALTERED = "同じserialで内容の異なる行が登録されています。"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file brought: lines read, persons registered, lines that were registered before."""

    read: int
    registered: int
    known: int


class _Fresh(NamedTuple):
    """A line that is yet to be registered, with its keyed digest."""

    line: Line
    fingerprint: bytes


@dataclass(frozen=True)
class Intake:
    """The way in for files of 住登外者, in one transaction."""

    work: Work
    keyring: Keyring

    async def take(self, file: Path, valid_from: date) -> Taken:
        """Register the people of a file from a day on; raises FileRefused with all faults."""
        lines, faults = read_lines(file, self.work.today)
        fresh = await self._fresh(lines, faults)
        for begin in range(0, len(fresh), ASKED_AT_ONCE):
            some = [each.line for each in fresh[begin : begin + ASKED_AT_ONCE]]
            faults.extend(await self._known_numbers(some))
            faults.extend(await self._known_people(some, valid_from))
        if faults:
            raise FileRefused(sorted(faults))
        if fresh:
            await self._register(fresh, valid_from)
        return Taken(len(lines), len(fresh), len(lines) - len(fresh))

    async def _fresh(self, lines: Sequence[Line], faults: list[LineFault]) -> list[_Fresh]:
        known = await lines_known(self.work.session, [line.serial for line in lines])
        found = [_Fresh(line, blind_digest(self.keyring, line.canonical)) for line in lines]
        faults.extend(
            LineFault(line.number, "serial", "altered", ALTERED)
            for line, fingerprint in found
            if known.get(line.serial, fingerprint) != fingerprint
        )
        return [each for each in found if each.line.serial not in known]

    async def _known_numbers(self, lines: Sequence[Line]) -> list[LineFault]:
        indexes = {
            index: line
            for line in lines
            if line.my_number is not None
            for index in blind_indexes(self.keyring, line.my_number)
        }
        held = await matching.holders(self.work.session, list(indexes))
        return [LineFault(indexes[index].number, "my_number", "held", HELD) for index in held]

    async def _known_people(self, lines: Sequence[Line], as_of: date) -> list[LineFault]:
        session = self.work.session
        given = [
            likeness_of(line.items, line.address, has_my_number=line.my_number is not None) for line in lines
        ]
        alike = await matching.alike(session, [particulars_of(line) for line in lines])
        people = await matching.likenesses(session, {each for ids in alike.values() for each in ids}, as_of)
        return [
            LineFault(lines[place].number, "name", "candidate", CANDIDATE)
            for place, ids in alike.items()
            if any(compare(given[place], people[each], same_number=False).enough for each in ids)
        ]

    async def _register(self, fresh: Sequence[_Fresh], valid_from: date) -> None:
        session, now = self.work.session, self.work.now
        ids = await reserve_ids(session, tables.person, len(fresh))
        serials = await next_serials(session, len(fresh))
        rows: dict[str, Rows] = {name: [] for name in WRITTEN}
        for each, person_id, serial in zip(fresh, ids, serials, strict=True):
            number = atena_number(serial)
            self._add(rows, each, person_id, number, valid_from, now)
            self.work.journal.wrote(JOURNAL_TYPE, number, set(each.line.items))
        await write_all(session, rows)
        await platform.note(session, ids, "registered", now)

    def _add(
        self,
        rows: Mapping[str, Rows],
        each: _Fresh,
        person_id: int,
        number: str,
        valid_from: date,
        now: datetime,
    ) -> None:
        line = each.line
        frame = {"person_id": person_id, "valid_from": valid_from, "known_from": now}
        said = {**frame, "kind": Kind.NON_RESIDENT.value, **person_content(line.items)}
        ends = {"valid_to": FOREVER, "known_to": OPEN}
        rows["person"].append((person_id, number, now))
        rows["person_revision"].append(_row("person_revision", said))
        rows["address_revision"].append(
            _row("address_revision", {**frame, **ends, **address_content(line.address)})
        )
        rows["non_resident_line"].append((line.serial, each.fingerprint, person_id))
        if line.my_number is not None:
            sealed = seal(self.keyring, person_id, line.my_number)._asdict()
            rows["my_number"].append(_row("my_number", {**frame, **sealed}))


WRITTEN = ("person", "person_revision", "address_revision", "my_number", "non_resident_line")


def particulars_of(line: Line) -> Particulars:
    """Return what a line is looked up by."""
    content = person_content(line.items)
    return Particulars(content["name_key"], content["kana_key"], content["birth_date"])


def _row(table: str, values: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(values[column] for column in COLUMNS[table])
