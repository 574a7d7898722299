"""Year and municipality files: complete, strict, locked, each change with its law."""

from typing import Any

import pytest

from plugins.shikakeisan.gates import gate_faults
from plugins.shikakeisan.law.difference import changes
from plugins.shikakeisan.law.files import LawFileError, MunicipalityUnknownError, YearUnknownError
from plugins.shikakeisan.law.lock import lock_faults
from plugins.shikakeisan.law.municipalities import known_municipalities, load_municipality, read_municipality
from plugins.shikakeisan.law.parameters import check_complete
from plugins.shikakeisan.law.years import known_years, load_year, read_year, year_path
from plugins.shikakeisan.service import parameters, parameters_read

TEXT = year_path(2026).read_text(encoding="utf-8")


def test_every_gate_is_open() -> None:
    assert gate_faults() == []


def test_years_r3_to_r9_are_locked() -> None:
    assert known_years() == list(range(2021, 2028))
    assert lock_faults() == []


@pytest.mark.parametrize("code", known_municipalities())
def test_every_municipality_has_every_figure_in_every_year(code: Any) -> None:
    assert load_municipality(code).code == code
    for year in known_years():
        assert parameters(year, code)["instalments"] == 4


def test_a_table_that_the_rules_need_is_missing() -> None:
    text = TEXT.replace("[basic_deduction]", "[basic_deduktion]")

    with pytest.raises(LawFileError) as refusal:
        check_complete(read_year(text, "r08.toml"), parameters_read(), "r08.toml")

    assert "basic_deduction がありません" in refusal.value.text
    assert "basic_deduktion はどの規則も読みません" in refusal.value.text


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('kind = "amount"', 'kind = "amont"', "表ではありません"),
        ("value = 430", "valu = 430", ""),
        ("[24_500_000, 290_000]", "[23_500_000, 290_000]", "境界が昇順でない"),
        ("[24_500_000, 290_000]", "[24_500_000, 290_000, 1]", "行と欄の数"),
        ('[      "超",       0]', "[26_000_000,       0]", "最後の行"),
        ("fiscal_year = 2026", "", "fiscal_year がありません"),
        ("fiscal_year = 2026", "fiscal_year = = 2026", "TOML として読めません"),
    ],
)
def test_a_malformed_year_is_refused(old: Any, new: Any, fault: Any) -> None:
    text = TEXT.replace(old, new)
    if text == TEXT:
        text = TEXT.replace("value = 8_500_000", "valeu = 8_500_000")
        fault = "valeu は使いません"

    with pytest.raises(LawFileError) as refusal:
        read_year(text, "r08.toml")

    assert fault in refusal.value.text


def test_a_table_cannot_be_present_and_absent() -> None:
    text = TEXT.replace("[absent]\n", '[absent]\nbasic_deduction = "x"\n')

    with pytest.raises(LawFileError, match="absent"):
        read_year(text, "r08.toml")


def test_a_malformed_municipality_is_refused() -> None:
    with pytest.raises(LawFileError, match="grade がありません"):
        read_municipality('code = "1"\n', "1.toml")


def test_unknown_year_and_municipality() -> None:
    with pytest.raises(YearUnknownError):
        load_year(2020)
    with pytest.raises(MunicipalityUnknownError):
        load_municipality("999999")


def test_the_reform_of_r8_is_the_difference_of_two_files() -> None:
    names = [change.name for change in changes(load_year(2025), load_year(2026))]

    assert names == [
        "salary_income_table",
        "home_worker_minimum",
        "relative_income_limit",
        "student_limit",
        "special_relative_deduction",
        "it_basic_floor",
        "it_basic_deduction",
        "adj_spouse_special",
        "teigaku_amounts",
        "teigaku_limit",
    ]


def test_r9_is_marked_as_not_verified() -> None:
    year = load_year(2027)

    assert not year.verified
    assert {name for name, entry in year.entries.items() if entry.unverified} >= {
        "salary_income_table",
        "relative_income_limit",
        "student_limit",
        "it_basic_deduction",
    }
