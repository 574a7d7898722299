"""The mutation check: `PYTHONPATH=. uv run python tests/plugins/shikakeisan/mutation.py [year ...]`."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from plugins.shikakeisan.engine.evaluate import Population
from plugins.shikakeisan.engine.values import Curve, Rate
from plugins.shikakeisan.law.municipalities import load_municipality
from plugins.shikakeisan.law.parameters import bind
from plugins.shikakeisan.law.years import Entry, Year, known_years, load_year
from tests.plugins.shikakeisan.probes import FOLDER, edge_value, golden, golden_people


@cache
def data(year: int) -> dict[str, Any]:
    """Edges and golden figures of a year, as stored."""
    found: dict[str, Any] = json.loads((FOLDER / f"probes_{year}.json").read_text(encoding="utf-8"))
    return found


@cache
def golden_crowd() -> Population:
    """The golden people."""
    return golden_people()


def mutants(year: Year) -> Iterator[tuple[str, Year]]:
    """Every number of a year file moved by one step, one at a time."""
    for name, entry in year.entries.items():
        if entry.kind in {"amount", "rate"}:
            yield name, _with(year, entry, _step(entry.value))
            continue
        for i, row in enumerate(entry.value):
            for j, cell in enumerate(row):
                if isinstance(cell, int) or "/" in cell:
                    rows = [list(one) for one in entry.value]
                    rows[i][j] = _next_month(cell) if name == "housing_periods" and j == 0 else _step(cell)
                    mutant = replace(entry, value=rows)
                    if not same_curve(entry, mutant):
                        yield f"{name}[{i}][{j}]", _with(year, entry, rows)


def same_curve(entry: Entry, mutant: Entry) -> bool:
    """Whether a moved number changes nothing that could ever be seen.

    So it is with the bound between two lines that meet there, and with what is subtracted from nil.
    """
    if entry.kind != "curve":
        return False
    bounds = [row[0] for row in entry.value[:-1]] + [row[0] + 1 for row in entry.value[:-1]]
    keys = np.unique(np.concatenate([bounds, np.arange(0, max(bounds) * 2, max(bounds) // 20_000 + 1)]))
    old, new = entry.parameter(designated=False), mutant.parameter(designated=False)
    assert isinstance(old, Curve)
    assert isinstance(new, Curve)
    return bool((old.down(keys) == new.down(keys)).all() and (old.up(keys) == new.up(keys)).all())


def _next_month(month: int) -> int:
    """The month after, as a number like 202112."""
    return month + 89 if month % 100 == 12 else month + 1


def _step(cell: int | str) -> int | str:
    if isinstance(cell, int):
        return cell + 1
    rate = Rate.parse(cell)
    return f"{rate.numerator + 1}/{rate.denominator}"


def _with(year: Year, entry: Entry, value: Any) -> Year:
    return replace(year, entries={**year.entries, entry.name: replace(entry, value=value)})


def caught(year: Year, name: str, mutant: Year) -> bool:
    """Whether the edges or the golden people see the change."""
    table = name.partition("[")[0]
    parameter = bind(mutant, load_municipality("331007"))[table]
    rows = data(year.fiscal_year)["edges"].get(table, ())
    if any(edge_value(parameter, argument, column) != value for argument, column, value in rows):
        return True
    return bool(golden(mutant, golden_crowd()) != data(year.fiscal_year)["golden"])


def survivors_of(year: Year) -> tuple[int, list[str]]:
    """Number of mutants of a year, and those that nothing sees."""
    found = {name: caught(year, name, mutant) for name, mutant in mutants(year)}
    return len(found), [name for name, seen in found.items() if not seen]


if __name__ == "__main__":
    for number in map(int, sys.argv[1:] or known_years()):
        count, left = survivors_of(load_year(number))
        sys.stdout.write(f"{number}: {count} mutants, caught {count - len(left)}, survivors {left}\n")
