"""What the register does not tell (生活扶助, 家屋敷・事務所, 居住の認定, ほかの市区町村の課税).

One person proposes, for one person or for a whole list; another approves exactly that, whole, or sends it
back. Only then the base changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row

from core.errors import Conflict, NotFound, SelfApproval
from core.graphql.masking import require_reason
from core.work import Work
from plugins.atena.api import person_ids
from plugins.shikakeisan.base import circumstance_queries as queries
from plugins.shikakeisan.base.circumstance_queries import Entry
from plugins.shikakeisan.base.errors import CircumstanceSettled, ListRefused
from plugins.shikakeisan.base.municipality import tax_wards
from plugins.shikakeisan.base.service import rebuild_people
from plugins.shikakeisan.base.standing import PLACED, Circumstance
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.states import ProposalState, YearState

JOURNAL_TYPE = "shikakeisan.circumstance"
ADD, END = "add", "end"
MOST_LINES = 100_000


class Said(NamedTuple):
    """One line of what is proposed: the 宛名番号, and the ward for what has a place."""

    atena_number: str
    ward_code: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """A circumstance of some people: to be said (`add`) or taken back (`end`); `source` names the paper."""

    tax_year: int
    kind: Circumstance
    action: str
    source: str
    lines: Sequence[Said]


async def propose(work: Work, given: Proposed) -> int:
    """Propose in the name of `work.staff`; returns the number of the proposal.

    One faulty line refuses all: ListRefused names each with its rule (`unknown`, `ward`, `twice`, `known`,
    `not-known`, `waiting`). Raises YearNotOpen, ReasonRequired where no source is named.
    """
    year = await opened_year(work.session, given.tax_year)
    require_reason(given.source)
    entries = await _checked(work, given, tax_wards(year.municipality_code))
    values = {
        "tax_year": given.tax_year,
        "kind": given.kind.value,
        "action": given.action,
        "source": given.source,
        "people": len({entry.person_id for entry in entries}),
        "state": ProposalState.PROPOSED,
        "proposed_by": work.staff,
        "proposed_at": work.now,
    }
    proposal_id = await queries.add_proposal(work.session, values, entries)
    work.journal.wrote(JOURNAL_TYPE, str(proposal_id), {"proposal"})
    return proposal_id


async def approve(work: Work, proposal_id: int, expected: int) -> Sequence[int]:
    """Approve the proposal of somebody else; returns for whom the base changed.

    Before the base stands, nothing changes: it is built with what was approved. Raises NotFound, Conflict,
    CircumstanceSettled, SelfApproval.
    """
    row = await _waiting(work, proposal_id, expected)
    if row.proposed_by == work.staff:
        raise SelfApproval
    await queries.decide(work.session, proposal_id, expected, ProposalState.APPROVED, work.staff, work.now)
    await (queries.begin if row.action == ADD else queries.end)(work.session, row, work.now)
    work.journal.wrote(JOURNAL_TYPE, str(proposal_id), {"state"})
    year = await opened_year(work.session, row.tax_year)
    if year.state == YearState.OPEN:
        return []
    return await rebuild_people(work, row.tax_year, await queries.persons_of(work.session, proposal_id))


async def reject(work: Work, proposal_id: int, expected: int) -> None:
    """Send a proposal back; of one's own it is a withdrawal.

    Raises NotFound, Conflict, CircumstanceSettled.
    """
    row = await _waiting(work, proposal_id, expected)
    is_own = row.proposed_by == work.staff
    state = ProposalState.WITHDRAWN if is_own else ProposalState.REJECTED
    await queries.decide(work.session, proposal_id, expected, state, work.staff, work.now)
    work.journal.wrote(JOURNAL_TYPE, str(proposal_id), {"state"})


async def year_of(work: Work, proposal_id: int) -> int:
    """Return the 課税年度 that a proposal is about; raises NotFound."""
    row = await queries.proposal_row(work.session, proposal_id)
    if row is None:
        raise NotFound
    tax_year: int = row.tax_year
    return tax_year


async def _waiting(work: Work, proposal_id: int, expected: int) -> Row[Any]:
    row = await queries.proposal_row(work.session, proposal_id)
    if row is None:
        raise NotFound
    if row.version != expected:
        raise Conflict(currentVersion=row.version)
    if row.state != ProposalState.PROPOSED:
        raise CircumstanceSettled
    return row


async def _checked(work: Work, given: Proposed, wards: Sequence[str]) -> Sequence[Entry]:
    """Return whom the lines mean; raises ListRefused with every fault."""
    if not 0 < len(given.lines) <= MOST_LINES:
        raise ListRefused(findings=[{"line": 0, "rule": "size"}])
    ids = await person_ids(work.session, sorted({line.atena_number for line in given.lines}))
    entries = [Entry(ids.get(line.atena_number, 0), line.ward_code) for line in given.lines]
    held = await queries.holding(work.session, given.tax_year, given.kind.value, entries)
    waiting = await queries.proposed(work.session, given.tax_year, given.kind.value, entries)
    seen: set[Entry] = set()
    findings = []
    for number, entry in enumerate(entries, 1):
        rule = _fault(given, entry, wards, held, waiting, seen)
        seen.add(entry)
        if rule:
            findings.append({"line": number, "rule": rule})
    if findings:
        raise ListRefused(findings=findings)
    return entries


def _fault(
    given: Proposed,
    entry: Entry,
    wards: Sequence[str],
    held: frozenset[Entry],
    waiting: frozenset[Entry],
    seen: set[Entry],
) -> str:
    """Return the rule that a line breaks, or nothing."""
    rules = {
        "unknown": entry.person_id == 0,
        "ward": entry.ward_code not in (wards if given.kind in PLACED else [""]),
        "twice": entry in seen,
        "waiting": entry in waiting,
        "known": given.action == ADD and entry in held,
        "not-known": given.action == END and entry not in held,
    }
    return next((rule for rule, broken in rules.items() if broken), "")
