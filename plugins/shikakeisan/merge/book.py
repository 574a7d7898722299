"""The rules of the merge as dated data: which document gives which fact, and what people look at.

The data stand in `data/`: `rules.toml`, `findings.toml`, `codes.toml`.
"""

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

FILES = ("rules.toml", "findings.toml", "codes.toml")
ADDED, MAIN, STATED, WHOLE = "added", "main", "stated", "whole"


@dataclass(frozen=True, slots=True)
class MergeRule:
    """A named rule: the kinds of document that it is about, its law, and what it says in Japanese."""

    id: str
    kinds: tuple[str, ...]
    law: str
    text: str
    takes: str
    yields: str
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A kind of finding: whether it keeps the person's tax from being decided, its law, its sentence."""

    code: str
    is_blocking: bool
    law: str
    text: str


class Giving(NamedTuple):
    """How one kind of document gives one fact; the lowest rank wins, `group` is what is decided together."""

    rule: str
    rank: int
    group: str
    is_added: bool
    is_main_only: bool


class Group(NamedTuple):
    """Facts decided together, and the rules in the order in which they are tried."""

    name: str
    facts: frozenset[str]
    rules: tuple[MergeRule, ...]


class Specified(NamedTuple):
    """Kinds of a housing loan that count as 特定取得等 up to a month of moving in (`2022-12`)."""

    kinds: frozenset[str]
    until: str


class Codes(NamedTuple):
    """What codes on documents mean."""

    specified_housing: Sequence[Specified]
    without_credit: frozenset[str]
    abroad: frozenset[str]
    qualified_abroad: frozenset[str]
    relations: Mapping[str, frozenset[str]]
    words: Mapping[str, str]


class Brackets(NamedTuple):
    """The quick table of the income tax (所得税法89条)."""

    rates: Sequence[tuple[int, int, int]]
    beyond: tuple[int, int]

    def tax(self, taxable: int) -> int:
        """Return the income tax on 課税総所得金額, before credits; the thousands alone count."""
        taxable = max(taxable, 0) // 1_000 * 1_000
        for limit, percent, off in self.rates:
            if taxable < limit:
                return taxable * percent // 100 - off
        return taxable * self.beyond[0] // 100 - self.beyond[1]


class Book:
    """The rules of one 課税年度."""

    def __init__(self, tax_year: int) -> None:
        data = _data()
        in_force = {one.id: one for one in rules() if one.since <= tax_year <= one.until}
        self.tax_year = tax_year
        self.rules: Mapping[str, MergeRule] = in_force
        self.groups = tuple(
            Group(
                one["name"],
                frozenset(one["facts"]),
                tuple(in_force[name] for name in one["rules"] if name in in_force),
            )
            for one in data["rules.toml"]["group"]
        )
        self.codes = _codes(data["codes.toml"])
        self.brackets = _brackets(data["codes.toml"]["income_tax"], tax_year)
        self.most_one_stop = next(
            (one["most"] for one in data["rules.toml"]["rule"] if one["id"] == "one_stop_void_by_number"), 0
        )
        self._givings: dict[frozenset[str], Mapping[str, Mapping[str, Giving]]] = {}

    def givings(self, kinds: frozenset[str]) -> Mapping[str, Mapping[str, Giving]]:
        """Return by kind and fact how documents of these kinds give facts, where they all are there."""
        known = self._givings.get(kinds)
        if known is None:
            known = self._givings[kinds] = {kind: self._of_kind(kind, kinds) for kind in kinds}
        return known

    def _of_kind(self, kind: str, kinds: frozenset[str]) -> Mapping[str, Giving]:
        found: dict[str, Giving] = {}
        for group in self.groups:
            for rank, rule in enumerate(group.rules):
                if kind in rule.kinds:
                    giving = Giving(
                        rule.id, rank, group.name, rule.takes in {ADDED, MAIN}, rule.takes == MAIN
                    )
                    found.update(dict.fromkeys(group.facts, giving))
                    break
                if rule.takes == WHOLE and not rule.yields and kinds.intersection(rule.kinds):
                    break
        return found


@cache
def book(tax_year: int) -> Book:
    """Return the rules of a year."""
    return Book(tax_year)


@cache
def rules() -> Sequence[MergeRule]:
    """Return every rule of every year, in the order of the file."""
    return [
        MergeRule(
            one["id"],
            tuple(one["kinds"]),
            one["law"],
            one["text"],
            one.get("takes", ""),
            one.get("yields", ""),
            one["from"],
            one.get("to", 9999),
        )
        for one in _data()["rules.toml"]["rule"]
    ]


@cache
def rule_texts() -> Mapping[str, MergeRule]:
    """Return the rules by id."""
    return {one.id: one for one in rules()}


@cache
def finding_kinds() -> Mapping[str, FindingKind]:
    """Return the kinds of finding by code."""
    return {
        code: FindingKind(code, one["blocking"], one["law"], one["text"])
        for code, one in _data()["findings.toml"].items()
    }


@cache
def merge_version() -> str:
    """Return what tells one state of the rules from another: a digest of the data."""
    digest = hashlib.sha256()
    for name in FILES:
        digest.update(_text(name).encode())
    return digest.hexdigest()[:12]


@cache
def _data() -> Mapping[str, Any]:
    return {name: tomllib.loads(_text(name)) for name in FILES}


def _text(name: str) -> str:
    return (files("plugins.shikakeisan.merge") / "data" / name).read_text(encoding="utf-8")


def _codes(data: Mapping[str, Any]) -> Codes:
    return Codes(
        [Specified(frozenset(one["kinds"]), one["until"]) for one in data["housing"]["specified"]],
        frozenset(data["housing"]["without_credit"]),
        frozenset(data["residence"]["abroad"]),
        frozenset(data["residence"]["qualified"]),
        {name: frozenset(words) for name, words in data["register_relation"].items()},
        data["relation_words"],
    )


def _brackets(tables: Sequence[Mapping[str, Any]], tax_year: int) -> Brackets:
    table = [one for one in tables if one["from"] <= tax_year][-1]
    return Brackets([tuple(row) for row in table["rates"]], tuple(table["beyond"]))
