"""Paths of facts as people write them: a relative is named by the 宛名番号, never by the id of a row."""

import re
from collections.abc import Mapping
from typing import Any, Final

from core.storage.database import ReadSession
from plugins.atena.api import person_ids
from plugins.shikakeisan.merge.errors import PathUnknown

_RELATIVE: Final = re.compile(r"dependants\[(?P<who>[0-9]{1,18})\](?P<part>(?:\.[a-z_]+)?)", re.ASCII)
DEPENDANTS = "dependants["
ID_DIGITS = 19
"""An id has fewer; a blind index has 64 characters."""


async def inward(session: ReadSession, path: str, field: str = "path") -> str:
    """Return a path with the id of the person whose 宛名番号 it has; raises PathUnknown, naming `field`."""
    match = _RELATIVE.fullmatch(path)
    if match is None:
        return path
    ids = await person_ids(session, [match["who"]])
    if match["who"] not in ids:
        raise PathUnknown(field=field)
    return f"dependants[{ids[match['who']]}]{match['part']}"


async def changes_inward(session: ReadSession, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return values of facts by the paths that the program knows; raises PathUnknown."""
    return {await inward(session, path, "changes"): value for path, value in changes.items()}


def relative_of(path: str) -> int | None:
    """Return which person a path of a decision is about; None where it is not about a dependant."""
    match = _RELATIVE.fullmatch(path)
    return None if match is None else int(match["who"])


def person_in(text: str) -> int | None:
    """Return the person whom a finding names as its relative; None for the blind index of a number."""
    return int(text) if text.isdecimal() and len(text) < ID_DIGITS else None


def outward(path: str, numbers: Mapping[int, str]) -> str:
    """Return a path of a decision with the 宛名番号; empty where nobody is known by that id."""
    match = _RELATIVE.fullmatch(path)
    if match is None:
        return path
    number = numbers.get(int(match["who"]))
    return "" if number is None else f"dependants[{number}]{match['part']}"
