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
from plugins.shikakeisan.assessment import queries as assessments
from plugins.shikakeisan.assessment.deciding import decide
from plugins.shikakeisan.assessment.errors import YearUnopened
from plugins.shikakeisan.assessment.outcome import Decided, Ground
from plugins.shikakeisan.assessment.reading import subjects_as_decided, subjects_of
from plugins.shikakeisan.assessment.rule_set import rule_set
from plugins.shikakeisan.assessment.subject import Subject
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.catalogue import Kind, is_under, kind_of, periods
from plugins.shikakeisan.correction.effects import effects_of
from plugins.shikakeisan.correction.errors import (
    DocumentUnknown,
    EventRequired,
    FactNotAllowed,
    FactsRefused,
    NotAssessed,
)
from plugins.shikakeisan.correction.facts import value_at
from plugins.shikakeisan.correction.filing import check_filing, filed_on, held_back, new_documents, served_on
from plugins.shikakeisan.correction.merging import merge_with, said_without, trial
from plugins.shikakeisan.correction.periods import Direction, check_period
from plugins.shikakeisan.law.calendar import due_dates
from plugins.shikakeisan.service import Cause, compare
from plugins.shiryo.api import Work, documents_of

ASSESSED = "assessed"
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
class Computed:
    """What the request gives on the present state; `shown` is what the approver sees, under `digest`.

    Its `changes` are the values to decide: those asked for, and what stays because it was filed too late.
    The digest is of the facts behind it, too, from which the causes follow.
    """

    shown: Mapping[str, Any]
    digest: bytes
    present: "Present"
    facts: Mapping[str, Any]

    @property
    def changes_figures(self) -> bool:
        """Tell whether anything about the tax differs."""
        return bool(self.shown["before"] != self.shown["after"] or self.shown["causes"])


@dataclass(frozen=True, slots=True)
class Present:
    """What is in force: the revision with its facts, and the rows of base and basis that a proposal rests on.

    `due` is the 法定納期限 of the year.
    """

    row: Row[Any] | None
    facts: Mapping[str, Any]
    base_id: int
    basis_id: int | None
    municipality: str
    due: date


async def compute(runtime: Runtime, work: Work, request: Request) -> Computed:
    """Calculate what a request gives, and leave everything as it is. The caller holds the person.

    Raises the refusals of `errors`: kind, facts, documents, period limits, filing dates.
    """
    async with trial(work.session) as running:
        computed = await carry_out(runtime, work, request, NOBODY)
        await running.take_back()
    causes = _causes(request.tax_year, computed)
    return replace(computed, shown={**computed.shown, "causes": causes})


async def carry_out(
    runtime: Runtime,
    work: Work,
    request: Request,
    officers: Mapping[str, str],
    seen: Mapping[str, Any] | None = None,
) -> Computed:
    """Take the decisions of a request, merge the person again, and return what the tax would then be.

    `seen` is what the merge said where the changes are, when they were proposed; None to look now. The causes
    are not yet among what is shown. The caller keeps what was written or takes it back. Raises as `compute`.
    """
    kind = kind_of(request.kind, request.tax_year)
    session, on = work.session, work.now.astimezone(JAPAN).date()
    _check_form(kind, request, on)
    present = await _present(session, request)
    await _check_documents(session, request)
    if seen is None:
        seen = await said_without(session, request.tax_year, request.person_id, request.changes)
    subject, held = await _tried(runtime, work, kind, request, present, seen, officers)
    changes = request.changes
    if held:
        facts = subject.complete_facts()
        seen = {**seen, **{one["path"]: value_at(facts, one["path"]) for one in held}}
        changes = {**changes, **{one["path"]: one["value"] for one in held}}
        subject = await _merged(runtime, work, request, changes, seen, officers)
    decided = _decided(request.tax_year, present.municipality, subject)
    before, after = _of_row(present.row), _of_decided(decided)
    tax = after["figures"]["annual_total"] - before["figures"]["annual_total"]
    limit = check_period(kind, Direction.of(tax), present.due, request.event_on, request.claimed_period, on)
    effects = await effects_of(runtime, session, kind, request.tax_year, request.person_id, before, after, on)
    shown = {
        **_asked(request),
        "changes": changes,
        "seen": seen,
        "held_back": held,
        "expected_revision": 0 if present.row is None else present.row.revision,
        "base_id": present.base_id,
        "basis_id": present.basis_id,
        "rules_version": decided.rules_version,
        "before": before,
        "after": after,
        "effects": [*effects, f"期間制限: {limit.last_day}まで（{limit.period.law}）"],
    }
    facts = subject.complete_facts()
    return Computed(shown, digest_of({**shown, "facts": facts}), present, facts)


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


async def _present(session: ReadSession, request: Request) -> Present:
    """Return what is in force; who came into the base after everybody was decided has no revision."""
    standing = await queries.standing_of(session, request.tax_year, request.person_id)
    if standing is None:
        raise YearUnopened
    found = await assessments.current(session, request.tax_year, [request.person_id])
    row = found.get(request.person_id)
    if standing.base_id is None or (row is None and standing.state != ASSESSED):
        raise NotAssessed
    return Present(
        row=row,
        facts={} if row is None else (await subjects_as_decided(session, [row]))[0].complete_facts(),
        base_id=standing.base_id,
        basis_id=standing.basis_id,
        municipality=standing.municipality_code,
        due=due_dates(request.tax_year, standing.municipality_code)[0],
    )


async def _check_documents(session: ReadSession, request: Request) -> None:
    if not request.documents:
        return
    counting = await documents_of(session, [request.person_id], request.tax_year)
    if not set(request.documents) <= {document.id for document in counting}:
        raise DocumentUnknown(field="documents", rule="unknown")


async def _held_back(
    runtime: Runtime,
    work: Work,
    kind: Kind,
    request: Request,
    present: Present,
    after: Mapping[str, Any],
) -> list[dict[str, Any]]:
    """Return what was filed too late to count, and the value that stays; raises FiledTooLate if asked for.

    A new document counts as filed on its own day, whatever kind of correction brings it in.
    """
    year, person_id = request.tax_year, request.person_id
    served = await served_on(runtime, work.session, year, person_id, present.due)
    if kind.filed:
        check_filing(year, request.changes, request.received_on, served)
    found = [
        one for one in held_back(year, present.facts, after) if not is_under(one["path"], request.changes)
    ]
    if not found:
        return []
    new = await new_documents(work.session, year, person_id)
    days = [*map(filed_on, new), *([request.received_on] if kind.filed else [])]
    return found if max(days, default=served) > served else []


async def _tried(
    runtime: Runtime,
    work: Work,
    kind: Kind,
    request: Request,
    present: Present,
    seen: Mapping[str, Any],
    officers: Mapping[str, str],
) -> tuple[Subject, list[dict[str, Any]]]:
    """Merge with the changes that are asked for; taken back again where something was filed too late."""
    async with trial(work.session) as running:
        subject = await _merged(runtime, work, request, request.changes, seen, officers)
        held = await _held_back(runtime, work, kind, request, present, subject.complete_facts())
        if held:
            await running.take_back()
    return subject, held


async def _merged(
    runtime: Runtime,
    work: Work,
    request: Request,
    changes: Mapping[str, Any],
    seen: Mapping[str, Any],
    officers: Mapping[str, str],
) -> Subject:
    """Merge the person again with the changes and return them as the calculation takes them."""
    quiet = replace(work, journal=Journal())
    document = request.documents[0] if request.documents else None
    said = {"reason": request.reason, "document_id": document, **officers}
    await merge_with(quiet, request.tax_year, request.person_id, changes, seen, said)
    [subject] = await subjects_of(runtime, work.session, request.tax_year, [request.person_id])
    return subject


def _decided(tax_year: int, municipality: str, subject: Subject) -> Decided:
    """Return what the rules make of the person. Raises FactsRefused."""
    decided = decide(rule_set(tax_year, municipality), [subject]).decided(0)
    if decided.ground is Ground.FACTS_INVALID:
        raise FactsRefused(path=decided.faults[0].path, rule=decided.faults[0].code)
    return decided


def _causes(tax_year: int, computed: Computed) -> list[dict[str, Any]]:
    """Return every quantity that differs, causes before effects; none where either side has no figures."""
    present = computed.present
    found = compare(tax_year, present.municipality, present.facts, computed.facts)
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
        return {"outcome": "undecided", "ground": "", "figures": dict.fromkeys(FIGURES, 0)}
    figures = {name: getattr(row, name) for name in FIGURES}
    return {"outcome": row.outcome, "ground": row.ground, "figures": figures}


def _of_decided(decided: Decided) -> dict[str, Any]:
    figures = {name: int(decided.figures[name]) for name in FIGURES}
    return {"outcome": decided.outcome.value, "ground": decided.ground.value, "figures": figures}
