"""Why a relative must be looked at (扶養調査): data with their articles."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data" / "reasons.toml"
ELSEWHERE, OVER_LIMIT, NOT_FOUND, KIND = "ELSEWHERE", "OVER_LIMIT", "NOT_FOUND", "KIND"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason: `findings` of the merge that mean it; `ages` from and to that fit the role of a claim."""

    code: str
    label: str
    law: str
    findings: tuple[str, ...]
    ages: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@cache
def reasons() -> Mapping[str, Reason]:
    """Return every reason by code."""
    tables = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return {
        code: Reason(
            code,
            table["label"],
            table["law"],
            tuple(table["findings"]),
            {role: (low, high) for role, (low, high) in table.get("ages", {}).items()},
        )
        for code, table in tables.items()
    }
