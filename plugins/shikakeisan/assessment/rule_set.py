"""The rules in force for a run: a plan with the figures of a year and a municipality, and its version."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plugins.shikakeisan.engine.graph import Plan
from plugins.shikakeisan.law.files import MUNICIPALITIES
from plugins.shikakeisan.law.municipalities import load_municipality
from plugins.shikakeisan.law.years import read_year, year_path
from plugins.shikakeisan.service import plan, plan_of

PACKAGE = Path(__file__).parents[1]
SOURCES = ("rules", "engine", "facts", "assessment/deciding.py", "assessment/outcome.py")
"""Where figures and outcomes are made: other programs may change without a new version."""
DIGITS = 16


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A year's rules bound for a municipality. `version` changes with any file that can change a figure."""

    tax_year: int
    plan: Plan
    version: str


@cache
def rule_set(tax_year: int, municipality: str) -> RuleSet:
    """Return the rules of a year in a municipality. Raises YearUnknownError, MunicipalityUnknownError."""
    found = plan(tax_year, municipality)
    texts = (year_path(tax_year).read_bytes(), (MUNICIPALITIES / f"{municipality}.toml").read_bytes())
    return RuleSet(tax_year, found, _version(texts))


def shadow_rule_set(tax_year: int, municipality: str, year_file: str) -> RuleSet:
    """Return rules with the figures of another text of the year's file.

    Raises LawFileError, MunicipalityUnknownError.
    """
    found = plan_of(read_year(year_file, year_path(tax_year).name), load_municipality(municipality))
    texts = (year_file.encode(), (MUNICIPALITIES / f"{municipality}.toml").read_bytes())
    return RuleSet(tax_year, found, _version(texts))


def _version(texts: Iterable[bytes]) -> str:
    digest = hashlib.sha256(_program())
    for text in texts:
        digest.update(hashlib.sha256(text).digest())
    return digest.hexdigest()[:DIGITS]


@cache
def _program() -> bytes:
    digest = hashlib.sha256()
    for place in SOURCES:
        path = PACKAGE / place
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(PACKAGE).as_posix().encode() + file.read_bytes())
    return digest.digest()
