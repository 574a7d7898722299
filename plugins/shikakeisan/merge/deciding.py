"""Officers' decisions on the facts of a person: applied after the rules, whatever the documents say."""

import re
from collections.abc import Mapping
from typing import Any

from plugins.shikakeisan.merge.gathered import Claim, Merged, look, put
from plugins.shikakeisan.merge.people import Decision
from plugins.shikakeisan.merge.stated import DEPENDANT

RULE = "decision_of_officer"
_RELATIVE = re.compile(r"dependants\[(?P<person>[0-9]+)\](?:\.(?P<part>[a-z_]+))?", re.ASCII)


def said_at(merged: Merged, path: str) -> Any:
    """Return what the merge says at the path of a decision; None where it says nothing.

    `dependants[123]` is the relative who is person 123, `dependants[123].age` a part; all else are paths of
    facts, also `spouse.total_income` and `given.NAME`.
    """
    match = _RELATIVE.fullmatch(path)
    if match is None:
        return look(merged.facts, path)
    place = _place(merged, int(match["person"]))
    if place is None:
        return None
    fact = merged.facts["dependants"][place]
    return fact.get(match["part"]) if match["part"] else dict(fact)


def apply_decisions(merged: Merged, decisions: Mapping[str, Decision]) -> None:
    """Put the values of decisions in; find those that were taken in view of something else."""
    for path in sorted(decisions):
        decision = decisions[path]
        said = said_at(merged, path)
        if said != decision.seen:
            merged.find("DECISION_NO_LONGER_FITS", path=path, decision=decision.id)
        _apply(merged, path, decision)
    _prune(merged)


def _apply(merged: Merged, path: str, decision: Decision) -> None:
    origin = {"decision": decision.id, "rule": RULE}
    match = _RELATIVE.fullmatch(path)
    if match is not None:
        _apply_relative(merged, int(match["person"]), match["part"], decision, origin)
    elif decision.value is None:
        _take_away(merged, path)
    else:
        put(merged.facts, path, decision.value)
        for name in [name for name in merged.origins if name.startswith(f"{path}.")]:
            del merged.origins[name]
        merged.origins[path] = [origin]


def _take_away(merged: Merged, path: str) -> None:
    key, _, part = path.partition(".")
    if part and isinstance(merged.facts.get(key), dict):
        merged.facts[key].pop(part, None)
    elif not part:
        merged.facts.pop(key, None)
        merged.claims = [
            claim for claim in merged.claims if not claim.path or claim.path.partition("[")[0] != key
        ]
    for name in [
        name for name in merged.origins if name == path or name.startswith((f"{path}.", f"{path}["))
    ]:
        del merged.origins[name]


def _apply_relative(
    merged: Merged, person_id: int, part: str | None, decision: Decision, origin: dict[str, Any]
) -> None:
    place = _place(merged, person_id)
    if place is None:
        if decision.value is not None and not part:
            merged.facts.setdefault("dependants", []).append(dict(decision.value))
            path = f"dependants[{len(merged.facts['dependants']) - 1}]"
            merged.origins[path] = [origin]
            merged.claims.append(Claim(person_id, DEPENDANT, None, path))
        elif decision.value is not None:
            merged.find(
                "DECISION_WITHOUT_PLACE", path=f"dependants[{person_id}].{part}", decision=decision.id
            )
        return
    fact = merged.facts["dependants"][place]
    if part and decision.value is None:
        fact.pop(part, None)
    elif part:
        fact[part] = decision.value
    elif decision.value is None:
        _remove(merged, place)
        return
    else:
        merged.facts["dependants"][place] = dict(decision.value)
    merged.come(f"dependants[{place}]", origin)


def _place(merged: Merged, person_id: int) -> int | None:
    return next(
        (
            int(claim.path[len("dependants[") : -1])
            for claim in merged.claims
            if claim.relative_id == person_id and claim.path.startswith("dependants[")
        ),
        None,
    )


def _remove(merged: Merged, gone: int) -> None:
    """Take a dependant away; those behind move up, with their origins and claims."""
    merged.facts["dependants"].pop(gone)
    moved = {f"dependants[{place}]": place for place in range(len(merged.facts["dependants"]) + 1)}
    origins = merged.origins
    merged.origins = {
        _moved(path, moved, gone): said for path, said in origins.items() if moved.get(path) != gone
    }
    merged.claims = [
        claim._replace(path=_moved(claim.path, moved, gone))
        for claim in merged.claims
        if moved.get(claim.path) != gone
    ]


def _moved(path: str, moved: Mapping[str, int], gone: int) -> str:
    place = moved.get(path, -1)
    return f"dependants[{place - 1}]" if place > gone else path


def _prune(merged: Merged) -> None:
    """Leave no empty list or object behind; a spouse of whom nothing is known is still a spouse."""
    for key in [key for key, value in merged.facts.items() if value in ({}, []) and key != "spouse"]:
        del merged.facts[key]
