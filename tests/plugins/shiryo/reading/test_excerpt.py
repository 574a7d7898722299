"""What a document keeps of a record: further items, relatives, figures written as text."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.shiryo.reading.excerpt import figure
from plugins.shiryo.reading.layout import Layout, layouts, load_layout

RETURN = load_layout("tax_return", version="23")
EVERY = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.id)
Clean = Callable[..., dict[str, Any]]


@EVERY
def test_what_is_kept_is_known_to_the_layout_and_holds_no_my_number(layout: Layout) -> None:
    form = layout.form
    dates = {f"{name}_on" for name in form.dates}
    assert set(form.keep) <= form.index.keys() | dates
    types = {form.items[form.index[name]].type for name in form.keep if name in form.index}
    assert types.isdisjoint({"my_number", "payer_number"})
    for relation in form.relatives:
        for place in range(1, max(relation.places, 1) + 1):
            assert {relation.item(name, place) for name in relation.items} <= form.index.keys()


def test_relatives_of_a_return_come_with_every_copy(clean: Clean, said: Any) -> None:
    given = clean(RETURN) | {
        "spouse_birth_date": "1965-02-03",
        "spouse_disabled": "1",
        "dependant_name": "山田　一",
        "dependant_relation": "子",
        "dependant_birth_date": "2001",
        "dependant_special_relative": "30",
        "dependant_name[6]": "山田　六",
        "dependant_under16[6]": "1",
        "family_employee_name": "山田　七",
        "family_employee_salary": "860000",
    }

    record = next(iter(RETURN.read(RETURN.write([given]), "f")))

    assert said(record).relatives == [
        {"role": "spouse", "place": 1, "name": "山田　花子", "disabled": "1", "birth": "1965-02-03"},
        {"role": "dependant", "place": 1, "name": "山田　一", "relation": "子", "special_relative": 30},
        {"role": "under16", "place": 2, "name": "山田　六", "under16": "1"},
        {"role": "family_employee", "place": 1, "name": "山田　七", "salary": 860_000},
    ]


def test_further_items_of_a_return_are_kept(clean: Clean, said: Any) -> None:
    given = clean(RETURN) | {
        "collection": "2",
        "medical_kind": "1",
        "medical_deduction": 5,
        "quake": "源泉徴収票のとおり",
    }

    record = next(iter(RETURN.read(RETURN.write([given]), "f")))

    assert said(record).items == {
        "salary_income": 3_560_000,
        "income_total": 3_560_000,
        "medical_kind": "1",
        "medical_deduction": 5,
        "deductions_subtotal": 700_000,
        "deductions_total": 700_000,
        "quake": "源泉徴収票のとおり",
        "collection": "2",
    }


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        *(("80000", 80_000), ("８０，０００", 80_000), ("80,000円", 80_000), ("-5", -5), ("²", 2)),
        *((text, None) for text in ("", "八万", "1_000", "1 000", "源泉徴収票のとおり")),
    ],
)
def test_a_figure_is_a_number_and_nothing_else(text: str, amount: int | None) -> None:
    assert figure(text) == amount
