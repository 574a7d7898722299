"""Edges of age and of who counts as a relative: ages in law are reached on the day before the birthday."""

from typing import Any

import pytest

from plugins.shikakeisan.service import assess

YEAR, CODE = 2026, "000000"
SALARY = {"taxpayer": {"age": 40}, "salary": 5_000_000}
GRANDMOTHER = {"relation": "祖母", "cohabit": False}


@pytest.mark.parametrize(("birth", "income"), [("1961-01-01", 1_900_000), ("1961-01-02", 1_975_000)])
def test_born_on_1_january_is_65_on_31_december(birth: Any, income: Any) -> None:
    values = assess(YEAR, CODE, {"taxpayer": {"birth": birth}, "pension": 3_000_000}).values

    assert values["pension_income"] == income


@pytest.mark.parametrize(
    ("birth", "more", "deduction"),
    [
        ("2010-01-01", {}, 330_000),
        ("2010-01-02", {}, 0),
        ("2007-01-01", {}, 450_000),
        ("2007-01-02", {}, 330_000),
        ("2003-01-01", {}, 330_000),
        ("2003-01-02", {}, 450_000),
        ("S31-01-01", GRANDMOTHER, 380_000),
        ("S31-01-02", GRANDMOTHER, 330_000),
        ("S31-01-01", {"relation": "母", "cohabit": True}, 450_000),
    ],
)
def test_dependant_by_birth_date(birth: Any, more: Any, deduction: Any) -> None:
    values = assess(YEAR, CODE, {**SALARY, "dependants": [{"birth": birth, **more}]}).values

    assert values["ded_dependants"] == deduction
    assert values["counted_relatives"] == 1


@pytest.mark.parametrize(("birth", "deduction"), [("1956-01-01", 380_000), ("1956-01-02", 330_000)])
def test_elderly_spouse_by_birth_date(birth: Any, deduction: Any) -> None:
    assert assess(YEAR, CODE, {**SALARY, "spouse": {"birth": birth}}).values["ded_spouse"] == deduction


@pytest.mark.parametrize(
    ("year", "birth", "minor"),
    [
        (2022, "2002-01-02", False),
        (2022, "2002-01-03", True),
        (2023, "2005-01-02", False),
        (2023, "2005-01-03", True),
    ],
)
def test_minor_on_the_day_of_assessment_until_20_and_since_r5_until_18(
    year: Any, birth: Any, minor: Any
) -> None:
    values = assess(year, CODE, {"taxpayer": {"birth": birth}, "salary": 1_500_000}).values

    assert values["is_minor"] is minor
    assert values["percap_exempt"] is minor


@pytest.mark.parametrize(
    ("relative", "deduction", "counted"),
    [
        ({"age": 29, "overseas": True}, 330_000, 1),
        ({"age": 30, "overseas": True}, 0, 0),
        ({"age": 69, "overseas": True}, 0, 0),
        ({"age": 70, "overseas": True, **GRANDMOTHER}, 380_000, 1),
        ({"age": 10, "overseas": True}, 0, 1),
        ({"age": 40, "overseas": True, "disability": "ordinary"}, 330_000, 1),
        ({"age": 40, "overseas": True, "overseas_qualified": True}, 330_000, 1),
        ({"age": 40, "overseas": True, "student": True}, 330_000, 1),
    ],
)
def test_dependant_abroad(relative: Any, deduction: Any, counted: Any) -> None:
    values = assess(YEAR, CODE, {**SALARY, "dependants": [relative]}).values

    assert (values["ded_dependants"], values["counted_relatives"]) == (deduction, counted)


def test_a_spouse_abroad_counts_at_any_age() -> None:
    values = assess(YEAR, CODE, {**SALARY, "spouse": {"age": 45, "overseas": True}}).values

    assert (values["ded_spouse"], values["counted_relatives"]) == (330_000, 1)
    assert values["levy_limit"] == 1_120_000


@pytest.mark.parametrize("kind", ["spouse", "dependant"])
def test_a_family_employee_is_no_relative_of_the_tax(kind: Any) -> None:
    one = {"age": 20, "family_employee": True, "disability": "special", "cohabit": True}
    relatives = {"spouse": one} if kind == "spouse" else {"dependants": [one]}

    values = assess(YEAR, CODE, {**SALARY, **relatives}).values

    names = ("ded_spouse", "ded_spouse_special", "ded_dependants", "ded_special_relative", "ded_disability")
    assert [values[name] for name in (*names, "counted_relatives")] == [0] * 6


@pytest.mark.parametrize(
    ("salary", "figures"),
    [
        (900_000, (10_000_000, 110_000, 0, 283_800, 189_200, 478_000)),
        (901_000, (10_001_000, 0, 10_000, 281_100, 187_400, 473_500)),
    ],
)
def test_r7_spouse_of_a_payer_above_ten_million_can_lower_the_tax(salary: Any, figures: Any) -> None:
    """Where land at 5 % bears the deductions, 配偶者控除 is worth less than 定額減税 (附則5条の12)."""
    facts = {"taxpayer": {"age": 40}, "salary": salary, "land_long": 9_650_000, "spouse": {}}

    values = assess(2025, CODE, facts).values

    names = ("total_income_all", "ded_spouse", "teigaku_total", "income_levy_city", "income_levy_pref")
    assert tuple(values[name] for name in (*names, "annual_total")) == figures
