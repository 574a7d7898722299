"""Makes the data of the edges and of the golden people: `uv run python tests/plugins/shikakeisan/probes.py`.

Both sides of every edge of every table are worked out here with plain integers and fractions, apart from the
engine; the golden people pin every figure of the rules. Run only when a change of a year is intended.
"""

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import Any

import numpy as np

from bench.rules_people import people
from plugins.shikakeisan.engine.evaluate import Population, evaluate
from plugins.shikakeisan.engine.graph import build_plan
from plugins.shikakeisan.engine.values import Curve, Parameter, Table
from plugins.shikakeisan.facts.columns import population as columns_of
from plugins.shikakeisan.facts.validate import Person, validate
from plugins.shikakeisan.facts.vocabulary import COLUMNS
from plugins.shikakeisan.law.municipalities import load_municipality
from plugins.shikakeisan.law.parameters import bind
from plugins.shikakeisan.law.years import Entry, Year, known_years, load_year
from plugins.shikakeisan.rules import RULES
from plugins.shikakeisan.service import RESULTS

FOLDER = Path(__file__).parents[2] / "cases"
CODES = ("331007", "412015")
SIZE = 4_000
AMOUNTS = ("salary", "pension", "business", "relative_salary", "relative_other_income", "listed_stock")


def edges(entry: Entry) -> Iterator[list[Any]]:
    """[argument, column, value] at each bound, one above it, at nil and far above.

    A curve has two columns: cut off and rounded up.
    """
    bounds = [row[0] for row in entry.value[:-1]]
    top = (bounds[-1] if bounds else 0) * 3 + 1_000_003
    arguments = sorted({0, top, *bounds, *(bound + 1 for bound in bounds)})
    for argument in arguments:
        row = next(row for row in entry.value if row[0] == "超" or argument <= row[0])
        if entry.kind == "curve":
            stepped = argument // entry.unit * entry.unit if len(row) > 3 and row[3] else argument
            yield [argument, 0, max(floor(Fraction(row[1]) * stepped) - row[2], 0)]
            yield [argument, 1, max(ceil(Fraction(row[1]) * stepped) - row[2], 0)]
        else:
            yield from ([argument, i, str(Fraction(cell))] for i, cell in enumerate(row[1:]))


def year_edges(year: Year) -> dict[str, list[list[Any]]]:
    """Edges of every table of a year, and every figure that stands alone."""
    found = {name: list(edges(e)) for name, e in year.entries.items() if e.kind in {"table", "curve"}}
    return {name: rows for name, rows in found.items() if rows}


def edge_value(parameter: Parameter, argument: int, column: int) -> Any:
    """What the engine's table gives at an argument, written as in the data."""
    key = np.array([argument])
    if isinstance(parameter, Curve):
        return int((parameter.up(key) if column else parameter.down(key))[0])
    assert isinstance(parameter, Table)
    return str(Fraction(int(parameter(key, column)[0]), parameter.denominators[column]))


def golden_people() -> Population:
    """People with every fact, many of them within a few yen of an edge of some year."""
    random = np.random.default_rng(20_260_101)
    base = people(SIZE, 7, rare=0.12)
    near = _near(random)
    taxpayers, relatives = dict(base.taxpayers), dict(base.relatives)
    for name in AMOUNTS:
        columns = relatives if name.startswith("relative") else taxpayers
        size = len(columns[name])
        drawn = random.choice(near, size) + random.integers(-1, 2, size)
        columns[name] = np.where(random.random(size) < 0.4, np.maximum(drawn, 0), columns[name])
    _at_ages(taxpayers, "age", random, [17, 18, 19, 20, 64, 65])
    taxpayers["age_1_january"] = taxpayers["age"]
    _at_ages(relatives, "relative_age", random, [15, 16, 18, 19, 22, 23, 29, 30, 64, 65, 69, 70])
    relatives["relative_overseas"] = random.random(len(relatives["relative_age"])) < 0.3
    return Population(base.size, taxpayers, relatives, base.starts)


def _at_ages(columns: dict[str, Any], name: str, random: np.random.Generator, ages: list[int]) -> None:
    """Put many people at the ages where the law divides."""
    size = len(columns[name])
    columns[name] = np.where(random.random(size) < 0.6, random.choice(ages, size), columns[name])


def _near(random: np.random.Generator) -> Any:
    """Incomes at which the tables of the law change, and the salaries that give them."""
    incomes = [350_000, 380_000, 415_000, 450_000, 480_000, 550_000, 580_000, 620_000, 750_000, 850_000]
    incomes += [890_000, 950_000, 1_010_000, 1_120_000, 1_230_000, 1_330_000, 1_350_000, 5_000_000]
    incomes += [9_000_000, 9_500_000, 10_000_000, 18_050_000, 24_000_000, 24_500_000, 25_000_000]
    salaries = [income + minimum for income in incomes for minimum in (550_000, 650_000, 740_000, 1_950_000)]
    return np.array(incomes + salaries + [int(x) for x in random.integers(0, 30_000_000, 40)])


def edge_people(fiscal_year: int) -> Population:
    """People on both sides of each limit, whose income is stated so that they stand exactly there."""
    facts = [
        {**person, "given": {"total_income_all": limit + more}}
        for limit, person in _LIMITS
        for more in (0, 1)
    ]
    facts += [{"taxpayer": {"age": 40}, "salary": 30_000_000, **one} for one in _SINGLE]
    facts += [{"taxpayer": {"age": 40}, "salary": 9_000_000, "housing_loan": loan} for loan in _loans()]
    persons = [validate(one, fiscal_year, RULES) for one in facts]
    assert all(isinstance(person, Person) for person in persons), persons
    return columns_of([person for person in persons if isinstance(person, Person)])


_ADULT: dict[str, Any] = {"taxpayer": {"age": 40}}
_STUDENT: dict[str, Any] = {**_ADULT, "salary": 1_400_000, "working_student": True}
_LIMITS: list[tuple[int, dict[str, Any]]] = [
    (1_350_000, {"taxpayer": {"age": 40, "disability": "ordinary"}, "salary": 2_000_000}),
    (5_000_000, {**_ADULT, "salary": 7_000_000, "widow": True}),
    (750_000, {**_STUDENT, "non_work_income": 0}),
    (850_000, {**_STUDENT, "non_work_income": 0}),
    (890_000, {**_STUDENT, "non_work_income": 0}),
    (25_000_000, {**_ADULT, "salary": 27_000_000}),
    (30_000_000, {**_ADULT, "salary": 33_000_000, "carryover": {"residence_loss": 5_000_000}}),
    (18_050_000, {**_ADULT, "salary": 20_000_000, "spouse": {}}),
]
_SINGLE: list[dict[str, Any]] = [
    {"medical_paid": 3_000_000},
    {"selfmed_paid": 200_000},
    {"land_long_residence": 100_000_000},
    {"land_long_quality": 50_000_000},
    {"timber": 5_000_000, "blue_deduction": 100_000},
    {"timber": 5_000_000, "blue_deduction": 100_001},
    {**_STUDENT, "salary": 1_200_000, "non_work_income": 100_000},
    {**_STUDENT, "salary": 1_200_000, "non_work_income": 100_001},
]


MONTHS = (
    *("2014-03", "2014-04", "2015-12", "2016-01", "2021-12"),
    *("2022-01", "2022-12", "2023-01", "2025-12", "2026-01"),
)


def _loans() -> Iterator[dict[str, Any]]:
    """Loans of both kinds at each month where the limits change."""
    for month in [
        "2014-03",
        "2014-04",
        "2015-12",
        "2016-01",
        "2021-12",
        "2022-01",
        "2022-12",
        "2023-01",
        "2025-12",
        "2026-01",
    ]:
        for specified in (False, True):
            for taxable in (1_000_000, 4_000_000):
                loan = {"move_in": month, "specified_acquisition": specified, "available": 400_000}
                yield {**loan, "it_tax": 0, "it_taxable": taxable}


def golden(year: Year, crowd: Population) -> dict[str, str]:
    """A fingerprint of every figure of the golden people and of the people at the limits."""
    found = {}
    for code in CODES:
        plan = build_plan(RULES, COLUMNS, bind(year, load_municipality(code)), RESULTS)
        for kind, population in (("crowd", crowd), ("edge", edge_people(year.fiscal_year))):
            for name, column in evaluate(plan, population).items():
                digest = hashlib.sha256(np.ascontiguousarray(column).astype(np.int64).tobytes())
                found[f"{code}.{kind}.{name}"] = digest.hexdigest()[:12]
    return found


def main() -> None:
    """Write the data of every year."""
    population = golden_people()
    for number in known_years():
        year = load_year(number)
        data = {"edges": year_edges(year), "golden": golden(year, population)}
        path = FOLDER / f"probes_{number}.json"
        path.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
