"""Everything that the merge shows has a Japanese name."""

import re

import pytest

from plugins.shikakeisan.merge.book import finding_kinds, rule_texts
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.labels import KINDS, fact_label, finding_text, item_label
from plugins.shiryo.api import layouts
from tests.plugins.shikakeisan.merge.anything import any_case
from tests.plugins.shikakeisan.merge.test_properties import leaves, merged

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")


@pytest.fixture(scope="module")
def everybody() -> list[Merged]:
    return [merged(any_case(seed)) for seed in range(500)]


def test_every_fact_has_a_label(everybody: list[Merged]) -> None:
    paths = {path for one in everybody for path in leaves(one.facts)}

    assert len(paths) > 60
    assert [path for path in paths if not JAPANESE.search(fact_label(path))] == []


def test_every_item_of_an_origin_has_a_label(everybody: list[Merged]) -> None:
    origins = [origin for one in everybody for said in one.origins.values() for origin in said]
    items = {(origin["item"], rule_texts()[origin["rule"]].kinds) for origin in origins}

    assert len(items) > 80
    assert [item for item, kinds in items if not JAPANESE.search(item_label(item, kinds))] == []


@pytest.mark.parametrize(
    ("item", "kinds", "label"),
    [
        ("birth_date", (), "生年月日"),
        ("household", (), "世帯"),
        ("deductions_total", ("salary_report",), "所得控除の額の合計額"),
        ("dependant.2", ("salary_report",), "扶養親族（2人目）"),
        ("spouse.1", ("tax_return",), "配偶者"),
        ("salary", ("salary_report",), "給与収入"),
    ],
)
def test_what_items_are_called(item: str, kinds: tuple[str, ...], label: str) -> None:
    assert item_label(item, kinds) == label


def test_every_kind_of_document_has_a_name() -> None:
    assert KINDS.keys() == {layout.form.kind for layout in layouts()}


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("spouse.total_income", "配偶者の合計所得金額"),
        ("dependants[000000000000123]", "扶養親族"),
        ("dependants[1].age", "扶養親族の前年12月31日の年齢"),
        ("given.total_income_all", "合計所得金額"),
        ("land_long.special_deduction", "長期譲渡（一般）の特別控除額"),
    ],
)
def test_what_paths_are_called(path: str, label: str) -> None:
    assert fact_label(path) == label


def test_a_finding_says_what_was_done_meanwhile() -> None:
    text = finding_kinds()["SAME_PENSION_TWICE"].text

    assert finding_text("SAME_PENSION_TWICE", {"amount": "once"}) == f"{text}額は一度だけ数えました。"
    assert finding_text("SAME_PENSION_TWICE", {}) == text
