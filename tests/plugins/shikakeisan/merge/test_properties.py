"""What holds for the merge of anybody, whatever the layouts accept."""

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from plugins.shikakeisan.merge.book import book
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.merging import merge_one
from plugins.shikakeisan.merge.papers import Paper
from plugins.shikakeisan.merge.people import Decision
from tests.plugins.shikakeisan.merge.anything import Case, any_case
from tests.plugins.shikakeisan.merge.papers import YEAR

CASES = 2_000
SUPERSEDED = {"last_return", "same_document_twice", "one_stop_void_by_filing", "retirement_apart"}
REGISTER = {"birth_of_register"}


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [any_case(seed) for seed in range(CASES)]


def merged(case: Case, **more: Any) -> Merged:
    return merge_one(case.person, case.documents, kin=case.kin, **more)


def leaves(facts: dict[str, Any]) -> Iterator[str]:
    """Yield the paths at which facts have origins."""
    for key, value in facts.items():
        if key == "dependants":
            yield from (f"dependants[{place}]" for place in range(len(value)))
        elif isinstance(value, dict) and key != "spouse":
            yield from (f"{key}.{name}" for name in value)
        else:
            yield key


def test_every_document_is_used_or_aside_once(cases: list[Case]) -> None:
    for case in cases:
        found = merged(case)
        heard = Counter([*found.documents, *(one["document"] for one in found.aside)])
        assert heard == Counter(one.id for one in case.documents)


def test_the_order_of_documents_does_not_matter(cases: list[Case]) -> None:
    for seed, case in enumerate(cases):
        shuffled = Random(seed).sample(case.documents, len(case.documents))
        assert merge_one(case.person, shuffled, kin=case.kin) == merged(case)


def test_every_fact_comes_from_a_document_that_counts_or_from_the_register(cases: list[Case]) -> None:
    known = book(YEAR).rules
    for case in cases:
        found, papers = merged(case), {one.id: Paper(one) for one in case.documents}
        for path in leaves(found.facts):
            said = found.origins[path]
            documents = [origin["document"] for origin in said if "document" in origin]
            assert documents or {origin["rule"] for origin in said} <= REGISTER, path
            assert set(documents) <= set(found.documents)
            for origin in said:
                rule = known[origin["rule"]]
                assert (
                    "document" not in origin
                    or papers[origin["document"]].kind in rule.kinds
                    or not rule.kinds
                )
        stated = set(leaves(found.facts))
        assert {path.removesuffix(".total_income") for path in found.origins} <= stated


def test_amounts_are_the_sum_of_what_their_origins_state(cases: list[Case]) -> None:
    added = 0
    for case in cases:
        found, papers = merged(case), {one.id: one for one in case.documents}
        for path, yen in found.facts.items():
            said = found.origins.get(path, [])
            if not isinstance(yen, int) or isinstance(yen, bool) or any(one["item"] != path for one in said):
                continue
            if any(path not in papers[one["document"]].amounts for one in said):
                continue
            assert yen == sum(papers[one["document"]].amounts[path] for one in said)
            assert len({one["document"] for one in said}) == len(said)
            added += len(said) > 1
    assert added > CASES // 20


def test_what_is_superseded_gives_nothing(cases: list[Case]) -> None:
    dropped = 0
    for case in cases:
        found = merged(case)
        gone = {one["document"] for one in found.aside if one["rule"] in SUPERSEDED}
        if not gone:
            continue
        dropped += 1
        kept = [one for one in case.documents if one.id not in gone]
        without = merge_one(case.person, kept, kin=case.kin)
        assert (without.facts, without.origins, without.claims) == (found.facts, found.origins, found.claims)
    assert dropped > CASES // 10


def test_claims_and_facts_name_the_same_relatives(cases: list[Case]) -> None:
    for case in cases:
        found = merged(case)
        places = [claim.path for claim in found.claims if claim.path]
        assert len(places) == len(set(places))
        assert set(places) <= set(leaves(found.facts))
        assert case.person.person_id not in {claim.relative_id for claim in found.claims if claim.path}


def test_a_decision_holds_whatever_the_documents_say(cases: list[Case]) -> None:
    for case in cases:
        seen = merged(case).facts.get("salary")
        decided = {"salary": Decision(1_234_567, seen, 7)}
        found = merged(case, decisions=decided)
        assert found.facts["salary"] == 1_234_567
        assert found.origins["salary"] == [{"decision": 7, "rule": "decision_of_officer"}]
        assert "DECISION_NO_LONGER_FITS" not in {one.code for one in found.findings}
