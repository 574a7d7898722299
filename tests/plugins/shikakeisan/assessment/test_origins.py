"""From quantities of an explanation to the origins of the facts behind them."""

from collections.abc import Sequence
from typing import Any

import pytest

from plugins.shikakeisan.assessment.origins import Origin, origins_of

STORED: dict[str, Any] = {
    "salary": [{"document": 1, "item": "payment", "rule": "SUM"}, {"document": 2, "item": "payment"}],
    "business.revenue": [{"document": 3, "item": "sales"}],
    "spouse": [{"document": 1, "item": "spouse_claimed"}],
    "dependants[1].disability": [{"decision": 9}],
    "medical_deduction_given": [{"document": 4}],
    "given.ded_basic": {"decision": 8, "rule": "OFFICER"},
}
FACTS = {"taxpayer": {"birth": "1980-04-05", "welfare": True}, "genmen": {"numerator": 1, "denominator": 2}}


@pytest.mark.parametrize(
    ("name", "origins"),
    [
        (
            "salary",
            [Origin("salary", "document", 1, "payment", "SUM"), Origin("salary", "document", 2, "payment")],
        ),
        ("business_revenue", [Origin("business.revenue", "document", 3, "sales")]),
        ("relative_age", [Origin("spouse", "document", 1, "spouse_claimed")]),
        (
            "relative_disability",
            [
                Origin("spouse", "document", 1, "spouse_claimed"),
                Origin("dependants[1].disability", "decision", decision_id=9),
            ],
        ),
        ("ded_medical", [Origin("medical_deduction_given", "document", 4)]),
        ("ded_basic", [Origin("given.ded_basic", "decision", rule="OFFICER", decision_id=8)]),
        ("age_1_january", [Origin("taxpayer.birth", "register")]),
        ("welfare", [Origin("taxpayer.welfare", "register")]),
        ("genmen_numerator", [Origin("genmen.numerator", "relief")]),
        ("house_only", []),
        ("pension", []),
    ],
)
def test_a_fact_leads_to_where_it_comes_from(name: str, origins: Sequence[Origin]) -> None:
    assert list(origins_of(name, STORED, FACTS)) == origins
