"""What a correction would give: before, after, causes and effects, all of it under one digest."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row

from core.access.journal import Journal
from core.clock import JAPAN
from core.errors import Invalid
from core.runtime import Runtime
from core.storage.database import ReadSession
from core.work import Work
from plugins.shikakeisan.assessment import queries as assessments
from plugins.shikakeisan.assessment.deciding import Block, decide
from plugins.shikakeisan.assessment.outcome import Decided, Ground, Outcome
from plugins.shikakeisan.assessment.reading import subjects_as_decided, subjects_of
from plugins.shikakeisan.assessment.rule_set import rule_set
from plugins.shikakeisan.assessment.subject import Subject
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.correction.catalogue import Kind, is_under, kind_of, periods
from plugins.shikakeisan.correction.effects import effects_of
from plugins.shikakeisan.correction.errors import (
    DocumentUnknown,
    EventRequired,
    FactNotAllowed,
    FactsRefused,
    NobodyDenied,
    NotAssessed,
)
from plugins.shikakeisan.correction.facts import value_at
from plugins.shikakeisan.correction.filing import check_filing, filed_on, held_back, new_documents, served_on
from plugins.shikakeisan.correction.holding import Held
from plugins.shikakeisan.correction.merging import merge_with, said_without, trial
from plugins.shikakeisan.correction.periods import Direction, check_period
from plugins.shikakeisan.law.calendar import due_dates
from plugins.shikakeisan.service import Cause, compare
from plugins.shikakeisan.states import YearState
from plugins.shiryo.api import documents_of

RELATIVES = ("spouse", "dependants")
NOBODY = {"proposed_by": "", "approved_by": "-"}
"""Officers of decisions that are taken back at once."""
PATH = re.compile(r"[a-z][a-z0-9_]*(\[[0-9]+\])?(\.[a-z0-9_]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks to be corrected; `changes` are values of facts by path, None takes one away.

    `received_on` is the day on which what it rests on was filed or came in, `event_on` that of the event
    which the kind names, `claimed_period` the code of a period limit that has to be claimed (fraud).
    """

    tax_year: int
    person_id: int
    kind: str
    reason: str
    received_on: date
    changes: Mapping[str, Any]
    event_on: date | None = None
    claimed_period: str = ""
    documents: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Present:
    """What is in force: the revision with its facts, and how the person stands.

    `due` is the 法定納期限, which is the first bill's; `last_bill` is the last one's.
    """

    row: Row[Any] | None
    facts: Mapping[str, Any]
    standing: Row[Any]
    due: date
    last_bill: date


@dataclass(frozen=True, slots=True)
class Computed:
    """What the request gives on the present state; `shown` is what the approver sees, under `digest`.

    Its `changes` are the values to decide: those asked for, and what stays because it was filed too late.
    The digest is of the facts behind it, too, from which the causes follow. `block` is the decision itself.
    """

    shown: Mapping[str, Any]
    digest: bytes
    present: Present
    facts: Mapping[str, Any]
    block: Block

    @property
    def changes_figures(self) -> bool:
        """Tell whether anything about the tax differs."""
        return bool(self.shown["before"] != self.shown["after"] or self.shown["causes"])


@dataclass(frozen=True, slots=True)
class Changes:
    """Values to decide by path, with what the merge said there; some of them only keep what stood before.

    `held_back` says so: path, rule and article of what was filed too late, and the value that stays.
    """

    values: Mapping[str, Any]
    seen: Mapping[str, Any]
    held_back: Sequence[Mapping[str, Any]] = ()

    def keeping(self, found: Sequence[Mapping[str, Any]], facts: Mapping[str, Any]) -> "Changes":
        """Return these changes and those that keep what was found to be filed too late."""
        kept = {one["path"]: one["value"] for one in found}
        said = {path: value_at(facts, path) for path in kept}
        return Changes({**self.values, **kept}, {**self.seen, **said}, [*self.held_back, *found])


class FiledLate(Exception):
    """The merge takes something in that was filed too late: try again with the changes that keep it out."""

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self.changes = changes


async def compute(runtime: Runtime, held: Held, request: Request) -> Computed:
    """Calculate what a request gives, and leave everything as it is.

    Raises the refusals of `errors`: kind, facts, documents, period limits, filing dates.
    """
    seen = await said_without(held.work.session, request.tax_year, request.person_id, request.changes)
    if kind_of(request.kind, request.tax_year).marks_slip:
        await _check_denied(held.work.session, request)
    changes = Changes(request.changes, seen)
    try:
        computed = await _tried(runtime, held, request, changes)
    except FiledLate as late:
        computed = await _tried(runtime, held, request, late.changes)
    causes = _causes(request.tax_year, computed)
    return replace(computed, shown={**computed.shown, "causes": causes})


async def carry_out(
    runtime: Runtime, held: Held, request: Request, changes: Changes, officers: Mapping[str, str]
) -> Computed:
    """Take the decisions of a request, merge the person again, and return what the tax would then be.

    The causes are not yet among what is shown. The caller keeps what was written or takes it back. Raises as
    `compute`, and FiledLate.
    """
    kind = kind_of(request.kind, request.tax_year)
    work, on = held.work, held.work.now.astimezone(JAPAN).date()
    _check_form(kind, request, on)
    present = await _present(held, request)
    await _check_documents(work.session, request)
    subject = await _merged(runtime, work, request, changes, officers)
    facts = subject.complete_facts()
    await _check_filing(runtime, work.session, kind, request, present, changes, facts)
    block = _decided(request.tax_year, held.standing.municipality_code, subject)
    before, after = _of_row(present.row), _of_decided(block.decided(0))
    tax = after["figures"]["annual_total"] - before["figures"]["annual_total"]
    limit = check_period(kind, Direction.of(tax), present.due, request.event_on, request.claimed_period, on)
    said = (kind, request.tax_year, request.person_id)
    effects = await effects_of(runtime, work.session, *said, before, after, on, present.last_bill)
    shown = {
        **_asked(request),
        "changes": changes.values,
        "seen": changes.seen,
        "held_back": list(changes.held_back),
        "expected_revision": held.revision,
        "base_id": held.standing.base_id,
        "basis_id": held.standing.basis_id,
        "rules_version": block.rules_version,
        "before": before,
        "after": after,
        "effects": [*effects, f"期間制限: {limit.last_day}まで（{limit.period.law}）"],
    }
    return Computed(shown, digest_of({**shown, "facts": facts}), present, facts, block)


def digest_of(shown: Mapping[str, Any]) -> bytes:
    """Return 32 bytes that stand for everything that an approver sees."""
    return hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).digest()


def request_of(row: Row[Any]) -> Request:
    """Return what a stored proposal asked for."""
    held = {one["path"] for one in row.held_back}
    return Request(
        tax_year=row.tax_year,
        person_id=row.person_id,
        kind=row.kind,
        reason=row.reason,
        received_on=row.received_on,
        changes={path: value for path, value in row.changes.items() if path not in held},
        event_on=row.event_on,
        claimed_period=row.claimed_period,
        documents=tuple(row.documents),
    )


def changes_of(row: Row[Any]) -> Changes:
    """Return what a stored proposal decides."""
    return Changes(row.changes, row.seen, row.held_back)


def _check_form(kind: Kind, request: Request, on: date) -> None:
    for path in request.changes:
        if not PATH.fullmatch(path) or not kind.allows(path):
            raise FactNotAllowed(kind=kind.code)
    if kind.event and request.event_on is None:
        raise EventRequired(field="eventOn", rule="required")
    for field, day in (("receivedOn", request.received_on), ("eventOn", request.event_on)):
        if day is not None and day > on:
            raise Invalid(field=field, rule="future")
    if request.claimed_period and request.claimed_period not in periods():
        raise Invalid(field="claimedPeriod", rule="unknown")


async def _check_denied(session: ReadSession, request: Request) -> None:
    """Make sure that there is somebody to deny: the tax office is told of it."""
    roots = {path.partition(".")[0] for path in request.changes}
    relatives = {root for root in roots if root.partition("[")[0] in RELATIVES}
    said = await said_without(session, request.tax_year, request.person_id, relatives)
    if relatives and not any(said.values()):
        raise NobodyDenied


async def _present(held: Held, request: Request) -> Present:
    """Return what is in force; who came into the base after everybody was decided has no revision."""
    session, standing = held.work.session, held.standing
    found = await assessments.current(session, request.tax_year, [request.person_id])
    row = found.get(request.person_id)
    if standing.base_id is None or (row is None and standing.state != YearState.ASSESSED):
        raise NotAssessed
    facts = {} if row is None else (await subjects_as_decided(session, [row]))[0].complete_facts()
    bills = due_dates(request.tax_year, standing.municipality_code)
    return Present(row, facts, standing, bills[0], bills[-1])


async def _check_documents(session: ReadSession, request: Request) -> None:
    if not request.documents:
        return
    counting = await documents_of(session, [request.person_id], request.tax_year)
    if not set(request.documents) <= {document.id for document in counting}:
        raise DocumentUnknown(field="documents", rule="unknown")


async def _check_filing(
    runtime: Runtime,
    session: ReadSession,
    kind: Kind,
    request: Request,
    present: Present,
    changes: Changes,
    after: Mapping[str, Any],
) -> None:
    """Raise FiledTooLate for what is asked for, FiledLate where what is held back is not what has to be.

    A new document counts as filed on its own day, whatever kind of correction brings it in.
    """
    year, person_id = request.tax_year, request.person_id
    served = await served_on(runtime, session, year, person_id, present.due)
    if kind.filed:
        check_filing(year, request.changes, request.received_on, served)
    found = [
        one for one in held_back(year, present.facts, after) if not is_under(one["path"], changes.values)
    ]
    if not found and not changes.held_back:
        return
    new = await new_documents(session, year, person_id)
    days = [*map(filed_on, new), *([request.received_on] if kind.filed else [])]
    is_late = max(days, default=served) > served
    if found if is_late else changes.held_back:
        raise FiledLate(changes.keeping(found, after))


async def _tried(runtime: Runtime, held: Held, request: Request, changes: Changes) -> Computed:
    async with trial(held.work.session) as running:
        computed = await carry_out(runtime, held, request, changes, NOBODY)
        await running.take_back()
    return computed


async def _merged(
    runtime: Runtime, work: Work, request: Request, changes: Changes, officers: Mapping[str, str]
) -> Subject:
    """Merge the person again with the changes and return them as the calculation takes them."""
    quiet = replace(work, journal=Journal())
    document = request.documents[0] if request.documents else None
    said = {"reason": request.reason, "document_id": document, **officers}
    await merge_with(quiet, request.tax_year, request.person_id, changes.values, changes.seen, said)
    [subject] = await subjects_of(runtime, work.session, request.tax_year, [request.person_id])
    return subject


def _decided(tax_year: int, municipality: str, subject: Subject) -> Block:
    """Return what the rules make of the person. Raises FactsRefused."""
    block = decide(rule_set(tax_year, municipality), [subject])
    if block.grounds[0] is Ground.FACTS_INVALID:
        fault = block.faults[0][0]
        raise FactsRefused(path=fault.path, rule=fault.code)
    return block


def _causes(tax_year: int, computed: Computed) -> list[dict[str, Any]]:
    """Return every quantity that differs, causes before effects; none where either side has no figures."""
    present = computed.present
    found = compare(tax_year, present.standing.municipality_code, present.facts, computed.facts)
    return [
        {"name": one.name, "before": one.before, "after": one.after}
        for one in found
        if isinstance(one, Cause)
    ]


def _asked(request: Request) -> dict[str, Any]:
    return {
        "tax_year": request.tax_year,
        "person_id": request.person_id,
        "kind": request.kind,
        "reason": request.reason,
        "received_on": request.received_on,
        "event_on": request.event_on,
        "claimed_period": request.claimed_period,
        "documents": list(request.documents),
    }


def _of_row(row: Row[Any] | None) -> dict[str, Any]:
    if row is None:
        return {"outcome": Outcome.UNDECIDED.value, "ground": "", "figures": dict.fromkeys(FIGURES, 0)}
    figures = {name: getattr(row, name) for name in FIGURES}
    return {"outcome": row.outcome, "ground": row.ground, "figures": figures}


def _of_decided(decided: Decided) -> dict[str, Any]:
    figures = {name: int(decided.figures[name]) for name in FIGURES}
    return {"outcome": decided.outcome.value, "ground": decided.ground.value, "figures": figures}
