"""What is taken as the usual case, and said: the result names it, so nothing is assumed in silence."""

from collections.abc import Iterator, Mapping
from typing import Any

from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.facts.vocabulary import CARRIED

_LOSSES = ("business", "agriculture", "real_estate", "transfer_short", "transfer_long", "timber")
_OUT = ("expense", "blue_family_salary")


def assumptions(facts: Mapping[str, Any]) -> Iterator[Finding]:
    """The cases that the facts leave open, each with its path."""
    if facts.get("single_parent") is True:
        sentence = "母か父かの別がないため、ひとり親（母）として計算しました。"
        yield Finding("single_parent", "ASSUMED_MOTHER", sentence)
    for name in CARRIED:
        if facts.get("carryover", {}).get(name):
            sentence = "生じた年の別がないため、前年に生じた損失として翌年への繰越しを計算しました。"
            yield Finding(f"carryover.{name}", "ASSUMED_LAST_YEAR", sentence)
    if "blue_return" not in facts and not facts.get("blue_deduction") and any(map(_is_loss, _own(facts))):
        sentence = "青色申告かどうかの別がないため、白色申告として翌年へ繰り越す純損失を計算しました。"
        yield Finding("blue_return", "ASSUMED_WHITE_RETURN", sentence)
    for i, one in enumerate(facts.get("dependants", [])):
        if facts.get("salary") and one.get("category") == "general" and "age" not in one:
            sentence = "年齢がないため、23歳以上の扶養親族として所得金額調整控除を計算しました。"
            yield Finding(f"dependants[{i}].age", "ASSUMED_NOT_YOUNG", sentence)


def _own(facts: Mapping[str, Any]) -> Iterator[Any]:
    return (facts[name] for name in _LOSSES if name in facts)


def _is_loss(income: Any) -> bool:
    """Whether an income, as one amount or as revenue and expenses, is below nil."""
    if not isinstance(income, dict):
        return bool(income < 0)
    return bool(income.get("revenue", 0) < sum(income.get(name, 0) for name in _OUT))
