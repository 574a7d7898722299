"""A synthetic city from files to decided tax: every figure is that of the truth by `juminzei calc`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.service import assess_many
from plugins.synth.api import CityFiles, Plan, read_city, write_city
from tests.proofs.conftest import Town

pytest.importorskip("plugins.shikakeisan.base.service", reason="the base of the year is not there yet")
pytest.importorskip("plugins.shikakeisan.merge.service", reason="the merge of documents is not there yet")

YEAR, CITY, SEED = 2026, "331007", 11
KINDS = ("kyuho", "nenkin", "kokuzei", "one_stop", "shinkoku")
NOTHING_STATED = ("undecided", "NO_DOCUMENT")
DECIDED = """
SELECT p.atena_number, a.* FROM shikakeisan.assessment a JOIN atena.person p ON p.id = a.person_id
WHERE a.superseded_at = 'infinity'
"""


def year_of(town: Town, folder: Path, people: int) -> tuple[CityFiles, Mapping[int, str]]:
    """Make a city, take it in and let its year be decided; return the files and who is who."""
    write_city(Plan(people, YEAR, SEED, frozenset()), folder / "city")
    city = read_city(folder / "city")
    town.type("atena", "feed", str(city.out / "juki" / "feed.jsonl"))
    beside = town.settle_non_residents(city)
    town.type("intake", *(str(city.out / kind) for kind in KINDS))
    town.type("year", "open", str(YEAR), "--municipality", CITY)
    town.type("year", "freeze", str(YEAR))
    town.type("year", "merge", str(YEAR))
    town.type("year", "assess", str(YEAR))
    numbers = {
        person["serial"]: person["atena_number"] or beside[person["serial"]]
        for person in city.truth["person"]
    }
    return city, numbers


def truth_of(city: CityFiles) -> Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Give everybody who is taxed here, with the facts of the truth."""
    facts = [orjson.loads(line) for line in (city.out / "facts.jsonl").read_bytes().splitlines()]
    return [
        (person, facts[person["facts_line"] - 1]) for person in city.truth["person"] if person["taxed_here"]
    ]


def prove(town: Town, folder: Path, people: int) -> None:
    city, numbers = year_of(town, folder, people)
    truth = truth_of(city)
    claimed = {serial for person in city.truth["person"] for serial in person["claims"]}
    decided = {row.atena_number: row for row in town.rows(DECIDED)}
    outcomes = assess_many(YEAR, CITY, [facts for _, facts in truth])

    assert decided.keys() == {numbers[person["serial"]] for person, _ in truth}
    different = {}
    for (person, _), outcome in zip(truth, outcomes, strict=True):
        row = decided[numbers[person["serial"]]]
        expected = {name: int(outcome.values[name]) for name in FIGURES}
        is_silent = not person["documents"] and person["serial"] not in claimed
        if is_silent and not outcome.values["is_minor"]:
            assert (row.outcome, row.ground) == NOTHING_STATED, person["serial"]
            continue
        found = {name: getattr(row, name) for name in FIGURES}
        if found != expected:
            wrong = {name: (expected[name], found[name]) for name in FIGURES if found[name] != expected[name]}
            different[person["serial"]] = (row.outcome, row.ground, wrong)
    assert different == {}
    verified = town.type("year", "verify", str(YEAR))
    assert "次の併合を待つもの 0件、" in verified
    assert verified.endswith("違いは 0件です。\n")


def test_every_decided_figure_is_that_of_the_truth(town: Town, tmp_path: Path) -> None:
    prove(town, tmp_path, 1_000)


@pytest.mark.slow
def test_every_decided_figure_of_a_large_city_is_that_of_the_truth(town: Town, tmp_path: Path) -> None:
    prove(town, tmp_path, 20_000)
