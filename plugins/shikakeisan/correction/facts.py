"""Facts by path: `business.revenue`, `dependants.0.age`. Reading and comparing them; no I/O."""

from collections.abc import Iterable, Mapping
from typing import Any

Facts = Mapping[str, Any]


def value_at(facts: Any, path: str) -> Any:
    """Return the value at a path, None where there is none."""
    for part in path.split("."):
        facts = _inside(facts, part)
    return facts


def differing(before: Facts, after: Facts, paths: Iterable[str]) -> list[str]:
    """Return those of the paths at which two sets of facts say something else."""
    return [path for path in paths if value_at(before, path) != value_at(after, path)]


def _inside(holder: Any, part: str) -> Any:
    if isinstance(holder, Mapping):
        return holder.get(part)
    if isinstance(holder, list) and part.isdecimal() and int(part) < len(holder):
        return holder[int(part)]
    return None
