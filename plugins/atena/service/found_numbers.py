"""A 住登外者's My Number found by the four items at 住基ネット: one officer chooses, another looks as well.

A search may give several people of one name and birthday. So nothing is registered by whoever chose: another
officer reads the number at the terminal and types it again, without having seen the first.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError

from core.errors import NotFound, SelfApproval
from core.work import Work
from plugins.atena.errors import FoundDecided, FoundDiffers, FoundOpen, ResidentNumberByFeedOnly
from plugins.atena.particulars import Findings, Kind, text
from plugins.atena.queries import found_numbers, persons
from plugins.atena.service.my_numbers import register_my_number
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import blind_index, blind_indexes

JOURNAL_TYPE = "atena.person"
REASON = text(400, required=True)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave: `hits` people, of whom this one was chosen, and why."""

    my_number: str
    hits: int
    reason: str


async def propose(work: Work, keyring: Keyring, atena_number: str, said: Found) -> int:
    """Propose a number and return the proposal's id.

    Raises InvalidInput, NotFound, ResidentNumberByFeedOnly, FoundOpen.
    """
    _check(said)
    ids = await persons.ids_of(work.session, [atena_number])
    if atena_number not in ids:
        raise NotFound
    person_id = ids[atena_number]
    if await persons.kind_of(work.session, person_id, persons.Moment(work.today)) != Kind.NON_RESIDENT:
        raise ResidentNumberByFeedOnly
    values = {
        "person_id": person_id,
        "blind_index": blind_index(keyring, said.my_number),
        "hits": said.hits,
        "reason": said.reason,
        "proposed_by": work.staff,
        "proposed_at": work.now,
    }
    try:
        found_id = await found_numbers.add_found(work.session, values)
    except IntegrityError:
        raise FoundOpen from None
    work.journal.wrote(JOURNAL_TYPE, atena_number, {"foundNumber"})
    return found_id


async def confirm(work: Work, keyring: Keyring, found_id: int, my_number: str) -> None:
    """Register the number from today on, if it is the one that was proposed.

    Raises NotFound, FoundDecided, SelfApproval, FoundDiffers and what `register_my_number` raises.
    """
    row = await _open(work, found_id)
    if row.proposed_by == work.staff:
        raise SelfApproval
    if bytes(row.blind_index) not in blind_indexes(keyring, my_number):
        raise FoundDiffers
    await _decide(work, row, "confirmed")
    await register_my_number(work, keyring, row.atena_number, row.version, my_number, work.today)


async def reject(work: Work, found_id: int) -> None:
    """Set a proposal aside; who proposed it may do so too. Raises NotFound, FoundDecided."""
    await _decide(work, await _open(work, found_id), "rejected")


def _check(said: Found) -> None:
    findings = Findings()
    findings.my_number(said.my_number)
    findings.items({"reason": REASON}, {"reason": said.reason})
    if not 0 < said.hits < 1_000:
        findings.add("hits", "range", "検索で見つかった人数を入力してください。")
    findings.refuse()


async def _open(work: Work, found_id: int) -> Row[Any]:
    row = await found_numbers.find_found(work.session, found_id)
    if row is None:
        raise NotFound
    if row.outcome != found_numbers.OPEN:
        raise FoundDecided
    return row


async def _decide(work: Work, row: Row[Any], outcome: str) -> None:
    decision = {"outcome": outcome, "decided_by": work.staff, "decided_at": work.now}
    if not await found_numbers.decide(work.session, row.id, decision):
        raise FoundDecided
    work.journal.wrote(JOURNAL_TYPE, row.atena_number, {"foundNumber"})
