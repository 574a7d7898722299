"""A 住登外者's My Number typed by hand: one officer proposes it, another types it again.

A wrong number gives somebody the tax of another, and a search at 住基ネット may find several of one name.
So nothing is registered by whoever chose: the second officer reads the card or the terminal as well, without
having seen the first digits. A resident's number comes by the feed only.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.errors import NotFound, SelfApproval
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import (
    Finding,
    InvalidInput,
    MyNumberRefused,
    NumberDecided,
    NumberDiffers,
    NumberProposed,
    ResidentNumberByFeedOnly,
)
from plugins.atena.history import Carving, Content, Revision, Span, replace
from plugins.atena.particulars import Findings, Kind, text
from plugins.atena.queries import history, my_numbers, number_proposals, persons, platform
from plugins.atena.service.persons import JOURNAL_TYPE
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import blind_index, blind_indexes, sealed_content

PROPOSAL = "myNumberProposal"
REASON = text(400, required=True)


class Evidence(StrEnum):
    """Where the officer read the number."""

    SHOWN = "shown"
    JUKI_NET = "juki_net"


@dataclass(frozen=True, slots=True)
class Proposed:
    """A number and what it rests on; `hits` is how many people a search at 住基ネット gave, else None."""

    my_number: str
    evidence: Evidence
    hits: int | None
    reason: str
    valid_from: date


async def propose(work: Work, keyring: Keyring, atena_number: str, said: Proposed) -> int:
    """Propose a number and return the proposal's id.

    Raises InvalidInput, NotFound, ResidentNumberByFeedOnly, NumberProposed; MyNumberRefused without a reason.
    """
    _check(said)
    ids = await persons.ids_of(work.session, [atena_number])
    if atena_number not in ids:
        raise NotFound
    person_id = ids[atena_number]
    await _may_have(work, person_id, blind_indexes(keyring, said.my_number), said.valid_from)
    values = {
        "person_id": person_id,
        "blind_index": blind_index(keyring, said.my_number),
        "evidence": said.evidence.value,
        "hits": said.hits,
        "reason": said.reason,
        "valid_from": said.valid_from,
        "proposed_by": work.staff,
        "proposed_at": work.now,
    }
    try:
        proposal_id = await number_proposals.add_proposal(work.session, values)
    except IntegrityError:
        raise NumberProposed from None
    work.journal.wrote(JOURNAL_TYPE, atena_number, {PROPOSAL})
    return proposal_id


async def confirm(work: Work, keyring: Keyring, proposal_id: int, my_number: str) -> None:
    """Register the number, if it is the one that was proposed; an older one stays in the history.

    Raises NotFound, NumberDecided, SelfApproval, NumberDiffers, InvalidInput if the person has this number
    already, and what speaks against it since: ResidentNumberByFeedOnly, MyNumberRefused.
    """
    row = await _open(work, proposal_id)
    if row.proposed_by == work.staff:
        raise SelfApproval
    indexes = blind_indexes(keyring, my_number)
    if bytes(row.blind_index) not in indexes:
        raise NumberDiffers
    await _may_have(work, row.person_id, indexes, row.valid_from)
    await _decide(work, row, "confirmed")
    await _register(work, row, sealed_content(keyring, row.person_id, my_number), indexes)


async def reject(work: Work, proposal_id: int) -> None:
    """Set a proposal aside; who proposed it may do so too. Raises NotFound, NumberDecided."""
    await _decide(work, await _open(work, proposal_id), "rejected")


def _check(said: Proposed) -> None:
    findings = Findings()
    findings.my_number(said.my_number)
    findings.span(Span(said.valid_from))
    findings.items({"reason": REASON}, {"reason": said.reason})
    if said.evidence is Evidence.JUKI_NET and not 0 < (said.hits or 0) < 1_000:
        findings.add("hits", "range", "検索で見つかった人数を入力してください。")
    if said.evidence is Evidence.SHOWN and said.hits is not None:
        findings.add("hits", "unexpected", "人数は、住基ネットで検索したときにだけ入力してください。")
    findings.refuse()


async def _may_have(work: Work, person_id: int, indexes: list[bytes], valid_from: date) -> None:
    """Refuse a resident's number, and one that somebody else has."""
    moment = persons.Moment(max(valid_from, work.today))
    if await persons.kind_of(work.session, person_id, moment) != Kind.NON_RESIDENT:
        raise ResidentNumberByFeedOnly
    if await my_numbers.is_held_by_another(work.session, indexes, person_id):
        raise MyNumberRefused


async def _open(work: Work, proposal_id: int) -> Row[Any]:
    row = await number_proposals.find_proposal(work.session, proposal_id)
    if row is None:
        raise NotFound
    if row.outcome != number_proposals.OPEN:
        raise NumberDecided
    return row


async def _decide(work: Work, row: Row[Any], outcome: str) -> None:
    decision = {"outcome": outcome, "decided_by": work.staff, "decided_at": work.now}
    if not await number_proposals.decide(work.session, row.id, decision):
        raise NumberDecided
    work.journal.wrote(JOURNAL_TYPE, row.atena_number, {PROPOSAL})


async def _register(work: Work, row: Row[Any], content: Content, indexes: list[bytes]) -> None:
    person_id, at = await history.next_version(
        work.session, tables.person, row.atena_number, row.version, work.now
    )
    decide = partial(_registered, Span(row.valid_from), content, indexes)
    if not await history.change(work.session, tables.my_number, person_id, at, decide):
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    await platform.note(work.session, [person_id], "numbered", at)
    work.journal.wrote(JOURNAL_TYPE, row.atena_number, {"myNumber"})


def _registered(span: Span, content: Content, indexes: list[bytes], present: list[Revision]) -> Carving:
    """Seals of one number never look alike; whether it is the same one shows in the blind index."""
    if any(old.span == span and old.content["blind_index"] in indexes for old in present):
        return Carving([], [])
    return replace(present, span, content)
