"""Amounts: the rules say which documents give a fact; several of one kind are added up."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.shikakeisan.merge.book import Book, Giving
from plugins.shikakeisan.merge.filed import INCOME_FOR, is_land_unclear, said_on_return
from plugins.shikakeisan.merge.gathered import Merged, look, put
from plugins.shikakeisan.merge.losses import forms_differ, is_kind_unknown
from plugins.shikakeisan.merge.notices import mark_one_stop
from plugins.shikakeisan.merge.papers import (
    PENSION,
    RESIDENT_RETURN,
    SALARY,
    SLIPS,
    TAX_RETURN,
    Paper,
    Said,
    put_aside,
)

OLD_LONG_WHOLE, OLD_LONG_MOST = 10_000, 15_000
"""旧長期損害保険料: deducted whole up to the first, half beyond it, never more than the second."""
QUAKE_RULE = "quake_of_deduction"
_PREMIUMS = {"life": "life_deduction", "quake": "quake_deduction"}


def gather_amounts(book: Book, papers: Sequence[Paper], merged: Merged) -> None:
    """State every amount that the papers give, by the rules of the year."""
    givings = book.givings(frozenset(paper.kind for paper in papers))
    taken: dict[str, int] = {}
    closed = _closed(papers)
    for paper in papers:
        _hear(_said(book, paper), paper, givings[paper.kind], closed, taken, merged)
    if papers and papers[0].kind == TAX_RETURN:
        _compare(papers, merged)
    mark_one_stop(papers, merged)


def _hear(
    said: Sequence[Said],
    paper: Paper,
    givings: Mapping[str, Giving],
    closed: frozenset[str],
    taken: dict[str, int],
    merged: Merged,
) -> None:
    for fact, yen, item, rule in said:
        giving = givings.get(fact)
        if giving is None or not yen:
            continue
        if taken.setdefault(fact, giving.rank) != giving.rank:
            continue
        if (giving.is_main_only and not paper.is_main) or (giving.rank and giving.group in closed):
            continue
        _add(merged, fact, yen, {"document": paper.id, "item": item, "rule": rule or giving.rule})


def _add(merged: Merged, fact: str, yen: int, origin: dict[str, Any]) -> None:
    facts, origins = merged.facts, merged.origins
    if fact in origins:
        origins[fact].append(origin)
        put(facts, fact, look(facts, fact) + yen)
        return
    origins[fact] = [origin]
    if "." in fact:
        put(facts, fact, yen)
    else:
        facts[fact] = yen


def _said(book: Book, paper: Paper) -> list[Said]:
    """Return what a paper states: fact, yen, item, and the rule where it is not that of the group."""
    if paper.kind == TAX_RETURN:
        return said_on_return(paper, book.tax_year)
    said = [(fact, yen, fact, "") for fact, yen in paper.amounts.items()]
    deduction = paper.number("quake_deduction") if paper.is_main and QUAKE_RULE in book.rules else 0
    if deduction:
        premium = deduction - _old_long_deduction(paper.amounts.get("quake_old_long", 0))
        said.append(("quake", max(premium, 0), "quake_deduction", QUAKE_RULE))
    return said


def _old_long_deduction(premium: int) -> int:
    """Return what the income tax deducts for 旧長期損害保険料 (所得税法附則平成18年10条)."""
    if premium <= OLD_LONG_WHOLE:
        return premium
    return min(-(-premium // 2) + OLD_LONG_WHOLE // 2, OLD_LONG_MOST)


def _closed(papers: Sequence[Paper]) -> frozenset[str]:
    """Return the premiums that a 確定申告書 decides: unless it states the deduction and no premium."""
    if papers[0].kind != TAX_RETURN if papers else True:
        return frozenset()
    first = papers[0]
    stated = {
        "life": any(first.amounts.get(fact) for fact in first.amounts if fact.startswith("life_")),
        "quake": any(first.amounts.get(fact) for fact in ("quake", "quake_old_long")),
    }
    return frozenset(group for group, item in _PREMIUMS.items() if stated[group] or not first.number(item))


def _compare(papers: Sequence[Paper], merged: Merged) -> None:
    """Hold a 確定申告書 against the slips: what is missing in it, and what it leaves unsaid."""
    first = papers[0]
    for kind, fact in ((SALARY, "salary"), (PENSION, "pension")):
        slips = [paper for paper in papers if paper.kind == kind]
        told, own = sum(paper.amounts.get(fact, 0) for paper in slips), first.amounts.get(fact, 0)
        if told > own and (own or not first.number(INCOME_FOR[fact][0])):
            merged.find("SLIP_NOT_IN_RETURN", [first.id, *(paper.id for paper in slips)], fact=fact)
    for group, item in _PREMIUMS.items():
        if first.number(item) and not any(name.startswith(group) for name in merged.facts):
            merged.find("PREMIUMS_NOT_STATED", [first.id], fact=group)
    if is_kind_unknown(first):
        merged.find("LOSS_KIND_UNKNOWN", [first.id])
    elif forms_differ(first):
        merged.find("LOSS_FORMS_DIFFER", [first.id])
    if is_land_unclear(first):
        merged.find("LAND_DEDUCTION_UNCLEAR", [first.id])


def unheard(papers: Sequence[Paper], merged: Merged) -> None:
    """Put aside whoever gave nothing; list the others. A return without amounts says that there are none."""
    used = {origin.get("document") for origins in merged.origins.values() for origin in origins}
    used |= {claim.document_id for claim in merged.claims}
    is_returned = papers[0].kind in {TAX_RETURN, RESIDENT_RETURN} if papers else False
    if is_returned:
        used.add(papers[0].id)
    gone = {one["document"] for one in merged.aside}
    for paper in papers:
        if paper.id in used:
            merged.documents.append(paper.id)
        elif paper.id not in gone:
            is_under = is_returned and paper.kind in {*SLIPS, RESIDENT_RETURN}
            put_aside(merged, paper, "nothing_left_to_give" if is_under else "nothing_stated")
    merged.documents.sort()
