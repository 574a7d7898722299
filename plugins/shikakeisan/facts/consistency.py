"""Facts that the law needs together, and facts that cannot both be true."""

from collections.abc import Iterator, Mapping
from typing import Any

from plugins.shikakeisan.facts.findings import Finding, finding
from plugins.shikakeisan.facts.vocabulary import CARRIED, CARRIED_YEARS, SPOUSES

SEVENTY, SHORT_YEARS = 70, 5

_TOGETHER = {
    "housing_loan": ("move_in", "available", "it_tax", "it_taxable"),
    "retirement": ("amount", "years"),
    "foreign_tax": ("unused", "it_limit"),
    "genmen": ("numerator", "denominator"),
}


def requirements(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Nothing is taken as nil that the law needs to know."""
    taxpayer = facts.get("taxpayer", {})
    if facts.get("pension") and not taxpayer.keys() & {"age", "birth"}:
        yield finding("taxpayer.age", "FACT_REQUIRED", "公的年金等控除は年齢によります。")
    for key, names in _TOGETHER.items():
        part = facts.get(key)
        if isinstance(part, dict):
            yield from (finding(f"{key}.{n}", "FACT_REQUIRED") for n in names if n not in part)
    yield from _housing(facts.get("housing_loan", {}))
    yield from _home_worker(facts)
    withholding = facts.get("pension_withholding", {})
    if withholding.get("continuing") and "previous_annual" not in withholding:
        yield finding("pension_withholding.previous_annual", "FACT_REQUIRED")
    for path, relative in _relatives(facts):
        yield from _relative(path, relative)


def _housing(loan: Mapping[str, Any]) -> Iterator[Finding]:
    if (
        loan
        and "specified_acquisition" not in loan
        and "2014-04" <= _western(str(loan.get("move_in", ""))) < "2023"
    ):
        yield finding("housing_loan.specified_acquisition", "FACT_REQUIRED", "限度額は消費税率等によります。")


def _home_worker(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """The least expenses of a home worker depend on revenue, real expenses and salary."""
    parts = {key: facts[key] for key in ("business", "misc_other") if key in facts}
    if not any(isinstance(one, dict) and one.get("home_worker") for one in parts.values()):
        return
    for key, one in parts.items():
        names = [n for n in ("revenue", "expense") if not isinstance(one, dict) or n not in one]
        yield from (
            finding(f"{key}.{n}", "FACT_REQUIRED", "家内労働者等の経費は収入と経費によります。")
            for n in names
        )
    if "salary_income" in facts:
        yield finding("salary", "FACT_REQUIRED", "家内労働者等の経費は給与収入によります。")


def _western(month: str) -> str:
    if month[:1] in {"H", "R"}:
        year, _, rest = month[1:].partition("-")
        month = f"{int(year) + (1988 if month[0] == 'H' else 2018)}-{rest}"
    return month


def _relatives(facts: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "spouse" in facts:
        yield "spouse", facts["spouse"]
    for i, one in enumerate(facts.get("dependants", [])):
        yield f"dependants[{i}]", one


def _relative(path: str, relative: Mapping[str, Any]) -> Iterator[Finding]:
    if "age" not in relative and relative.get("pension"):
        yield finding(f"{path}.age", "FACT_REQUIRED", "公的年金等控除は年齢によります。")
    if path != "spouse" and not relative.keys() & {"age", "category"}:
        yield finding(f"{path}.age", "FACT_REQUIRED", "扶養控除は年齢によります。")
    if relative.get("overseas") and "age" not in relative and path != "spouse":
        yield finding(f"{path}.age", "FACT_REQUIRED", "国外居住親族の扶養控除は年齢によります。")
    if relative.get("disability") == "special" and "cohabit" not in relative:
        yield finding(f"{path}.cohabit", "FACT_REQUIRED", "特別障害者の控除額は同居かどうかによります。")
    elderly = path != "spouse" and "category" not in relative and relative.get("age", 0) >= SEVENTY
    if elderly:
        yield from (
            finding(f"{path}.{name}", "FACT_REQUIRED", "70歳以上の控除額は続柄と同居によります。")
            for name in ("relation", "cohabit")
            if name not in relative
        )
    if "total_income" in relative and relative.keys() & {
        "salary",
        "pension",
        "other_income",
        "salary_income",
    }:
        yield finding(f"{path}.total_income", "FACT_CONTRADICTORY", "内訳と合計の両方は書けません。")
    if {"salary", "salary_income"} <= relative.keys():
        yield finding(f"{path}.salary_income", "FACT_CONTRADICTORY", "収入と所得の両方は書けません。")


def contradictions(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """Facts that exclude each other."""
    for first, second, sentence in (
        ("spouse", "single_parent", "配偶者のいる者はひとり親ではありません。"),
        ("spouse", "widow", "配偶者のいる者は寡婦ではありません。"),
        ("single_parent", "widow", "ひとり親と寡婦の両方にはなりません。"),
        ("salary", "salary_income", "収入と所得の両方は書けません。"),
        ("pension", "misc_pension", "収入と所得の両方は書けません。"),
        ("medical_paid", "selfmed_paid", "医療費控除とその特例はどちらかを選びます。"),
        ("single", "spouse", "独身の者に配偶者はいません。"),
        ("single", "dependants", "親族がいないという事実と合いません。"),
        ("single", "single_parent", "親族がいないという事実と合いません。"),
    ):
        if _holds(facts, first) and _holds(facts, second):
            yield finding(second, "FACT_CONTRADICTORY", sentence)
    yield from _retirement(facts.get("retirement", {}))
    yield from _carryover(facts.get("carryover", {}))
    for path, relative in _relatives(facts):
        if path != "spouse" and relative.get("relation") in SPOUSES:
            yield finding(f"{path}.relation", "FACT_CONTRADICTORY", "配偶者は spouse に一度だけ書きます。")
    genmen = facts.get("genmen", {})
    if genmen.get("denominator") == 0 or genmen.get("numerator", 0) > genmen.get("denominator", 1):
        yield finding("genmen", "FACT_CONTRADICTORY", "減免の割合は0から1までです。")


def _holds(facts: Mapping[str, Any], key: str) -> bool:
    value = facts.get(key)
    return key in facts and value is not False and value != [] and (key == "spouse" or value != 0)


def _carryover(carried: Mapping[str, Any]) -> Iterator[Finding]:
    """A loss is given by year or as one amount; a part is not more than the whole."""
    years = {name: [f"{name}_{n}" for n in CARRIED_YEARS] for name in CARRIED}
    for name, parts in years.items():
        if name in carried and carried.keys() & set(parts):
            yield finding(
                f"carryover.{name}", "FACT_CONTRADICTORY", "生じた年ごとの額と合計の両方は書けません。"
            )
    whole = sum(carried.get(part, 0) for part in ("net_loss", *years["net_loss"]))
    if carried.get("net_loss_timber", 0) > whole:
        yield finding("carryover.net_loss_timber", "FACT_CONTRADICTORY", "純損失の合計を超えています。")


def _retirement(retirement: Mapping[str, Any]) -> Iterator[Finding]:
    short = 0 < retirement.get("years", 0) <= SHORT_YEARS
    if short and retirement.get("short_term") is False and not retirement.get("officer_short"):
        sentence = "勤続5年以下で役員等でない者の退職手当は短期退職手当等です。"
        yield finding("retirement.short_term", "FACT_CONTRADICTORY", sentence)
    if retirement.get("amount") and retirement.get("years") == 0:
        yield finding("retirement.years", "FACT_RANGE", "1年未満の勤続年数は1年とします。")
    kinds = [name for name in ("officer_short", "short_term") if retirement.get(name)]
    if kinds and retirement.get("years", 0) > SHORT_YEARS:
        yield finding(f"retirement.{kinds[0]}", "FACT_CONTRADICTORY", "勤続5年以下の者の区分です。")
    if len(kinds) > 1:
        yield finding("retirement.short_term", "FACT_CONTRADICTORY", "特定役員と短期の両方にはなりません。")
