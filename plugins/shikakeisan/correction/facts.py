"""Facts by path: `business.revenue`, `dependants.0.age`. Reading, changing and comparing them; no I/O."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

Facts = Mapping[str, Any]
Holder = dict[str, Any] | list[Any]


def with_changes(facts: Facts, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts with other values at some paths; None takes a fact away."""
    changed = deepcopy(dict(facts))
    for path in sorted(changes):
        _put(changed, path.split("."), changes[path])
    return changed


def value_at(facts: Any, path: str) -> Any:
    """Return the value at a path, None where there is none."""
    for part in path.split("."):
        facts = _inside(facts, part)
    return facts


def differing(before: Facts, after: Facts, paths: Iterable[str]) -> list[str]:
    """Return those of the paths at which two sets of facts say something else."""
    return [path for path in paths if value_at(before, path) != value_at(after, path)]


def _put(holder: Holder, parts: list[str], value: Any) -> None:
    part, rest = parts[0], parts[1:]
    if not rest:
        _set(holder, part, value)
        return
    inner = _inside(holder, part)
    if not isinstance(inner, dict | list):
        if value is None:
            return
        inner = {}
        _set(holder, part, inner)
    _put(inner, rest, value)


def _set(holder: Holder, part: str, value: Any) -> None:
    if isinstance(holder, list):
        _set_place(holder, part, value)
    elif value is None:
        holder.pop(part, None)
    else:
        holder[part] = value


def _set_place(holder: list[Any], part: str, value: Any) -> None:
    place = int(part) if part.isdecimal() else len(holder)
    if value is None:
        del holder[place : place + 1]
    elif place < len(holder):
        holder[place] = value
    else:
        holder.append(value)


def _inside(holder: Any, part: str) -> Any:
    if isinstance(holder, Mapping):
        return holder.get(part)
    if isinstance(holder, list) and part.isdecimal() and int(part) < len(holder):
        return holder[int(part)]
    return None
