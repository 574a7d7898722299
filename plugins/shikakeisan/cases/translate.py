"""From the words of a published page to facts: what a page adds for its reader is left aside, nothing is
guessed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from plugins.shikakeisan.law.municipalities import STANDARD, known_municipalities, load_municipality
from plugins.shikakeisan.law.years import known_years

STANDARD_DESIGNATED = "000001"
_ERA = {"R": 2018, "H": 1988}
_YEAR = re.compile(r"([RH])(\d+)")

REMARKS = {"muni", "thresholds", "grades", "note", "life_paid_total"}
"""Words of a page that are no fact of the person: its municipality's figures, remarks."""
_PART_REMARKS = {
    "retirement": {"ten_percent_credit", "employed_from", "retired", "service"},
    "housing_loan": {"balance", "applied_it", "leftover"},
}
_GIVEN_REMARKS = {"note", "it_marginal", "it_tax", "loan_available", "salary", "spouse", "donation"}
_GIVEN_NAMES = {"housing_credit_total": "housing_credit"}
_HOUSING_LIMIT = 97_500


@dataclass(frozen=True, slots=True)
class Run:
    """One year in which an example holds, ready to calculate; ``part`` counts the years of a sequence."""

    fiscal_year: int
    municipality: str
    facts: dict[str, Any]
    part: int | None = None


def years_of(text: str) -> list[int]:
    """Fiscal years with a file in which the example holds: ``R8``, ``R3-R5``, ``R3+``, ``any``,
    ``R7-income``."""
    found = [_ERA[era] + int(number) for era, number in _YEAR.findall(text)]
    if not found:
        return known_years()
    last = max(known_years()) if "+" in text else found[-1]
    return [year for year in known_years() if found[0] <= year <= last]


@cache
def _codes() -> dict[str, str]:
    return {load_municipality(code).name: code for code in known_municipalities()}


def municipality_of(case: Mapping[str, Any]) -> str:
    """Code of the example's municipality; one without a file is a neutral city of its kind."""
    neutral = STANDARD_DESIGNATED if case.get("designated_city") else STANDARD
    return _codes().get(case.get("municipality", ""), neutral)


def runs(case: Mapping[str, Any]) -> Iterator[Run]:
    """Every calculation that the example asks for."""
    code = municipality_of(case)
    for year in years_of(str(case["fiscal_year"])):
        sequence = case["facts"].get("pension_withholding", {})
        if "annual_by_year" in sequence:
            for part, facts in enumerate(_sequence(sequence)):
                yield Run(year, code, facts, part)
        else:
            yield Run(year, code, _facts(case["facts"]))


def _facts(page: Mapping[str, Any]) -> dict[str, Any]:
    facts = {key: value for key, value in page.items() if key not in REMARKS}
    for key, remarks in _PART_REMARKS.items():
        if key in facts:
            facts[key] = {name: value for name, value in facts[key].items() if name not in remarks}
    if "dependants" in facts:
        facts["dependants"] = [_without_note(one) for one in facts["dependants"]]
    if "pension_withholding" in facts:
        facts |= _withholding(facts.pop("pension_withholding"))
    if "given" in facts:
        facts |= _given(facts.pop("given"))
    return facts


def _without_note(relative: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in relative.items() if name != "note"}


def _withholding(page: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: page[name] for name in ("continuing", "previous_annual") if name in page}
    return {"pension_withholding": own, "given": {"annual_total": page["annual"]}}


def _sequence(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One person over several years: each year's provisional amount comes from the year before."""
    annual = page["annual_by_year"]
    first = sum(page["first_year_halves"]["kari"]) * 2 if "first_year_halves" in page else annual[0]
    for previous, own in zip([first, *annual], annual, strict=False):
        yield _withholding({"continuing": True, "previous_annual": previous, "annual": own})


def _given(page: Mapping[str, Any]) -> dict[str, Any]:
    """Figures in the middle from which a page starts; some of them are plain facts under another name."""
    given = {_GIVEN_NAMES.get(name, name): v for name, v in page.items() if name not in _GIVEN_REMARKS}
    facts: dict[str, Any] = {}
    if "salary" in page:
        facts["salary"] = page["salary"]
    if page.get("spouse"):
        facts["spouse"] = {}
    if "donation" in page:
        facts["donation_furusato"] = page["donation"]
    if "loan_available" in page:
        loan = {"available": page["loan_available"], "it_tax": page["it_tax"], "it_taxable": 0}
        facts["housing_loan"] = {**loan, "move_in": "2023-01", "specified_acquisition": False}
        given["housing_cap"] = _HOUSING_LIMIT  # the page names the amount limit only
    return {**facts, "given": given}
