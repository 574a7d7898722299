"""The gates that the files of the law pass before they are used."""

from plugins.shikakeisan.engine.lint import lint_folder
from plugins.shikakeisan.errors import RuleError
from plugins.shikakeisan.law.difference import amendment_faults
from plugins.shikakeisan.law.files import ROOT
from plugins.shikakeisan.law.lock import lock_faults
from plugins.shikakeisan.law.municipalities import (
    known_municipalities,
    load_municipality,
    municipality_faults,
)
from plugins.shikakeisan.law.years import known_years
from plugins.shikakeisan.service import parameters, plan


def gate_faults() -> list[str]:
    """Every fault: completeness, unread tables, bounds, amending laws, locks, literals in rules."""
    faults = [*_unusable(), *lock_faults()]
    return faults if faults else [*amendment_faults(), *map(str, lint_folder(ROOT / "rules"))]


def _unusable() -> list[str]:
    faults = []
    for year in known_years():
        for code in known_municipalities():
            try:
                parameters(year, code)
                faults += municipality_faults(load_municipality(code), year)
            except RuleError as error:
                faults.append(error.text)
        if not faults:
            plan(year)
    return faults
