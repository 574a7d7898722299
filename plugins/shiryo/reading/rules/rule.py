"""What a logic rule is: an id, a sentence, an example, and a pure function whose parameters are items.

A rule belongs to every layout that has all its parameters, within its kinds. Parameters are the English
names of items (numbers as int, an empty one as 0; texts as str), names of dates (`birth`, ISO text, empty
where unknown) and `year` (income year, western). It returns whether all is well.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from plugins.shiryo.reading.findings import Severity
from plugins.shiryo.reading.form import Form

Check = TypeVar("Check", bound=Callable[..., bool])


@dataclass(frozen=True, slots=True)
class Rule:
    """One logic rule; the finding stands at the first parameter."""

    id: str
    message: str
    severity: Severity
    kinds: tuple[str, ...]
    example: Mapping[str, Any]
    """Values of the parameters with which the rule speaks."""
    check: Callable[..., bool]
    parameters: tuple[str, ...]
    always: bool
    """Whether it can speak where the first parameter is empty; most cannot, and are not asked."""


RULES: dict[str, Rule] = {}
"""Every rule by its id, in the order of the files."""


def rule(
    rule_id: str,
    message: str,
    *kinds: str,
    example: Mapping[str, Any],
    warning: bool = False,
    always: bool = False,
) -> Callable[[Check], Check]:
    """Register a rule. An error holds the file; `warning` lets the record through and says so.

    `always`: ask it also where its first parameter is empty or 0.
    """

    def register(check: Check) -> Check:
        severity = Severity.WARNING if warning else Severity.ERROR
        parameters = tuple(inspect.signature(check).parameters)
        if rule_id in RULES or set(example) != set(parameters):
            raise ValueError(f"{rule_id}: taken, or the example does not give all parameters")
        RULES[rule_id] = Rule(rule_id, message, severity, kinds, example, check, parameters, always)
        return check

    return register


def rules_of(form: Form) -> Sequence[Rule]:
    """Return the rules that hold for a layout: those of its kind of which it has every item."""
    known = {*form.index, *form.dates, "year"} | ({"birth"} if "birth" in form.identity else set())
    return [one for one in RULES.values() if form.kind in one.kinds and known.issuperset(one.parameters)]
