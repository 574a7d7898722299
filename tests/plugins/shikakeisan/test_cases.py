"""Published examples: equal to the yen in every figure that they print."""

from pathlib import Path
from typing import Any

import pytest

from plugins.shikakeisan.cases.runner import CaseFileError, Verdict, read_cases, run_case
from plugins.shikakeisan.cases.translate import municipality_of, years_of

CASES = list(read_cases(Path(__file__).parents[2] / "cases" / "worked_examples.jsonl"))
EARLIER = {2021, 2022, 2023, 2024, 2025, 2026, 2027}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published_example_is_equal_in_every_figure(case: Any) -> None:
    verdict = run_case(case)

    assert verdict.differing == []
    assert verdict.errors == []
    assert verdict.passed or verdict.kept


def test_the_count_of_equal_examples_and_figures() -> None:
    verdicts = [run_case(case) for case in CASES]

    assert len(verdicts) == 82
    assert sum(verdict.passed for verdict in verdicts) == 49
    assert sum(len(verdict.compared) for verdict in verdicts) == 722


def test_only_examples_of_years_without_a_file_or_without_figures_are_not_counted() -> None:
    kept = {str(case["id"]): run_case(case).kept for case in CASES if run_case(case).kept}

    assert len(kept) == 33
    for case in CASES:
        if kept.get(case["id"]) == "年度のファイルがない年の計算例":
            assert not EARLIER & set(years_of(case["fiscal_year"]))


def test_a_wrong_figure_is_found() -> None:
    case = {"id": "x", "fiscal_year": "R7", "facts": {"salary": 5_000_000}, "expected": {"salary_income": 1}}

    verdict: Verdict = run_case(case)

    assert [(year, figure.printed, figure.actual) for year, figure in verdict.differing] == [
        (2025, 1, 3_560_000)
    ]
    assert not verdict.passed


def test_a_figure_excluded_with_its_reason_is_kept_but_not_counted() -> None:
    case = {
        "id": "x",
        "fiscal_year": "R7",
        "facts": {"salary": 5_000_000},
        "expected": {"salary_income": 1},
        "excluded": {"salary_income": "公表例の誤り"},
    }

    verdict = run_case(case)

    assert verdict.compared == []
    assert verdict.notes == ["salary_income: 公表例の誤り"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R8", [2026]),
        ("R3-R5", [2021, 2022, 2023]),
        ("R7+", [2025, 2026, 2027]),
        ("H26-R2", []),
        ("H25+", [2021, 2022, 2023, 2024, 2025, 2026, 2027]),
        ("any", [2021, 2022, 2023, 2024, 2025, 2026, 2027]),
        ("R7-income", [2025]),
    ],
)
def test_years_of_an_example(text: Any, expected: Any) -> None:
    assert years_of(text) == expected


@pytest.mark.parametrize(
    ("name", "designated", "code"),
    [("岡山市", True, "331007"), ("どこか市", False, "000000"), ("どこか市", True, "000001")],
)
def test_municipality_of_an_example(name: Any, designated: Any, code: Any) -> None:
    assert municipality_of({"municipality": name, "designated_city": designated}) == code


@pytest.mark.parametrize("text", ["{", "[]", '{"id": "x"}'])
def test_a_file_that_holds_no_examples_is_refused(tmp_path: Path, text: Any) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CaseFileError):
        list(read_cases(path))
