"""Strict validation: facts as JSON to a person, or every fault with its path."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plugins.shikakeisan.facts.assumed import assumptions
from plugins.shikakeisan.facts.consistency import contradictions, requirements
from plugins.shikakeisan.facts.dates import age_on, parse_date, parse_month
from plugins.shikakeisan.facts.findings import Finding, finding
from plugins.shikakeisan.facts.vocabulary import (
    ASCENDANTS,
    BY_PATH,
    MAX_COUNT,
    MAX_YEN,
    RELATIVE_BY_PATH,
    STATED,
    Fact,
)


@dataclass(slots=True)
class Person:
    """Valid facts as numbers by column: the taxpayer's, each relative's, and the rules that are
    overridden."""

    taxpayer: dict[str, int] = field(default_factory=dict)
    relatives: list[dict[str, int]] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)
    assumed: list[Finding] = field(default_factory=list)


def validate(facts: Any, fiscal_year: int, rules: Collection[str]) -> Person | list[Finding]:
    """Give the person, or all findings. ``rules`` names what ``given`` may override."""
    if not isinstance(facts, dict):
        return [finding("", "JSON_INVALID")]
    found = _findings(facts, rules)
    if found:
        return found
    found = list(_births(facts, fiscal_year))
    facts = _with_ages(facts, fiscal_year)
    found += [*requirements(facts), *contradictions(facts)]
    person = _person(facts, fiscal_year)
    return found or person


def _births(facts: Mapping[str, Any], fiscal_year: int) -> Iterator[Finding]:
    """Birth dates that the year or a stated age contradicts."""
    people = [("taxpayer", facts.get("taxpayer", {})), ("spouse", facts.get("spouse", {}))]
    people += [(f"dependants[{i}]", one) for i, one in enumerate(facts.get("dependants", []))]
    for path, one in people:
        if "birth" not in one:
            continue
        age = _age(one, fiscal_year)
        if age < 0:
            yield finding(f"{path}.birth", "FACT_CONTRADICTORY", "前年の末日にまだ生まれていません。")
        elif one.get("age", age) != age:
            yield finding(f"{path}.age", "FACT_CONTRADICTORY", "生年月日と年齢が合いません。")


def _with_ages(facts: Mapping[str, Any], fiscal_year: int) -> dict[str, Any]:
    """The same facts, with the age of each relative whose birth date is known."""
    aged = dict(facts)
    if "birth" in facts.get("spouse", {}):
        aged["spouse"] = {**facts["spouse"], "age": _age(facts["spouse"], fiscal_year)}
    if "dependants" in facts:
        aged["dependants"] = [
            {**one, "age": _age(one, fiscal_year)} if "birth" in one else one for one in facts["dependants"]
        ]
    return aged


def _age(one: Mapping[str, Any], fiscal_year: int) -> int:
    return age_on(parse_date(one["birth"]), date(fiscal_year - 1, 12, 31))


def _findings(facts: Mapping[str, Any], rules: Collection[str]) -> list[Finding]:
    found: list[Finding] = []
    for key, value in facts.items():
        if key == "spouse":
            found += _relative("spouse", value)
        elif key == "dependants":
            found += _dependants(value)
        elif key == "given":
            found += _given(value, rules)
        elif key in STATED:
            found += _number(key, value, signed=False)
        else:
            found += _taxpayer(key, value)
    return found


def _taxpayer(key: str, value: Any) -> Iterator[Finding]:
    has_parts = key in _WITH_PARTS
    if isinstance(value, dict) and has_parts:
        for name, part in value.items():
            path = f"{key}.{name}"
            yield from _known(path, part, BY_PATH.get(path))
    elif has_parts and key not in BY_PATH:
        yield finding(key, "FACT_TYPE", "項目を持つオブジェクトにしてください。")
    else:
        yield from _known(key, value, BY_PATH.get(key))


def _dependants(value: Any) -> list[Finding]:
    if not isinstance(value, list):
        return [finding("dependants", "FACT_TYPE", "配列にしてください。")]
    return [fault for i, one in enumerate(value) for fault in _relative(f"dependants[{i}]", one)]


def _relative(path: str, value: Any) -> list[Finding]:
    if not isinstance(value, dict):
        return [finding(path, "FACT_TYPE", "項目を持つオブジェクトにしてください。")]
    return [
        fault
        for name, part in value.items()
        for fault in _known(f"{path}.{name}", part, RELATIVE_BY_PATH.get(name))
    ]


def _given(value: Any, rules: Collection[str]) -> list[Finding]:
    if not isinstance(value, dict):
        return [finding("given", "FACT_TYPE", "項目を持つオブジェクトにしてください。")]
    unknown = [finding(f"given.{name}", "RULE_UNKNOWN") for name in value if name not in rules]
    numbers = [
        fault
        for name, figure in value.items()
        if name in rules and not isinstance(figure, bool)
        for fault in _number(f"given.{name}", figure, signed=True)
    ]
    return unknown + numbers


def _known(path: str, value: Any, fact: Fact | None) -> Iterator[Finding]:
    if fact is None:
        yield finding(path, "FACT_UNKNOWN")
        return
    yield from _CHECKS[fact.kind](path, value, fact)


def _number(path: str, value: Any, *, signed: bool, maximum: int = MAX_YEN) -> Iterator[Finding]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield finding(path, "FACT_TYPE", "円単位の整数にしてください。")
    elif value < 0 and not signed:
        yield finding(path, "FACT_NEGATIVE")
    elif abs(value) > maximum:
        yield finding(path, "FACT_RANGE")


def _choice(path: str, value: Any, fact: Fact) -> Iterator[Finding]:
    allowed = {choice for choice in fact.choices if isinstance(choice, type(value))}
    if not isinstance(value, str | bool) or value not in allowed:
        names = "、".join(str(choice) for choice in fact.choices)
        yield finding(path, "FACT_CHOICE", f"（{names}）")


def _date(path: str, value: Any, parse: Callable[[str], object]) -> Iterator[Finding]:
    try:
        parse(value if isinstance(value, str) else "")
    except ValueError:
        yield finding(path, "FACT_DATE")


def _typed(path: str, value: Any, wanted: type, name: str) -> Iterator[Finding]:
    if not isinstance(value, wanted):
        yield finding(path, "FACT_TYPE", f"{name}にしてください。")


_WITH_PARTS = frozenset(path.partition(".")[0] for path in BY_PATH if "." in path)
"""Facts that are objects."""
_CHECKS: dict[str, Callable[[str, Any, Fact], Iterator[Finding]]] = {
    "yen": lambda path, value, _fact: _number(path, value, signed=False),
    "signed": lambda path, value, _fact: _number(path, value, signed=True),
    "count": lambda path, value, _fact: _number(path, value, signed=False, maximum=MAX_COUNT),
    "flag": lambda path, value, _fact: _typed(path, value, bool, "true 又は false"),
    "text": lambda path, value, _fact: _typed(path, value, str, "文字列"),
    "choice": _choice,
    "date": lambda path, value, _fact: _date(path, value, parse_date),
    "month": lambda path, value, _fact: _date(path, value, parse_month),
}


def _person(facts: Mapping[str, Any], fiscal_year: int) -> Person:
    person = Person()
    for key, value in facts.items():
        if key in STATED:
            person.given.update(dict.fromkeys(STATED[key], value))
        elif key == "given":
            person.given.update({name: int(figure) for name, figure in value.items()})
        elif key not in {"spouse", "dependants"}:
            parts = (
                {f"{key}.{name}": part for name, part in value.items()}
                if isinstance(value, dict)
                else {key: value}
            )
            for path, part in parts.items():
                _fill(person.taxpayer, BY_PATH[path], part)
    if "spouse" in facts:
        person.relatives.append({**_relative_columns(facts["spouse"]), "relative_spouse": 1})
    person.relatives += [_relative_columns(one) for one in facts.get("dependants", [])]
    _ages(person, facts.get("taxpayer", {}), fiscal_year)
    person.assumed += assumptions(facts)
    return person


def _fill(columns: dict[str, int], fact: Fact, value: Any) -> None:
    match fact.kind:
        case "choice":
            columns[fact.target] = fact.choices[value]
        case "month":
            columns[fact.target] = parse_month(value)
        case "date" | "text":
            return
        case _:
            columns[fact.target] = columns.get(fact.target, 0) + int(value)


def _relative_columns(facts: Mapping[str, Any]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for name, value in facts.items():
        _fill(columns, RELATIVE_BY_PATH[name], value)
    columns["relative_ascendant"] = int(facts.get("relation") in ASCENDANTS)
    if facts.get("overseas") and facts.get("student"):
        columns["relative_overseas_qualified"] = 1
    return columns


def _ages(person: Person, taxpayer: Mapping[str, Any], fiscal_year: int) -> None:
    if "birth" in taxpayer:
        birth = parse_date(taxpayer["birth"])
        person.taxpayer["age"] = age_on(birth, date(fiscal_year - 1, 12, 31))
        person.taxpayer["age_1_january"] = age_on(birth, date(fiscal_year, 1, 1))
    elif "age" in taxpayer:
        person.taxpayer["age_1_january"] = taxpayer["age"]
    elif "minor" not in taxpayer and "is_minor" not in person.given:
        sentence = "本人の年齢がないため、成年として計算しました。"
        person.assumed.append(Finding("taxpayer.age", "ASSUMED_ADULT", sentence))
    if taxpayer.get("minor") is False:
        person.given["is_minor"] = 0
