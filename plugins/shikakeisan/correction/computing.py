"""What a correction would give: before, after, causes and effects, all of it under one digest."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import Row

from core.clock import JAPAN
from core.errors import Invalid
from core.runtime import Runtime
from core.storage.database import ReadSession
from plugins.shikakeisan.assessment import queries as assessments
from plugins.shikakeisan.assessment.errors import YearUnopened
from plugins.shikakeisan.assessment.outcome import Decided, Ground
from plugins.shikakeisan.assessment.reading import reliefs_of, subject_of, subjects_as_decided
from plugins.shikakeisan.assessment.service import preview
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.catalogue import Kind, kind_of, periods
from plugins.shikakeisan.correction.effects import effects_of
from plugins.shikakeisan.correction.errors import (
    DocumentUnknown,
    EventRequired,
    FactNotAllowed,
    FactsRefused,
    NotAssessed,
)
from plugins.shikakeisan.correction.filing import check_filing, held_back, served_on
from plugins.shikakeisan.correction.merging import Merged, merged_with
from plugins.shikakeisan.correction.periods import Direction, check_period
from plugins.shikakeisan.law.calendar import due_dates
from plugins.shikakeisan.service import Cause, compare
from plugins.shiryo.api import documents_of

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

    `changes` are the values to decide: those asked for, and what stays because it was filed too late. `seen`
    is what the merge says at these paths without them.
    """

    shown: Mapping[str, Any]
    digest: bytes
    changes: Mapping[str, Any]
    seen: Mapping[str, Any]

    @property
    def changes_figures(self) -> bool:
        """Tell whether anything about the tax differs."""
        return bool(self.shown["before"] != self.shown["after"] or self.shown["causes"])


async def compute(runtime: Runtime, session: ReadSession, request: Request, now: datetime) -> Computed:
    """Calculate what a request gives, by merging the person again with the changes in memory.

    Raises the refusals of `errors`: kind, facts, documents, period limits, filing dates.
    """
    kind = kind_of(request.kind, request.tax_year)
    on = now.astimezone(JAPAN).date()
    _check_form(kind, request)
    present, base, municipality = await _present(session, request)
    await _check_documents(session, request)
    due = due_dates(request.tax_year, municipality)[0]
    old_facts = (await subjects_as_decided(session, [present]))[0].complete_facts()
    held = await _held_back(runtime, session, kind, request, old_facts, due)
    changes = {**request.changes, **{one["path"]: one["value"] for one in held}}
    merged = await merged_with(session, request.tax_year, request.person_id, changes)
    decided = await preview(runtime, session, request.tax_year, base, merged)
    if decided.ground is Ground.FACTS_INVALID:
        raise FactsRefused(**_first_fault(decided))
    before, after = _of_row(present), _of_decided(decided)
    tax = after["figures"]["annual_total"] - before["figures"]["annual_total"]
    limit = check_period(kind, Direction.of(tax), due, request.event_on, request.claimed_period, on)
    shown = {
        **_asked(request),
        "changes": changes,
        "held_back": held,
        "expected_revision": present.revision,
        "base_id": base.id,
        "basis_id": await _basis_id(session, request),
        "rules_version": decided.rules_version,
        "before": before,
        "after": after,
        "causes": await _causes(runtime, session, request, municipality, base, old_facts, merged),
        "effects": [
            *await effects_of(runtime, session, kind, request.tax_year, request.person_id, before, after, on),
            f"期間制限: {limit.last_day}まで（{limit.period.law}）",
        ],
    }
    return Computed(shown, digest_of(shown), changes, merged.seen)


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


def _check_form(kind: Kind, request: Request) -> None:
    for path in request.changes:
        if not PATH.fullmatch(path) or not kind.allows(path):
            raise FactNotAllowed(kind=kind.code)
    if kind.event and request.event_on is None:
        raise EventRequired(field="eventOn", rule="required")
    if request.claimed_period and request.claimed_period not in periods():
        raise Invalid(field="claimedPeriod", rule="unknown")


async def _present(session: ReadSession, request: Request) -> tuple[Row[Any], Row[Any], str]:
    """Return the revision in force, the row of the base and the municipality."""
    municipality = await queries.municipality_of(session, request.tax_year)
    if municipality is None:
        raise YearUnopened
    found = await assessments.current(session, request.tax_year, [request.person_id])
    base = await queries.base_of(session, request.tax_year, request.person_id)
    if base is None or request.person_id not in found:
        raise NotAssessed
    return found[request.person_id], base, municipality


async def _check_documents(session: ReadSession, request: Request) -> None:
    if not request.documents:
        return
    counting = await documents_of(session, [request.person_id], request.tax_year)
    if not set(request.documents) <= {document.id for document in counting}:
        raise DocumentUnknown(field="documents", rule="unknown")


async def _held_back(
    runtime: Runtime, session: ReadSession, kind: Kind, request: Request, before: Mapping[str, Any], due: date
) -> list[dict[str, Any]]:
    """Return what was filed too late to count, and the value that stays; raises FiledTooLate if asked for."""
    if not kind.filed:
        return []
    served = await served_on(runtime, session, request.tax_year, request.person_id, due)
    check_filing(request.tax_year, request.changes, request.received_on, served)
    if request.received_on <= served:
        return []
    merged = await merged_with(session, request.tax_year, request.person_id, request.changes)
    return list(held_back(request.tax_year, before, merged.facts))


async def _basis_id(session: ReadSession, request: Request) -> int | None:
    basis = await queries.basis_of(session, request.tax_year, request.person_id)
    return None if basis is None else basis.id


async def _causes(
    runtime: Runtime,
    session: ReadSession,
    request: Request,
    municipality: str,
    base: Row[Any],
    before: Mapping[str, Any],
    merged: Merged,
) -> list[dict[str, Any]]:
    """Return every quantity that differs, causes before effects; none where either side has no figures."""
    reliefs = await reliefs_of(runtime, session, request.tax_year, [request.person_id])
    after = subject_of(base, facts=merged.facts, relief=reliefs.get(request.person_id)).complete_facts()
    found = compare(request.tax_year, municipality, before, after)
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


def _of_row(row: Row[Any]) -> dict[str, Any]:
    figures = {name: getattr(row, name) for name in FIGURES}
    return {"outcome": row.outcome, "ground": row.ground, "figures": figures}


def _of_decided(decided: Decided) -> dict[str, Any]:
    figures = {name: int(decided.figures[name]) for name in FIGURES}
    return {"outcome": decided.outcome.value, "ground": decided.ground.value, "figures": figures}


def _first_fault(decided: Decided) -> dict[str, str]:
    fault = decided.faults[0]
    return {"path": fault.path, "rule": fault.code}
