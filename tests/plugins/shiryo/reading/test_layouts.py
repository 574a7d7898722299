"""The layouts as data: complete, consistent, published ones only."""

from collections.abc import Callable
from typing import get_args

import pytest

from plugins.shikakeisan.facts.vocabulary import BY_PATH
from plugins.shiryo.reading.errors import LayoutUnknown
from plugins.shiryo.reading.form import ItemType
from plugins.shiryo.reading.layout import Layout, layouts, load_layout, recognise

EVERY = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.id)
COLUMNS = {
    "salary_report_2014": 98,
    "salary_report_2020": 144,
    "pension_report_2014": 49,
    "pension_report_2020": 71,
    "retirement_slip_2020": 38,
    "resident_return_1": 84,
    "one_stop_notice_1": 14,
    "withheld_levy_1": 15,
    "punched_slip_1": 38,
    "tax_return_23": 719,
}


def test_every_layout_has_its_columns() -> None:
    assert {layout.id: len(layout.items) for layout in layouts()} == COLUMNS


@EVERY
def test_items_are_numbered_named_and_typed(layout: Layout) -> None:
    assert [item.no for item in layout.items] == list(range(1, len(layout.items) + 1))
    assert len({item.name for item in layout.items}) == len(layout.items)
    assert {item.type for item in layout.items} <= set(get_args(ItemType))
    assert all(item.name.isidentifier() and item.name.islower() for item in layout.items)
    assert all(0 <= item.least <= item.most and item.most for item in layout.items)
    assert all(item.label for item in layout.items)
    assert all(bool(item.codes) == (item.type == "code") for item in layout.items)


@EVERY
def test_every_item_names_a_source_of_its_layout(layout: Layout) -> None:
    assert all(set(item.source.split("+")) <= layout.form.sources.keys() for item in layout.items)


@EVERY
def test_no_key_is_made_of_a_my_number(layout: Layout) -> None:
    used = {layout.items[place].type for part in layout.form.key_places for way in part for place in way}
    assert "my_number" not in used


@EVERY
def test_facts_are_words_of_the_calculation(layout: Layout) -> None:
    assert set(layout.form.facts) <= BY_PATH.keys()


@EVERY
def test_a_file_is_recognised_by_its_beginning(
    layout: Layout, clean_file: Callable[[Layout, int], bytes]
) -> None:
    found = recognise(clean_file(layout, 1))
    assert found is not None
    assert found.id == layout.id


@pytest.mark.parametrize(
    "head", [b"", b"315,1,2\r\n", b"abc\r\n", b"<html>", b"\xff\xfe", b"999," + b"," * 142]
)
def test_what_fits_no_layout_is_not_recognised(head: bytes) -> None:
    assert recognise(head) is None


@pytest.mark.parametrize(
    ("kind", "year", "found"),
    [
        ("salary_report", 2014, "salary_report_2014"),
        ("salary_report", 2015, "salary_report_2014"),
        ("salary_report", 2020, "salary_report_2020"),
        ("salary_report", 2024, "salary_report_2020"),
        ("pension_report", 2024, "pension_report_2020"),
        ("tax_return", 2025, "tax_return_23"),
        ("one_stop_notice", 2024, "one_stop_notice_1"),
    ],
)
def test_a_layout_is_found_by_income_year(kind: str, year: int, found: str) -> None:
    assert load_layout(kind, year=year).id == found


@pytest.mark.parametrize(
    ("kind", "year", "version"),
    [
        ("salary_report", 2016, None),
        ("salary_report", 2019, None),
        ("salary_report", 2025, None),
        ("tax_return", 2024, None),
        ("salary_report", None, "2025"),
        ("salary_report", None, None),
        ("unknown", 2024, None),
    ],
)
def test_what_is_not_published_is_refused(kind: str, year: int | None, version: str | None) -> None:
    with pytest.raises(LayoutUnknown) as refusal:
        load_layout(kind, year=year, version=version)
    assert refusal.value.code == "LAYOUT_UNKNOWN"
    assert "salary_report_2020" in refusal.value.details["known"]
