"""A synthetic city whose merged facts are the truth: every decided figure is that of `juminzei calc`."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.service import assess_many
from plugins.synth.api import Plan, write_city
from tests.plugins.shikakeisan.assessment.conftest import CITY, TAX_YEAR, Someone, Year

UNDECIDED = ("undecided", "NO_DOCUMENT")


def lines(path: Path) -> Sequence[Mapping[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def taxed_here(folder: Path, people: int) -> Sequence[tuple[Mapping[str, Any], Someone]]:
    """Give everybody taxed in the city: the facts of the truth, and the person as the merge gives them."""
    write_city(Plan(people, TAX_YEAR, 5, frozenset()), folder)
    facts = lines(folder / "facts.jsonl")
    persons = [line for line in lines(folder / "truth.jsonl") if line["kind"] == "person"]
    claimed = {serial: person["serial"] for person in persons for serial in person["claims"]}
    found = []
    for person in persons:
        if person["taxed_here"]:
            said = facts[person["facts_line"] - 1]
            someone = Someone(
                said if person["documents"] else None,
                date.fromisoformat(person["birth"]),
                documents=[1] * bool(person["documents"]),
                claimed_by=claimed.get(person["serial"]),
            )
            found.append((said, someone))
    return found


async def prove(year: Year, people: Sequence[tuple[Mapping[str, Any], Someone]]) -> None:
    ids = await year.settle(*(someone for _, someone in people))
    await year.run()
    grounds = await year.grounds()
    expected = list(assess_many(TAX_YEAR, CITY, [facts for facts, _ in people]))
    rows = [row for person_id in ids for row in await year.revisions(person_id)]

    assert len(rows) == len(people)
    for person_id, outcome, row in zip(ids, expected, rows, strict=True):
        nothing = grounds[person_id] == UNDECIDED
        found = [getattr(row, name) for name in FIGURES]
        assert found == [0 if nothing else int(outcome.values[name]) for name in FIGURES]
        exempt = bool(outcome.values["percap_exempt"])
        assert nothing or (grounds[person_id][0] == "non_taxable") == exempt
    assert {person_id for person_id, ground in grounds.items() if ground == UNDECIDED} == {
        person_id
        for person_id, (facts, someone), outcome in zip(ids, people, expected, strict=True)
        if someone.facts is None and someone.claimed_by is None and not outcome.values["is_minor"]
    }


async def test_figures_of_a_city_are_those_of_single_calculations(year: Year, tmp_path: Path) -> None:
    await prove(year, taxed_here(tmp_path / "city", 1_000))


@pytest.mark.slow
async def test_figures_of_a_large_city_are_those_of_single_calculations(year: Year, tmp_path: Path) -> None:
    await prove(year, taxed_here(tmp_path / "city", 20_000))
