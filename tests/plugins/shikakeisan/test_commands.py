"""The commands: figures out, refusals with code, sentence and exit 2."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from plugins.shikakeisan.commands import calc, cases, years
from plugins.shikakeisan.law.files import YearUnknownError
from plugins.shikakeisan.service import KEY_RESULTS, RESULTS, FigureUnknownError


def run(command: Any, arguments: Any, text: str | None = None) -> Any:
    return CliRunner().invoke(command, arguments, input=text)


def test_calc_gives_one_line_per_person() -> None:
    result = run(
        calc,
        ["--year", "2026", "--municipality", "331007"],
        '{"salary": 5000000, "taxpayer": {"age": 40}}\n\n{"salary": 0, "taxpayer": {"age": 40}}\n',
    )

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(line["line"], line["salary_income"], line["annual_total"]) for line in lines] == [
        (1, 3_560_000, 316_000),
        (2, 0, 0),
    ]


def test_a_bad_person_goes_to_the_errors_and_the_rest_is_calculated() -> None:
    result = run(calc, ["--year", "2026"], '{"salry": 1}\nnot json\n{"salary": 5000000}\n')

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert [fault["code"] for fault in lines[0]["errors"]] == ["FACT_UNKNOWN"]
    assert [fault["code"] for fault in lines[1]["errors"]] == ["JSON_INVALID"]
    assert lines[2]["salary_income"] == 3_560_000
    assert "FACTS_INVALID" in result.stderr


def test_calc_explains() -> None:
    result = run(calc, ["--year", "2026", "--explain"], '{"salary": 5000000}\n')

    explanation = json.loads(result.stdout)["explanation"]
    assert explanation["root"] == "payable"
    assert explanation["nodes"]["salary_income_before_adj"]["law"] == "所得税法28条・57条の2・別表第五"


def test_calc_schema_has_japanese_labels() -> None:
    schema = json.loads(run(calc, ["--schema"]).stdout)

    assert schema["properties"]["salary"]["title"] == "給与収入"
    assert schema["properties"]["dependants"]["items"]["properties"]["age"]["title"] == "前年12月31日の年齢"


def test_calc_gives_the_figures_of_a_notice_first() -> None:
    line = json.loads(run(calc, ["--year", "2026"], '{"salary": 5000000}\n').stdout)

    assert tuple(line)[1 : 1 + len(KEY_RESULTS)] == KEY_RESULTS
    assert set(line) == {"line", "assumed", *RESULTS}


def test_calc_gives_only_what_is_asked_for_in_that_order() -> None:
    result = run(
        calc,
        ["--year", "2026", "--municipality", "331007", "--only", "income_levy_city, annual_total"],
        '{"taxpayer": {"age": 40}, "salary": 5000000}\n',
    )

    assert result.stdout == '{"line":1,"income_levy_city":248400,"annual_total":316000}\n'


def test_calc_explains_the_first_figure_asked_for() -> None:
    result = run(calc, ["--year", "2026", "--only", "taxable", "--explain"], '{"salary": 5000000}\n')

    explanation = json.loads(result.stdout)["explanation"]
    assert explanation["root"] == "taxable"
    assert "annual_total" not in explanation["nodes"]


@pytest.mark.parametrize("only", ["nothing", "", "annual_total,relative_income"])
def test_calc_refuses_a_figure_that_nobody_has(only: Any) -> None:
    result = run(calc, ["--year", "2026", "--only", only], "{}\n")

    assert isinstance(result.exception, FigureUnknownError)
    assert not result.stdout


def test_years_dates_prints_the_terms() -> None:
    result = run(years, ["dates", "2026", "--municipality", "331007"])

    assert result.output.splitlines()[0] == "普通徴収: 2026-06-30 2026-08-31 2026-11-02 2027-02-01"


def test_calc_needs_a_year() -> None:
    assert run(calc, [], "{}").exit_code == 2


def test_an_unknown_year_is_refused() -> None:
    assert isinstance(run(calc, ["--year", "2019"], "{}").exception, YearUnknownError)


def test_cases_run_prints_each_difference(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    case = {"id": "x", "fiscal_year": "R7", "facts": {"salary": 5_000_000}, "expected": {"salary_income": 1}}
    path.write_text(json.dumps(case), encoding="utf-8")

    result = run(cases, ["run", str(path)])

    assert result.exit_code == 1
    assert "x 2025年度 salary_income: 公表 1 計算 3560000" in result.output


def test_cases_run_counts_what_is_equal(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    case = {
        "id": "x",
        "fiscal_year": "R7",
        "facts": {"salary": 5_000_000},
        "expected": {"salary_income": 3_560_000},
    }
    path.write_text(json.dumps(case), encoding="utf-8")

    result = run(cases, ["run", str(path)])

    assert result.exit_code == 0
    assert "例 1件・数値 1件が一致" in result.output


@pytest.mark.parametrize(
    "line", ["給与所得控除後の給与等の金額の表", "- 550,999 0/1 0 0", "+ 650,999 0/1 0 0", "令和7年法律第7号"]
)
def test_years_diff_prints_the_reform_with_its_law(line: Any) -> None:
    result = run(years, ["diff", "2025", "2026"])

    assert result.exit_code == 0
    assert line in result.output


def test_years_check_finds_nothing() -> None:
    assert run(years, ["check"]).exit_code == 0
