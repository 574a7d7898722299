"""The rows of a policy file, read and refused one by one: `p, subject, object, action` and `g, role, role`.

A row means exactly what it says. Nothing is a pattern, nothing denies, and nothing is said twice: each of
these has opened a policy somewhere (an empty field alone lets everybody in under Casbin's usual matcher).
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from core.errors import StartError

SUBJECT = re.compile(r"(role|scope):[A-Za-z0-9][A-Za-z0-9:_.-]*")
ROLE = re.compile(r"role:[A-Za-z0-9][A-Za-z0-9:_.-]*")
OBJECT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
ACTION = re.compile(r"[a-z][a-z_]*")
GRANT = (("subject", SUBJECT), ("object", OBJECT), ("action", ACTION))
INHERIT = (("role", ROLE), ("inherited role", ROLE))
SHAPES: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = {"p": GRANT, "g": INHERIT}


class Rule(NamedTuple):
    """One row: `p` with subject, object and action, or `g` with a role and the role whose grants it gets."""

    kind: str
    fields: tuple[str, ...]


def read_rules(sources: Mapping[str, str]) -> dict[Rule, str]:
    """Return every rule with the place it stands at; `sources` maps a name to the text of its policy file.

    Raises StartError, in one line, for an empty file, a row that is not exactly one of the two shapes, and
    a rule that stands twice.
    """
    found: dict[Rule, str] = {}
    for name, text in sources.items():
        before = len(found)
        for place, rule in _rows(name, text):
            if rule in found:
                raise StartError(f"{place}: the same rule stands at {found[rule]}")
            found[rule] = place
        if len(found) == before:
            raise StartError(f"policy of {name}: the file holds no rule")
    return found


def _rows(name: str, text: str) -> Iterator[tuple[str, Rule]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.startswith("#"):
            place = f"policy of {name}, line {number}"
            yield place, _rule(place, [part.strip() for part in line.split(",")])


def _rule(place: str, parts: list[str]) -> Rule:
    kind, *fields = parts
    shape = SHAPES.get(kind)
    if shape is None:
        raise StartError(f"{place}: a row starts with p or g")
    if len(fields) != len(shape):
        names = ", ".join(name for name, _ in shape)
        raise StartError(
            f"{place}: a row of kind {kind} is exactly `{kind}, {names}` (there are no deny rows)"
        )
    for field, (name, pattern) in zip(fields, shape, strict=True):
        if not field:
            raise StartError(f"{place}: the {name} is empty")
        if not pattern.fullmatch(field):
            raise StartError(f"{place}: the {name} must match {pattern.pattern}; wild-cards do not exist")
    return Rule(kind, tuple(fields))
