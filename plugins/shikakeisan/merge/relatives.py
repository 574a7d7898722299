"""Spouse and dependants of one taxpayer: facts, claims, and what contradicts itself."""

from collections.abc import Sequence
from typing import Any

from plugins.shikakeisan.merge.book import Book
from plugins.shikakeisan.merge.counted import BY_COUNT, apply_counts, disabled_by_count, elderly_by_count
from plugins.shikakeisan.merge.gathered import Claim, Facts, Merged, relatives_in
from plugins.shikakeisan.merge.household import TOTAL, Household, Relative
from plugins.shikakeisan.merge.papers import SLIPS, TAX_RETURN, Paper
from plugins.shikakeisan.merge.people import BasePerson, KinOf
from plugins.shikakeisan.merge.register import register_relation
from plugins.shikakeisan.merge.stated import (
    EMPLOYEE,
    RULES,
    SPOUSE,
    UNDER16,
    Stated,
    claims_spouse,
    named_on,
    source_of,
    unheard_slips,
)

ELDERLY, YOUNG = 70, 23
UNDER16_RULE = "under16_of_slips"
ADJUSTMENT_RULE, SLIP_ADJUSTMENT_RULE = "adjustment_of_return", "adjustment_of_slip"


def gather_relatives(
    book: Book, person: BasePerson, papers: Sequence[Paper], kin: KinOf, merged: Merged
) -> None:
    """State spouse and dependants, and who claims whom."""
    source = source_of(papers)
    others = unheard_slips(papers, source) if len(papers) > 1 else ()
    if others:
        merged.find("RELATIVES_ON_OTHER_SLIP", [paper.id for paper in others])
    if source is not None:
        _gather(Household(book, person, merged), source, papers, kin)
    main = next((paper for paper in papers if paper.is_main), None)
    if main is not None and papers[0].kind != TAX_RETURN:
        _adjustment(book, main, merged)


def _gather(home: Household, source: Paper, papers: Sequence[Paper], kin: KinOf) -> None:
    merged = home.merged
    named = _without_adjusting(named_on(source, RULES[source.kind], kin, merged), home)
    if source.kind not in SLIPS and UNDER16_RULE in home.book.rules:
        known = {one.key for one in named}
        for slip in (paper for paper in papers if paper.kind in SLIPS and not paper.is_secondary):
            more = named_on(slip, UNDER16_RULE, kin, merged)
            named += [one for one in more if one.role == UNDER16 and one.key not in known]
            known |= {one.key for one in more}
    spouses = [one for one in named if one.role == SPOUSE and home.living(one)]
    others = [one for one in named if one.role not in {SPOUSE, EMPLOYEE} and home.living(one)]
    employees = [one for one in named if one.role == EMPLOYEE]
    _spouse(home, source, spouses[:1])
    _other_spouses(papers, kin, merged)
    _others(home, source, others)
    _employees(merged, employees)
    if source.kind in SLIPS:
        disabled_by_count(source, merged)


def _without_adjusting(named: Sequence[Stated], home: Household) -> list[Stated]:
    """Leave out whom a return names for 所得金額調整控除 alone: somebody else claims them."""
    for one in named:
        if one.is_adjusting and ADJUSTMENT_RULE in home.book.rules:
            item = f"{one.said['role']}.{one.said['place']}"
            home.merged.mark("income_adj_eligible", one.paper.id, item, ADJUSTMENT_RULE)
    return [one for one in named if not one.is_adjusting]


def _spouse(home: Household, source: Paper, named: Sequence[Stated]) -> None:
    merged = home.merged
    if named:
        _put(merged, home.relative(named[0]), "spouse")
    elif item := claims_spouse(source):
        income = source.number("spouse_income")
        fact = {"total_income": income} if income else {}
        merged.give("spouse", fact, source.id, item, RULES[source.kind])


def _others(home: Household, source: Paper, named: Sequence[Stated]) -> None:
    relatives, counted = [home.relative(one) for one in named], []
    if source.kind in SLIPS:
        counted = apply_counts(source, relatives, home.merged)
        elderly_by_count(source, relatives, home.merged)
    for place, one in enumerate(relatives):
        if one.fact.get("age", 0) >= ELDERLY and "category" not in one.fact:
            _elderly(home, one)
        elif not one.fact.keys() & {"age", "category"}:
            one.fact["category"] = "general"
        _put(home.merged, one, f"dependants[{place}]")
    for item, category in counted:
        path = f"dependants[{len(home.merged.facts.get('dependants', ()))}]"
        home.merged.facts.setdefault("dependants", []).append({"category": category})
        home.merged.come(path, {"document": source.id, "item": item, "rule": BY_COUNT})


def _elderly(home: Household, one: Relative) -> None:
    """Relation and household of who is 70 or older: what nobody states is not taken as given."""
    fact, kin = one.fact, one.stated.kin
    if "relation" not in fact and kin is not None:
        relation = register_relation(home.book.codes, home.person, kin)
        if relation:
            fact["relation"] = relation
            one.take("relation", "relation_of_register")
    if not fact.keys() >= {"relation", "cohabit"}:
        fact["category"] = "elderly"


def _put(merged: Merged, one: Relative, path: str) -> None:
    stated = one.stated
    if path == "spouse":
        merged.facts["spouse"] = one.fact
        _spouse_income(merged, one)
    else:
        merged.facts.setdefault("dependants", []).append(one.fact)
    merged.origins[path] = one.origins
    merged.claims.append(_claim(stated, path))


def _spouse_income(merged: Merged, one: Relative) -> None:
    """The income of a spouse stands on the paper itself, beside the spouse, or nowhere."""
    stated = one.stated
    if "total_income" not in one.fact or "income" in stated.said:
        return
    own = [origin for origin in one.origins if origin["item"] == TOTAL]
    paper = {"document": stated.paper.id, "item": "spouse_income", "rule": stated.rule}
    merged.origins["spouse.total_income"] = own or [paper]
    one.origins = [origin for origin in one.origins if origin not in own]


def _claim(one: Stated, path: str) -> Claim:
    stated = "" if one.kin is not None else str(one.said.get("number", ""))
    return Claim(None if one.kin is None else one.kin.person_id, one.role, one.paper.id, path, stated)


def _other_spouses(papers: Sequence[Paper], kin: KinOf, merged: Merged) -> None:
    """Find documents that name different spouses."""
    if sum(bool(paper.relatives) for paper in papers) < 2:
        return
    spouses: dict[Any, int] = {}
    for paper in papers:
        for one in named_on(paper, "", kin, Merged()):
            if one.role == SPOUSE:
                spouses.setdefault(one.key, paper.id)
    if len(spouses) > 1:
        merged.find("TWO_SPOUSES", set(spouses.values()), [key for key in spouses if isinstance(key, int)])


def _employees(merged: Merged, employees: Sequence[Stated]) -> None:
    by_person = {claim.relative_id: claim for claim in merged.claims if claim.relative_id}
    for one in employees:
        person_id = None if one.kin is None else one.kin.person_id
        claim = by_person.get(person_id) if person_id else None
        if claim is not None and person_id:
            merged.find("RELATIVE_EMPLOYED", [one.paper.id], [person_id], role=claim.role)
            fact_at(merged, claim.path)["family_employee"] = True
            item = f"{EMPLOYEE}.{one.said['place']}"
            origin = {"document": one.paper.id, "item": item, "rule": "family_employee_of_return"}
            merged.come(claim.path, origin)
        merged.claims.append(_claim(one, ""))


def fact_at(merged: Merged, path: str) -> Facts:
    """Return the fact of a relative by its path."""
    found: Facts = merged.facts["spouse"] if path == SPOUSE else merged.facts["dependants"][place_in(path)]
    return found


def place_in(path: str) -> int:
    """Return where among the dependants a path such as `dependants[2]` points to."""
    return int(path.removeprefix("dependants[")[:-1])


def _adjustment(book: Book, main: Paper, merged: Merged) -> None:
    """所得金額調整控除 that nobody among the relatives explains: somebody else claims the relative."""
    if not main.number("income_adjustment") or SLIP_ADJUSTMENT_RULE not in book.rules:
        return
    own = merged.facts.get("taxpayer", {}).get("disability") == "special"
    relatives = relatives_in(merged.facts)
    if own or any(one.get("age", YOUNG) < YOUNG or one.get("disability") == "special" for one in relatives):
        return
    merged.mark("income_adj_eligible", main.id, "income_adjustment", SLIP_ADJUSTMENT_RULE)
