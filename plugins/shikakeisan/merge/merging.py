"""資料併合 of one person, pure: documents and decisions in, facts with their origins out."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from plugins.shikakeisan.merge.amounts import gather_amounts, unheard
from plugins.shikakeisan.merge.book import Book, book
from plugins.shikakeisan.merge.deciding import apply_decisions
from plugins.shikakeisan.merge.gathered import Claim, Found, Merged
from plugins.shikakeisan.merge.housing import gather_housing
from plugins.shikakeisan.merge.notices import without_notices
from plugins.shikakeisan.merge.papers import TAX_RETURN, Paper, heard
from plugins.shikakeisan.merge.people import BasePerson, Decision, Kin, KinOf
from plugins.shikakeisan.merge.personal import contradicting_spouse, gather_personal
from plugins.shikakeisan.merge.relatives import gather_relatives
from plugins.shiryo.api import DocumentFacts

__all__ = ["BasePerson", "Claim", "Decision", "Found", "Kin", "KinOf", "Merged", "merge_one"]

_NOBODY: Final[KinOf] = MappingProxyType({})
_NOTHING: Final[Mapping[str, Decision]] = MappingProxyType({})


def merge_one(
    person: BasePerson,
    documents: Sequence[DocumentFacts],
    decisions: Mapping[str, Decision] = _NOTHING,
    kin: KinOf = _NOBODY,
) -> Merged:
    """Merge the documents of one person by the rules of the year, then apply officers' decisions.

    `kin` says who the relatives on the documents are. The result has every document either in `documents`
    (it gave something) or in `aside` (with the rule that says why not). The same input gives the same result,
    in whatever order the documents come.
    """
    merged = Merged()
    rules = book(person.tax_year)
    papers = without_notices(rules, heard(documents, merged), merged) if documents else []
    gather_personal(person, papers, merged)
    if papers:
        _gather(rules, person, papers, kin, merged)
    if decisions:
        apply_decisions(merged, decisions)
    return merged


def _gather(rules: Book, person: BasePerson, papers: Sequence[Paper], kin: KinOf, merged: Merged) -> None:
    gather_amounts(rules, papers, merged)
    gather_relatives(rules, person, papers, kin, merged)
    gather_housing(rules, papers, merged)
    if papers[0].kind == TAX_RETURN and papers[0].flag("blue_return"):
        merged.mark("blue_return", papers[0].id, "blue_return", "blue_return")
    contradicting_spouse(merged)
    unheard(papers, merged)
