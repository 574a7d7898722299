"""Examples that print the largest salary without tax: the figure is free of tax and one yen more is not."""

from collections.abc import Iterator, Mapping
from typing import Any

from plugins.shikakeisan.cases.compare import Figure
from plugins.shikakeisan.service import assess

_BY_GRADE = "max_salary_per_capita_nontaxable"
_GRADES = {"1": "000000", "2": "151009", "3": "152111"}
"""A municipality of each 級地."""
_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "max_salary_nontax_single": ("percap_exempt", {}),
    "max_salary_nontax_one_dependant_percap": ("percap_exempt", {"dependants": [{"category": "general"}]}),
    "max_salary_nontax_one_dependant_income_levy": ("levy_exempt", {"dependants": [{"category": "general"}]}),
}


def threshold_figures(expected: Mapping[str, Any], fiscal_year: int, code: str) -> Iterator[Figure]:
    """The printed thresholds of an example."""
    for grade, salary in expected.get(_BY_GRADE, {}).items():
        yield _figure(f"{_BY_GRADE}.{grade}", salary, fiscal_year, _GRADES[grade], "percap_exempt", {})
    for key, (flag, facts) in _KINDS.items():
        if key in expected:
            yield _figure(key, expected[key], fiscal_year, code, flag, facts)


def is_threshold(key: str) -> bool:
    """Whether a printed figure is such a threshold."""
    return key in _KINDS or key == _BY_GRADE


def _figure(key: str, salary: int, fiscal_year: int, code: str, flag: str, facts: dict[str, Any]) -> Figure:
    at, above = (
        assess(fiscal_year, code, {**facts, "salary": amount}).values[flag] for amount in (salary, salary + 1)
    )
    return Figure(key, salary, salary if at and not above else None)
