"""A person's merged facts with other decisions: in memory for a proposal, written once it is approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.storage.database import ReadSession
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.facts import value_at, with_changes
from plugins.shiryo.api import Work


@dataclass(frozen=True, slots=True)
class Blocking:
    """A finding of the merge that keeps a person from being decided."""

    is_blocking: bool = True


@dataclass(frozen=True, slots=True)
class Merged:
    """What the merge gives with the decisions of a proposal; `seen` is what it says without them, by path."""

    facts: Mapping[str, Any]
    origins: Mapping[str, Any]
    documents: Sequence[int]
    findings: Sequence[Blocking]
    seen: Mapping[str, Any]


async def merged_with(
    session: ReadSession, tax_year: int, person_id: int, changes: Mapping[str, Any]
) -> Merged:
    """Return what the person's facts would be with these decisions; nothing is written."""
    basis = await queries.basis_of(session, tax_year, person_id)
    facts = {} if basis is None else basis.facts
    blocking = [Blocking()] if await queries.is_blocked(session, tax_year, person_id) else []
    return Merged(
        facts=with_changes(facts, changes),
        origins={} if basis is None else basis.origins,
        documents=() if basis is None else basis.documents,
        findings=blocking,
        seen={path: value_at(facts, path) for path in changes},
    )


async def merge_with(work: Work, tax_year: int, person_id: int, decisions: Mapping[str, int]) -> None:
    """Write the merge anew; `decisions` are those just taken, by path."""
    basis = await queries.basis_of(work.session, tax_year, person_id)
    changes = await queries.decided_values(work.session, decisions.values())
    facts = with_changes({} if basis is None else basis.facts, changes)
    origins = dict({} if basis is None else basis.origins)
    origins.update({path: [{"decision": decision_id}] for path, decision_id in decisions.items()})
    if basis is None or facts != basis.facts:
        await queries.replace_basis(work, tax_year, person_id, basis, facts, origins)
