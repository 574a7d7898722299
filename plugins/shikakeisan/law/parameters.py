"""The parameters of the rules for one year in one municipality."""

from collections.abc import Collection
from dataclasses import replace

from plugins.shikakeisan.engine.values import Parameter, Rate, Split
from plugins.shikakeisan.law.files import LawFileError
from plugins.shikakeisan.law.municipalities import FIGURES, RATES, Municipality
from plugins.shikakeisan.law.years import Year

STANDARD_RATES = "standard_rates"
"""The levy rates of the law itself, beside those of an ordinance (the cap of 特例控除額 asks for them)."""


def bind(year: Year, municipality: Municipality) -> dict[str, Parameter | None]:
    """Name to value; ``None`` is a table that the year's law does not have."""
    designated = municipality.designated_city
    bound: dict[str, Parameter | None] = {
        name: entry.parameter(designated=designated) for name, entry in year.entries.items()
    }
    bound.update(dict.fromkeys(year.absent))
    for name in sorted(FIGURES):
        bound[name] = _figure(municipality, name, year.fiscal_year)
    rates = bound[RATES]
    bound[STANDARD_RATES] = rates
    if RATES in municipality.ordinances and isinstance(rates, Split):
        bound[RATES] = _own_rates(rates, municipality, year.fiscal_year)
    return bound


def check_complete(year: Year, read_by_rules: Collection[str], file: str) -> None:
    """A parameter that the rules read and the file lacks, or has and no rule reads, is an error."""
    known = year.entries.keys() | year.absent.keys()
    expected = set(read_by_rules) - FIGURES - {STANDARD_RATES}
    findings = [f"{name} がありません" for name in sorted(expected - known)]
    findings += [f"{name} はどの規則も読みません" for name in sorted(known - expected)]
    if findings:
        raise LawFileError(file, findings)


def _figure(municipality: Municipality, name: str, fiscal_year: int) -> int:
    holding = municipality.ordinances[name].holding(fiscal_year)
    if len(holding) != 1:
        raise LawFileError(f"{municipality.code}.toml", [f"{name} が{fiscal_year}年度に一つに決まりません"])
    value: int = holding[0][0]
    return value


def _own_rates(rates: Split, municipality: Municipality, fiscal_year: int) -> Split:
    city, pref = dict(rates.city), dict(rates.pref)
    for body, name, rate in municipality.ordinances[RATES].holding(fiscal_year):
        (city if body == "city" else pref)[name] = Rate.parse(rate)
    return replace(rates, city=city, pref=pref)
