"""The answers of `juminzei selfcheck`."""

from dataclasses import dataclass
from enum import StrEnum


class CheckState(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: what was looked at, how it stands, what to do (Japanese)."""

    name: str
    state: CheckState
    message: str
