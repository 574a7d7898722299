"""A synthetic city: the merged facts calculate to the truth, and what was planted is found, nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plugins.shikakeisan.service import RESULTS, assess_many
from plugins.synth.api import Fault
from tests.plugins.shikakeisan.merge.conftest import CITY, YEAR, Merged, city_merged
from tests.proofs.conftest import Town

FINDINGS = "SELECT * FROM shikakeisan.finding WHERE stage = 'merge' ORDER BY id"
ATTACHED = """
SELECT count(*) AS documents FROM shiryo.attachment a JOIN shiryo.document d ON d.id = a.document_id
WHERE a.known_to = 'infinity' AND d.superseded_at = 'infinity' AND d.action <> 'cancel' AND NOT d.is_held
"""
ROWS = "SELECT * FROM shikakeisan.{} ORDER BY id"


def figures(facts: list[Any]) -> list[Mapping[str, Any]]:
    return [dict(outcome.values) for outcome in assess_many(YEAR, CITY, facts)]


def prove_figures(merged: Merged, struck: set[int]) -> None:
    """Everybody's merged facts give every figure of the truth; who was struck is left to a person."""
    bases = merged.bases()
    people = [(one, facts) for one, facts in merged.people if one["documents"]]
    plain = [(one, facts) for one, facts in people if one["serial"] not in struck]
    found = figures([bases[merged.numbers[one["serial"]]].facts for one, _ in plain])
    expected = figures([facts for _, facts in plain])

    assert bases.keys() == {merged.numbers[one["serial"]] for one, _ in people}
    different = {
        one["serial"]: {name for name in RESULTS if said.get(name) != true[name]}
        for (one, _), said, true in zip(plain, found, expected, strict=True)
        if said != true
    }
    assert different == {}


def prove_findings(merged: Merged) -> None:
    """Both claimants with each other's document, the pension with both; nothing about anybody else."""
    wanted = []
    people = {one["serial"]: one for one in merged.city.truth["person"]}
    for each in merged.city.faults(Fault.TWO_CLAIMANTS):
        [lesser], [paper] = each["people"], each["documents"]
        home = [one for one in people.values() if one["household"] == people[lesser]["household"]]
        [other] = [one["serial"] for one in home if one["claims"]]
        shown = [row.documents for row in merged.town.rows(FINDINGS) if row.person_id == merged.ids[lesser]]
        assert all(merged.documents[paper] in documents for documents in shown)
        for child in (one for one in people[other]["claims"] if people[one]["role"] == "child"):
            for one, two in ((lesser, other), (other, lesser)):
                key = {"relative": str(merged.ids[child])}
                wanted.append(("TWO_CLAIMANTS", merged.ids[one], [merged.ids[two]], key, None))
    for each in merged.city.faults(Fault.DUPLICATE_PENSION):
        [serial] = each["people"]
        [again] = each["documents"]
        papers = [merged.documents[again.removesuffix("-again")], merged.documents[again]]
        wanted.append(("SAME_PENSION_TWICE", merged.ids[serial], [], {"amount": "once"}, sorted(papers)))

    rows = merged.town.rows(FINDINGS)
    found = [
        (
            row.code,
            row.person_id,
            row.others,
            row.details,
            row.documents if row.details.get("amount") else None,
        )
        for row in rows
    ]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)
    assert all(len(row.documents) == 2 for row in rows)
    assert all(row.is_blocking for row in rows)


def prove_counts(merged: Merged) -> None:
    """As many documents went in as the ledger of 課税資料 says are attached."""
    [ended] = merged.town.rows("SELECT result FROM core.job WHERE type = 'shikakeisan.merge'")
    [attached] = merged.town.rows(ATTACHED)
    assert ended.result["documents"] == attached.documents > 0


def prove(town: Town, folder: Path, people: int) -> None:
    merged = city_merged(town, folder, people)
    two_claim = {serial for each in merged.city.faults(Fault.TWO_CLAIMANTS) for serial in each["people"]}

    prove_counts(merged)
    prove_figures(merged, two_claim)
    prove_findings(merged)


def test_a_city_is_merged_to_the_truth(town: Town, tmp_path: Path) -> None:
    prove(town, tmp_path, 1_000)


@pytest.mark.slow
def test_a_large_city_is_merged_to_the_truth(town: Town, tmp_path: Path) -> None:
    prove(town, tmp_path, 20_000)


def test_merging_again_leaves_every_row_alone(town: Town, tmp_path: Path) -> None:
    city_merged(town, tmp_path, 1_000)
    tables = ("basis", "claim", "finding")
    before = [town.rows(ROWS.format(name)) for name in tables]

    said = town.type("year", "merge", str(YEAR), "--workers", "1")

    assert [town.rows(ROWS.format(name)) for name in tables] == before
    assert "内容の変わった者\t0人" in said
