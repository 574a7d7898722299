"""宛名情報連携: what the common platform (共通基盤) must know of 住登外者, sent in order, and its answers.

A message is a row in the transaction of the change, without any personal data. Sending numbers the messages
without a gap, commits that, writes one file for each number, then notes them as sent: killed at any moment,
the next run writes the same files again, so nothing is lost and nothing gets a second number.
"""

import asyncio
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Row

from core.errors import NotFound
from core.storage.database import WriteSession
from core.work import Work
from plugins.atena.errors import MessageNotRefused
from plugins.atena.partial_date import PartialDate, Precision
from plugins.atena.particulars import ADDRESS_CHECKS, Findings, graphql_name, text
from plugins.atena.queries import platform as queries
from plugins.atena.service.persons import JOURNAL_TYPE as PERSON_TYPE
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import unseal

JOURNAL_TYPE = "atena.platform_message"
NOTE = text(400, required=True)
CODE_LENGTH = 20
ANSWER_LIMIT = 4_096


class Answers(NamedTuple):
    """What came back: how many answers were new, which files are settled, how many answer nothing we sent."""

    taken: int
    settled: Sequence[Path]
    unreadable: int


@dataclass(frozen=True)
class Directory:
    """The connector: files for the platform in `out`, its answers in `answers`, both named by the number."""

    folder: Path

    def put(self, contents: Mapping[int, bytes]) -> None:
        """Hand over messages, the lowest number first; each file appears whole or not at all."""
        out = self.folder / "out"
        out.mkdir(parents=True, exist_ok=True)
        for sequence, content in sorted(contents.items()):
            draft = out / f".{sequence:012d}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(out / f"{sequence:012d}.json")

    def answers(self) -> Mapping[Path, Mapping[str, Any] | None]:
        """Return the files that should hold an answer, in order, and what they say; None if unreadable."""
        return {file: _answer(file) for file in sorted((self.folder / "answers").glob("*.json"))}

    def settle(self, files: Sequence[Path]) -> None:
        """Put answers aside that were taken."""
        done = self.folder / "answers" / "taken"
        for file in files:
            done.mkdir(exist_ok=True)
            file.replace(done / file.name)


async def send(work: Work, keyring: Keyring, directory: Directory, limit: int) -> int:
    """Write numbered messages as files and note them as sent; returns how many."""
    rows = await queries.to_send(work.session, limit)
    told = await queries.told_of(work.session, rows)
    contents = {}
    for row in rows:
        said = {name: found.get(row.id) for name, found in told.items()}
        contents[row.sequence] = _content(keyring, row, said)
        work.journal.saw(PERSON_TYPE, row.atena_number)
    await asyncio.to_thread(directory.put, contents)
    await queries.mark_sent(work.session, [row.id for row in rows], work.now)
    return len(rows)


async def take_answers(session: WriteSession, directory: Directory, now: datetime) -> Answers:
    """Note what the platform answered; the same answer again changes nothing."""
    found = await asyncio.to_thread(directory.answers)
    sequences = [answer["sequence"] for answer in found.values() if answer is not None]
    sent = await queries.by_sequence(session, sequences)
    results = {sequence: (row.result, row.code) for sequence, row in sent.items()}
    taken, settled = 0, []
    for file, answer in found.items():
        if answer is None or answer["sequence"] not in sent:
            continue
        sequence, said = answer["sequence"], (answer["result"], answer["code"])
        if results[sequence] == (None, None):
            values = {"result": said[0], "code": said[1], "answered_at": now}
            await queries.write(session, sent[sequence].id, values)
            results[sequence], taken = said, taken + 1
        if results[sequence] == said:
            settled.append(file)
    return Answers(taken, settled, len(found) - len(settled))


async def close(work: Work, message_id: int, by: str, note: str, *, resend: bool) -> int | None:
    """End a refused message, and send it anew if so asked; returns the id of the new one.

    Raises InvalidInput, NotFound, MessageNotRefused.
    """
    findings = Findings()
    findings.found.extend(NOTE("note", note))
    findings.refuse()
    row = await queries.hold(work.session, message_id)
    if row is None:
        raise NotFound
    if row.result != "refused" or row.closed_by is not None:
        raise MessageNotRefused
    await queries.write(work.session, message_id, {"closed_by": by, "closed_at": work.now, "note": note})
    work.journal.wrote(JOURNAL_TYPE, str(message_id), {"closed"})
    if not resend:
        return None
    again = {"person_id": row.person_id, "kind": row.kind, "known_at": work.now}
    return await queries.add(work.session, again)


def _content(keyring: Keyring, row: Row[Any], said: Mapping[str, Row[Any] | None]) -> bytes:
    person, address, sealed = said["person_revision"], said["address_revision"], said["my_number"]
    told: dict[str, Any] = {"atenaNumber": row.atena_number}
    if person is not None:
        told |= {name: getattr(person, name) for name in ("name", "kana", "sex")}
        told["birthDate"] = _birth(person)
    if address is not None:
        told["address"] = {graphql_name(name): getattr(address, name) for name in ADDRESS_CHECKS}
    if sealed is not None:
        told["myNumber"] = unseal(keyring, row.person_id, sealed)
    frame = {"sequence": row.sequence, "kind": row.kind, "knownAt": row.known_at.isoformat()}
    body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
    return orjson.dumps(
        {**frame, "sha256": hashlib.sha256(body).hexdigest(), "person": orjson.Fragment(body)}
    )


def _birth(person: Row[Any]) -> str | None:
    if person.birth_date is None:
        return None
    return str(PartialDate(person.birth_date, Precision(person.birth_precision)))


def _answer(file: Path) -> Mapping[str, Any] | None:
    """Read an answer: `sequence`, `result` (accepted, refused), `code` (up to 20 characters, or none)."""
    if file.stat().st_size > ANSWER_LIMIT:
        return None
    try:
        given = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        return None
    if not isinstance(given, dict) or given.keys() != {"sequence", "result", "code"}:
        return None
    fits = (
        type(given["sequence"]) is int
        and 0 < given["sequence"] < 2**63
        and given["result"] in ("accepted", "refused")
        and isinstance(given["code"], str)
        and len(given["code"]) <= CODE_LENGTH
        and given["code"].isprintable()
    )
    return given if fits else None
