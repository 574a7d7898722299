"""Dependants as slips count them, held against those whom they name."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.household import Relative
from plugins.shikakeisan.merge.papers import PENSION, Paper

_COUNTED = {
    "specific": ("specific_main", "specific_count"),
    "elderly": ("elderly_main", "elderly_count"),
    "general": ("other_main", "other_count"),
    "under16": ("under16_count",),
}
_AGES = (("under16", 16), ("general", 19), ("specific", 23), ("general", 70))
_PLACES = {PENSION: 2}
_MOST_PLACES = 4
Counted = list[tuple[str, str]]
BY_COUNT = "category_by_count"


def apply_counts(paper: Paper, relatives: Sequence[Relative], merged: Merged) -> Counted:
    """Give a category to those whose age nobody knows; return those who are counted and not named.

    The result names the item and the category of each.
    """
    stated = {category: _count(paper, items) for category, items in _COUNTED.items()}
    left = Counter({category: number for category, (_, number) in stated.items()})
    unknown = []
    for one in relatives:
        category = _category(one.fact)
        if category:
            left[category] -= 1
        else:
            unknown.append(one)
    for one in unknown:
        category = next((name for name in ("specific", "elderly", "general") if left[name] > 0), "general")
        _categorise(one, paper, category, stated[category][0])
        left[category] -= 1
    if not any(left.values()):
        return []
    return _unnamed(paper, left, stated, merged)


def _categorise(one: Relative, paper: Paper, category: str, item: str) -> None:
    one.fact["category"] = category
    one.origins.append({"document": paper.id, "item": item, "rule": BY_COUNT})


def _unnamed(paper: Paper, left: Counter[str], stated: dict[str, tuple[str, int]], merged: Merged) -> Counted:
    """Whoever is counted beyond the names is taken with the category alone; where ages differ, ages count."""
    over = sum(number for category, number in left.items() if category != "under16")
    missing: Counted = []
    if over > 0:
        for category in ("specific", "elderly", "general"):
            missing += [(stated[category][0], category)] * min(max(left[category], 0), over - len(missing))
    missing += [(stated["under16"][0], "under16")] * max(left["under16"], 0)
    if over < 0 or left["under16"] < 0 or not _is_full(paper, left):
        merged.find("COUNT_DIFFERS" if over or left["under16"] else "AGE_DIFFERS", [paper.id])
    elif missing:
        merged.find("RELATIVES_UNNAMED", [paper.id])
    return missing


def _is_full(paper: Paper, left: Counter[str]) -> bool:
    """Tell whether all places for names are taken, so that more are counted than can be named."""
    places = _PLACES.get(paper.document.kind, _MOST_PLACES)
    filled = Counter(str(one["role"]) for one in paper.relatives)
    over = sum(number for category, number in left.items() if category != "under16")
    full = over == 0 or filled["dependant"] >= places
    return full and (not left["under16"] or filled["under16"] >= places) and (over > 0 or left["under16"] > 0)


def elderly_by_count(paper: Paper, relatives: Sequence[Relative], merged: Merged) -> None:
    """同居老親等 are counted on slips of pay: who lives in the household comes first."""
    if "elderly_main" not in paper.items:
        return
    elderly = [one for one in relatives if _category(one.fact) == "elderly"]
    cohabiting = paper.number("elderly_cohabiting")
    ordered = sorted(elderly, key=lambda one: one.fact.get("cohabit") is not True)
    for place, one in enumerate(ordered):
        if place < cohabiting:
            _categorise(one, paper, "elderly_cohabiting", "elderly_cohabiting")
        elif one.fact.get("category") != "elderly":
            _categorise(one, paper, "elderly", "elderly_main")
    if cohabiting > len(elderly):
        merged.find("COUNT_DIFFERS", [paper.id], item="elderly_cohabiting")


def disabled_by_count(paper: Paper, merged: Merged) -> None:
    """Put the disabled whom a slip counts on relatives: those of one household first for 同居特別障害者."""
    special, ordinary = paper.number("special_disabled"), paper.number("other_disabled")
    together = paper.number("special_disabled_cohabiting")
    if not special + ordinary:
        return
    facts = merged.facts
    people = [("spouse", facts["spouse"])] if "spouse" in facts else []
    people += [(f"dependants[{place}]", one) for place, one in enumerate(facts.get("dependants", ()))]
    if len(people) != special + ordinary or (special and ordinary):
        merged.find("DISABLED_NOT_NAMED", [paper.id])
    people.sort(key=lambda one: one[1].get("cohabit") is not True)
    degrees = ["special"] * special + ["ordinary"] * ordinary
    for place, ((path, fact), degree) in enumerate(zip(people, degrees, strict=False)):
        fact["disability"] = degree
        if degree == "special":
            fact["cohabit"] = place < together
        item = "special_disabled" if degree == "special" else "other_disabled"
        merged.come(path, {"document": paper.id, "item": item, "rule": "disability_by_count"})


def _count(paper: Paper, items: Sequence[str]) -> tuple[str, int]:
    item = next((name for name in items if name in paper.items), items[0])
    return item, paper.number(item)


def _category(fact: dict[str, Any]) -> str:
    """Return the kind that an age makes, as slips count it; empty where nothing tells."""
    if "age" in fact:
        return next((category for category, below in _AGES if fact["age"] < below), "elderly")
    return str(fact.get("category", ""))
