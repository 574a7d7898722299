"""From a leaf of an explanation to where its fact comes from: a document, a decision, the register."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from plugins.shikakeisan.facts.vocabulary import RELATIVE_FACTS, STATED, TAXPAYER_FACTS

_NUMBER = re.compile(r"\[\d+\]|\.\d+(?=\.|$)")
_DERIVED = {
    "age": ("taxpayer.birth",),
    "age_1_january": ("taxpayer.birth", "taxpayer.age"),
    "relative_age": ("spouse.birth", "dependants.birth"),
    "relative_spouse": ("spouse",),
    "relative_ascendant": ("dependants.relation",),
}
"""Columns that are made of facts under other names."""
OF_THE_BASE = frozenset({"taxpayer.birth", "taxpayer.welfare", "taxpayer.house_only", "taxpayer.house_wards"})
"""Facts that the base adds where the merge has none."""
DOCUMENT, DECISION, REGISTER, RELIEF = "document", "decision", "register", "relief"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one fact comes from; ids are None where the kind has none."""

    path: str
    kind: str
    document_id: int | None = None
    item: str = ""
    rule: str = ""
    decision_id: int | None = None


def origins_of(name: str, stored: Mapping[str, Any], facts: Mapping[str, Any]) -> Sequence[Origin]:
    """Return the origins of a quantity of the explanation.

    `stored` are the origins by path as the merge wrote them, `facts` the complete facts.
    """
    paths = _paths(name)
    found = [
        origin for path, said in stored.items() if _concerns(path, paths) for origin in _origins(path, said)
    ]
    return found or [Origin(path, _kind(path)) for path in paths if _is_added(path, facts)]


@cache
def _paths(name: str) -> Sequence[str]:
    """Return the paths of the facts that fill a column, or that state a rule's figure."""
    own = [fact.path for fact in TAXPAYER_FACTS if fact.target == name]
    relatives = [
        f"{who}.{fact.path}"
        for fact in RELATIVE_FACTS
        if fact.target == name
        for who in ("spouse", "dependants")
    ]
    stated = [fact for fact, rules in STATED.items() if name in rules]
    return (*own, *relatives, *_DERIVED.get(name, ()), *stated, f"given.{name}")


def _concerns(stored: str, paths: Sequence[str]) -> bool:
    """Tell whether an origin speaks of one of the paths, of a part of it, or of the whole it is part of."""
    path = _NUMBER.sub("", stored)
    return any(
        path == wanted or path.startswith(f"{wanted}.") or wanted.startswith(f"{path}.") for wanted in paths
    )


def _origins(path: str, said: Any) -> Iterator[Origin]:
    for one in said if isinstance(said, list) else [said]:
        if "decision" in one:
            yield Origin(path, DECISION, decision_id=one["decision"], rule=one.get("rule", ""))
        elif "document" in one:
            yield Origin(path, DOCUMENT, one["document"], one.get("item", ""), one.get("rule", ""))
        else:
            yield Origin(path, REGISTER, rule=one.get("rule", ""))


def _kind(path: str) -> str:
    return RELIEF if path.startswith("genmen") else REGISTER


def _is_added(path: str, facts: Mapping[str, Any]) -> bool:
    if path not in OF_THE_BASE and not path.startswith("genmen"):
        return False
    key, _, name = path.partition(".")
    return name in facts.get(key, {})
