"""Spouse and dependants of one taxpayer: facts, claims, and what contradicts itself."""

from collections.abc import Sequence
from typing import Any

from plugins.shikakeisan.merge.book import Book
from plugins.shikakeisan.merge.counted import apply_counts, disabled_by_count, elderly_by_count
from plugins.shikakeisan.merge.gathered import Claim, Merged
from plugins.shikakeisan.merge.household import Household
from plugins.shikakeisan.merge.papers import SLIPS, Paper
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
)

ELDERLY, YOUNG = 70, 23


def gather_relatives(
    book: Book, person: BasePerson, papers: Sequence[Paper], kin: KinOf, merged: Merged
) -> None:
    """State spouse and dependants, and who claims whom."""
    source = source_of(papers)
    if source is None:
        return
    home = Household(book, person, merged)
    named = named_on(source, RULES[source.kind], kin, merged)
    if source.kind not in SLIPS:
        known = {one.key for one in named}
        for slip in (paper for paper in papers if paper.kind in SLIPS and not paper.is_secondary):
            more = named_on(slip, "under16_of_slips", kin, merged)
            named += [one for one in more if one.role == UNDER16 and one.key not in known]
            known |= {one.key for one in more}
    spouses = [one for one in named if one.role == SPOUSE and home.living(one)]
    others = [one for one in named if one.role not in {SPOUSE, EMPLOYEE} and home.living(one)]
    employees = [one for one in named if one.role == EMPLOYEE]
    _spouse(home, source, spouses[:1])
    _other_spouses(papers, kin, merged)
    _others(home, source, others)
    _employees(home, employees)
    if source.kind in SLIPS:
        disabled_by_count(source, merged)
        _adjustment(source, merged)


def _spouse(home: Household, source: Paper, named: Sequence[Stated]) -> None:
    merged = home.merged
    if named:
        _put(home, named[0], home.fact(named[0]), "spouse")
    elif claims_spouse(source):
        income = source.number("spouse_income")
        merged.give(
            "spouse",
            {"total_income": income} if income else {},
            source.id,
            "spouse_claimed",
            RULES[source.kind],
        )


def _others(home: Household, source: Paper, named: Sequence[Stated]) -> None:
    facts = [home.fact(one) for one in named]
    if source.kind in SLIPS:
        counted = apply_counts(source, facts, home.merged)
        elderly_by_count(source, facts, home.merged)
    else:
        counted = []
    for place, (one, fact) in enumerate(zip(named, facts, strict=True)):
        path = f"dependants[{place}]"
        if fact.get("age", 0) >= ELDERLY and "category" not in fact:
            _elderly(home, one, fact)
        elif not fact.keys() & {"age", "category"}:
            fact["category"] = "general"
        _put(home, one, fact, path)
    for item, category in counted:
        path = f"dependants[{len(home.merged.facts.get('dependants', ()))}]"
        home.merged.facts.setdefault("dependants", []).append({"category": category})
        home.merged.come(path, {"document": source.id, "item": item, "rule": "category_by_count"})


def _elderly(home: Household, one: Stated, fact: dict[str, Any]) -> None:
    """Relation and household of who is 70 or older: what nobody states is not taken as given."""
    if "relation" not in fact and one.kin is not None:
        relation = register_relation(home.book.codes, home.person, one.kin)
        if relation:
            fact["relation"] = relation
    if not fact.keys() >= {"relation", "cohabit"}:
        fact["category"] = "elderly"


def _put(home: Household, one: Stated, fact: dict[str, Any], path: str) -> None:
    merged = home.merged
    if path == "spouse":
        merged.facts["spouse"] = fact
    else:
        merged.facts.setdefault("dependants", []).append(fact)
    origins = [
        {"document": one.paper.id, "item": f"{one.said['role']}.{one.said['place']}", "rule": one.rule}
    ]
    kin = one.kin
    if kin is not None and kin.birth_date is not None:
        origins.append({"item": "birth_date", "rule": "age_of_register"})
    if "total_income" in fact and path == "spouse" and "income" not in one.said:
        stated = "spouse_income" in one.paper.items
        merged.origins["spouse.total_income"] = [
            {"document": one.paper.id, "item": "spouse_income", "rule": one.rule}
            if stated
            else {"item": "total_income_all", "rule": "income_of_own_documents"}
        ]
    merged.origins[path] = origins
    stated_number = "" if kin is not None else str(one.said.get("number", ""))
    merged.claims.append(
        Claim(None if kin is None else kin.person_id, one.role, one.paper.id, path, stated_number)
    )


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


def _employees(home: Household, employees: Sequence[Stated]) -> None:
    merged = home.merged
    by_person = {claim.relative_id: claim for claim in merged.claims if claim.relative_id}
    for one in employees:
        person_id = None if one.kin is None else one.kin.person_id
        claim = by_person.get(person_id) if person_id else None
        if claim is not None:
            merged.find(
                "RELATIVE_EMPLOYED", [one.paper.id], [person_id] if person_id else [], role=claim.role
            )
            _fact_at(merged, claim.path)["family_employee"] = True
        stated = "" if one.kin is not None else str(one.said.get("number", ""))
        merged.claims.append(Claim(person_id, EMPLOYEE, one.paper.id, "", stated))


def _fact_at(merged: Merged, path: str) -> dict[str, Any]:
    if path == "spouse":
        spouse: dict[str, Any] = merged.facts["spouse"]
        return spouse
    dependants: list[dict[str, Any]] = merged.facts["dependants"]
    return dependants[int(path.removeprefix("dependants[")[:-1])]


def _adjustment(source: Paper, merged: Merged) -> None:
    """所得金額調整控除 that nobody among the relatives explains: somebody else claims the relative."""
    if not source.number("income_adjustment"):
        return
    own = merged.facts.get("taxpayer", {}).get("disability") == "special"
    relatives = [*merged.facts.get("dependants", ()), merged.facts.get("spouse", {})]
    if own or any(one.get("age", YOUNG) < YOUNG or one.get("disability") == "special" for one in relatives):
        return
    merged.mark("income_adj_eligible", source.id, "income_adjustment", "adjustment_of_slip")
