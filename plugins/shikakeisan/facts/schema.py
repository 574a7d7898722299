"""The JSON Schema of the facts, with Japanese labels, made from the vocabulary."""

from collections.abc import Iterable
from typing import Any

from plugins.shikakeisan.facts.vocabulary import (
    MAX_COUNT,
    MAX_YEN,
    RELATIVE_FACTS,
    STATED,
    TAXPAYER_FACTS,
    Fact,
)
from plugins.shikakeisan.rules import RULES

_TYPES: dict[str, dict[str, Any]] = {
    "yen": {"type": "integer", "minimum": 0, "maximum": MAX_YEN},
    "signed": {"type": "integer", "minimum": -MAX_YEN, "maximum": MAX_YEN},
    "count": {"type": "integer", "minimum": 0, "maximum": MAX_COUNT},
    "flag": {"type": "boolean"},
    "date": {"type": "string", "pattern": r"^[RHS]?\d{1,4}-\d{1,2}-\d{1,2}$"},
    "month": {"type": "string", "pattern": r"^[RHS]?\d{1,4}-\d{1,2}(-\d{1,2})?$"},
    "text": {"type": "string"},
}
_GROUPS = {
    "taxpayer": "納税義務者",
    "carryover": "繰り越された損失",
    "casualty": "雑損控除",
    "housing_loan": "住宅借入金等特別税額控除",
    "foreign_tax": "外国税額控除",
    "genmen": "減免の割合",
    "retirement": "退職所得の分離課税",
    "pension_withholding": "年金特別徴収",
}


def facts_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of one person's facts."""
    relative = _object("配偶者", RELATIVE_FACTS)
    properties = {
        **_properties(TAXPAYER_FACTS),
        "spouse": relative,
        "dependants": {"title": "配偶者以外の親族", "type": "array", "items": {**relative, "title": "親族"}},
        **{
            name: {"title": f"{RULES[rules[0]].label}（算出済み）", **_TYPES["yen"]}
            for name, rules in STATED.items()
        },
        "given": {
            "title": "規則の値の指定（規則の名前と値）",
            "type": "object",
            "propertyNames": {"enum": [name for name, one in RULES.items() if one.rows == "taxpayer"]},
            "additionalProperties": {"type": ["integer", "boolean"]},
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "個人住民税の計算に使う事実",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _properties(facts: Iterable[Fact]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    parts: dict[str, list[Fact]] = {}
    for fact in facts:
        key, _, part = fact.path.partition(".")
        if part:
            parts.setdefault(key, []).append(fact)
        else:
            properties[key] = _one(fact)
    for key, inside in parts.items():
        whole = properties.get(key)
        label = _GROUPS.get(key) or (whole and whole["title"])
        form = _object(str(label), inside, prefix=f"{key}.")
        properties[key] = {"title": form["title"], "oneOf": [whole, form]} if whole else form
    return properties


def _object(title: str, facts: Iterable[Fact], prefix: str = "") -> dict[str, Any]:
    inside = {fact.path.removeprefix(prefix): _one(fact) for fact in facts}
    return {"title": title, "type": "object", "properties": inside, "additionalProperties": False}


def _one(fact: Fact) -> dict[str, Any]:
    kind = {"enum": list(fact.choices)} if fact.kind == "choice" else _TYPES[fact.kind]
    return {"title": fact.label, **kind}
