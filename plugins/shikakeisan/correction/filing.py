"""What counts only if it was filed before the notice was served (納税通知書の送達の時まで)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from core.clock import JAPAN
from core.runtime import Runtime
from core.storage.database import ReadSession
from plugins.shikakeisan.correction import queries
from plugins.shikakeisan.correction.catalogue import FilingRule, filing_rules, is_under
from plugins.shikakeisan.correction.errors import FiledTooLate
from plugins.shikakeisan.correction.facts import differing, value_at
from plugins.shiryo.api import DocumentFacts, documents_of

BEFORE_DUE = timedelta(days=10)
"""A notice is handed over ten days before the first bill at the latest (地方税法319条の2第3項)."""


async def served_on(runtime: Runtime, session: ReadSession, tax_year: int, person_id: int, due: date) -> date:
    """Return the day on which the person's notice was served, as the plug-ins that send it say.

    Where none says so, the last day on which it had to be served for the first bill.
    """
    answers = await runtime.plugins.run(
        "notices_served", session=session, tax_year=tax_year, person_ids=[person_id]
    )
    days = [answer[person_id] for answer in answers if person_id in answer]
    return min(days, default=due - BEFORE_DUE)


async def new_documents(session: ReadSession, tax_year: int, person_id: int) -> Sequence[DocumentFacts]:
    """Return a person's documents that the revision in force was not decided from."""
    decided_from = await queries.basis_in_force(session, tax_year, person_id)
    known = set() if decided_from is None else {*decided_from.documents, *_aside(decided_from.aside)}
    documents = await documents_of(session, [person_id], tax_year)
    return [document for document in documents if document.id not in known]


def filed_on(document: DocumentFacts) -> date:
    """Return the day on which a document was filed, as it says; else the day on which it was accepted."""
    said = document.items.get("filed_on")
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return document.accepted_at.astimezone(JAPAN).date()


def check_filing(tax_year: int, paths: Iterable[str], filed_on: date, served: date) -> None:
    """Raise FiledTooLate, naming the rule, if one of the changed facts was filed too late to count."""
    if filed_on <= served:
        return
    wanted = list(paths)
    for rule in filing_rules(tax_year):
        if any(is_under(path, rule.facts) for path in wanted):
            raise FiledTooLate(rule=rule.code, law=rule.law)


def held_back(tax_year: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the facts that a late filing would change but may not: path, rule, article, and what stays."""
    for rule in filing_rules(tax_year):
        for path in differing(before, after, rule.facts):
            yield _kept(rule, path, before)


def _kept(rule: FilingRule, path: str, before: Mapping[str, Any]) -> dict[str, Any]:
    return {"path": path, "rule": rule.code, "law": rule.law, "value": value_at(before, path)}


def _aside(aside: Sequence[Any]) -> set[int]:
    return {one["document"] for one in aside}
