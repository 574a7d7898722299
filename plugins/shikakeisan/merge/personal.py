"""What a taxpayer is in person: birth, disability, single parent, widow, working student."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.papers import PENSION, RESIDENT_RETURN, SALARY, TAX_RETURN, Paper
from plugins.shikakeisan.merge.people import FEMALE, MALE, BasePerson

_RULES = {
    TAX_RETURN: "personal_of_return",
    RESIDENT_RETURN: "personal_of_resident_return",
    SALARY: "personal_of_slips",
    PENSION: "personal_of_slips",
}
_MARKS: Mapping[str, tuple[str, ...]] = {
    "special": ("self_special_disabled",),
    "ordinary": ("self_disabled", "self_other_disabled"),
    "single_parent": ("single_parent", "special_widow"),
    "widow": ("widow", "widower"),
    "working_student": ("working_student",),
}
"""The items that mark something with `1`, whatever the layout calls them."""
_DISABILITY: Mapping[Any, str] = {"1": "ordinary", "2": "special"}
_PARENT: Mapping[str, str | bool] = {MALE: "father", FEMALE: "mother"}


def gather_personal(person: BasePerson, papers: Sequence[Paper], merged: Merged) -> None:
    """State what the register and the strongest document say of the taxpayer."""
    _birth(person, papers, merged)
    for paper in papers:
        rule = _RULES.get(paper.kind)
        if rule is None or paper.is_secondary:
            continue
        _disability(paper, rule, merged)
        for fact in ("single_parent", "widow", "working_student"):
            item = _marked(paper, fact)
            if item and fact not in merged.facts:
                value: Any = _PARENT.get(person.sex, True) if fact == "single_parent" else True
                merged.give(fact, value, paper.id, item, rule)
        if paper.kind == TAX_RETURN:
            break
        if paper.kind == RESIDENT_RETURN and _is_marked_at_all(paper):
            break
    if "single_parent" in merged.facts and "widow" in merged.facts:
        merged.find("SINGLE_PARENT_AND_WIDOW", _documents(merged, "single_parent", "widow"))


def contradicting_spouse(merged: Merged) -> None:
    """Find a spouse beside a mark that only somebody without one can have."""
    marks = [fact for fact in ("single_parent", "widow") if fact in merged.facts]
    if marks and "spouse" in merged.facts:
        merged.find("SPOUSE_AND_SINGLE_PARENT", _documents(merged, "spouse", *marks))


def _birth(person: BasePerson, papers: Sequence[Paper], merged: Merged) -> None:
    if person.birth_date is not None:
        merged.facts["taxpayer"] = {"birth": person.birth_date.isoformat()}
        merged.origins["taxpayer.birth"] = [{"item": "birth_date", "rule": "birth_of_register"}]
        others = [paper.id for paper in papers if paper.document.birth_date not in (None, person.birth_date)]
        if others:
            merged.find("BIRTH_DIFFERS", others)
        return
    for paper in papers:
        if paper.document.birth_date is not None:
            birth = paper.document.birth_date.isoformat()
            merged.give("taxpayer.birth", birth, paper.id, "birth_date", "birth_of_document")
            return


def _disability(paper: Paper, rule: str, merged: Merged) -> None:
    if "disability" in merged.facts.get("taxpayer", ()):
        return
    item = "self_disability"
    value = _DISABILITY.get(paper.items.get(item))
    for degree in ("special", "ordinary"):
        if value is None and (item := _marked(paper, degree)):
            value = degree
    if value is not None:
        merged.give("taxpayer.disability", value, paper.id, item, rule)


def _marked(paper: Paper, what: str) -> str:
    return next((item for item in _MARKS[what] if paper.items.get(item) == "1"), "")


def _is_marked_at_all(paper: Paper) -> bool:
    return any(
        item in paper.items for item in ("self_disability", "widow", "single_parent", "working_student")
    )


def _documents(merged: Merged, *paths: str) -> set[int]:
    origins = (origin for path in paths for origin in merged.origins.get(path, ()))
    return {origin["document"] for origin in origins if "document" in origin}
