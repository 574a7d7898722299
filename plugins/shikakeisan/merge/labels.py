"""What facts, documents, their items and the roles of relatives are called in Japanese."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from plugins.shikakeisan.facts.vocabulary import BY_PATH, RELATIVE_BY_PATH, STATED
from plugins.shikakeisan.merge.book import finding_kinds
from plugins.shikakeisan.rules import RULES
from plugins.shiryo.api import layouts

ROLES: Final = {
    "spouse": "配偶者",
    "dependant": "扶養親族",
    "under16": "16歳未満の扶養親族",
    "family_employee": "事業専従者",
    "retired_relative": "退職所得のある配偶者・親族",
}
KINDS: Final = {
    "salary_report": "給与支払報告書",
    "pension_report": "公的年金等支払報告書",
    "retirement_slip": "退職所得の特別徴収票",
    "tax_return": "確定申告書",
    "resident_return": "住民税申告書",
    "one_stop_notice": "申告特例通知書",
    "withheld_levy": "配当割額等の通知",
    "punched_slip": "パンチ入力した資料",
}
_REGISTER: Final = {
    "birth_date": "生年月日",
    "household": "世帯",
    "relation": "続柄",
    "total_income_all": "合計所得金額",
}
_NOTES: Final = {"once": "額は一度だけ数えました。", "added": "額は合計しました。"}
_RELATIVE: Final = re.compile(r"(?P<who>spouse|dependants\[[0-9]+\])(?:\.(?P<part>[a-z_]+))?", re.ASCII)


def fact_label(path: str) -> str:
    """Return what the fact at a path is called."""
    match = _RELATIVE.fullmatch(path)
    if match is None:
        figure = STATED[path][0] if path in STATED else path.removeprefix("given.")
        return BY_PATH[path].label if path in BY_PATH else RULES[figure].label if figure in RULES else path
    who = ROLES["spouse" if match["who"] == "spouse" else "dependant"]
    part = RELATIVE_BY_PATH.get(match["part"] or "")
    return who if part is None else f"{who}の{part.label}"


def finding_text(code: str, details: Mapping[str, Any]) -> str:
    """Return the sentence of a finding, with what the merge did meanwhile."""
    return finding_kinds()[code].text + _NOTES.get(details.get("amount", ""), "")


@cache
def item_label(item: str, kinds: Sequence[str]) -> str:
    """Return what an origin's item is called on documents of these kinds, or in the register."""
    role, _, place = item.partition(".")
    if role in ROLES and place.isdecimal():
        return ROLES[role] if role == "spouse" else f"{ROLES[role]}（{place}人目）"
    if item in BY_PATH:
        return BY_PATH[item].label
    if not kinds and item in _REGISTER:
        return _REGISTER[item]
    on_paper = (_labels(kind).get(item) for kind in (*kinds, *KINDS))
    return next((label for label in on_paper if label), item)


@cache
def _labels(kind: str) -> Mapping[str, str]:
    """Return the labels of a kind of document by item; the newest layout wins."""
    return {item.name: item.label for one in layouts() if one.form.kind == kind for item in one.items}
