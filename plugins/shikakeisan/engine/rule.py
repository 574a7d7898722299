"""What a rule is: a pure function whose parameter names are the quantities that it needs."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Yen: TypeAlias = NDArray[np.int64]
"""Amounts (yen), counts or ages: one int64 per row, or a single one that holds for all rows."""
Flag: TypeAlias = NDArray[np.bool_]
"""A condition per row, or a single one that holds for all rows."""
Column: TypeAlias = NDArray[Any]
Rows: TypeAlias = Literal["taxpayer", "relative"]
Unit: TypeAlias = Literal["円", "人", "可否", "番号"]

RELATIVES = "relatives"
"""The parameter by which a rule asks for the arrows between relatives and taxpayers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named quantity of the law and the function that gives it.

    ``name`` is the function's name: the column of the database and the field of the API. ``law`` is the
    article.
    """

    name: str
    label: str
    law: str
    rows: Rows
    unit: Unit
    text: str
    parameters: tuple[str, ...]
    function: Callable[..., Column]
    module: str

    def __call__(self, *args: Any, **kwargs: Any) -> Column:
        """Call the function itself, as a test of one rule does."""
        return self.function(*args, **kwargs)


Decorator: TypeAlias = Callable[[Callable[..., Column]], Rule]


def rule(label: str, *, law: str, unit: Unit = "円") -> Decorator:
    """Declare a rule that gives one value per taxpayer."""
    return _decorator(label, law, "taxpayer", unit)


def relative_rule(label: str, *, law: str, unit: Unit = "円") -> Decorator:
    """Declare a rule that gives one value per relative (spouse or dependant) of a taxpayer."""
    return _decorator(label, law, "relative", unit)


def _decorator(label: str, law: str, rows: Rows, unit: Unit) -> Decorator:
    def decorate(function: Callable[..., Column]) -> Rule:
        return Rule(
            name=function.__name__,
            label=label,
            law=law,
            rows=rows,
            unit=unit,
            text=inspect.getdoc(function) or "",
            parameters=tuple(inspect.signature(function).parameters),
            function=function,
            module=function.__module__,
        )

    return decorate


def collect(modules: Iterable[ModuleType]) -> dict[str, Rule]:
    """Gather the rules of modules, in the order of the law; two of one name are a programming error."""
    rules: dict[str, Rule] = {}
    for module in modules:
        for value in vars(module).values():
            if isinstance(value, Rule) and value.module == module.__name__:
                if value.name in rules:
                    raise ValueError(f"two rules are named {value.name}")
                rules[value.name] = value
    return rules
