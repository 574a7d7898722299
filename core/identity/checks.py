"""What names and numbers look like: checked before any SQL, so nothing odd ever reaches the database."""

import re
import unicodedata
from collections.abc import Iterable

from core.errors import Invalid

NUMBER = re.compile(r"[0-9A-Za-z]{1,10}", re.ASCII)
ROLE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
CLIENT = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{2,39}", re.ASCII)
SYSTEM = re.compile(r"[0-9A-Za-z]{1,10}", re.ASCII)
SCOPE = re.compile(r"[0-9A-Za-z]{1,10}:[0-9A-Za-z_.-]{1,40}:[0-9A-Za-z_.-]{1,40}", re.ASCII)
LONGEST_NAME = 100


def is_number(text: str) -> bool:
    """Tell whether `text` could be a staff number (職員番号, as long as the national 操作者ID)."""
    return NUMBER.fullmatch(text) is not None


def check(pattern: re.Pattern[str], text: str, field: str) -> str:
    """Return `text`; raises Invalid naming the field when it does not have the given form."""
    if not pattern.fullmatch(text):
        raise Invalid(field=field, rule="format")
    return text


def check_name(text: str, field: str) -> str:
    """Return a name without outer blanks; raises Invalid for an empty, long or unprintable one."""
    name = text.strip()
    if not 1 <= len(name) <= LONGEST_NAME or any(unicodedata.category(char).startswith("C") for char in name):
        raise Invalid(field=field, rule="name")
    return name


def check_scopes(system_id: str, scopes: Iterable[str]) -> list[str]:
    """Return the scopes sorted; raises Invalid unless each is `業務ID:resource:operation` of the system."""
    found = sorted({check(SCOPE, scope, "scopes") for scope in scopes})
    if not found or any(scope.partition(":")[0] != system_id for scope in found):
        raise Invalid(field="scopes", rule="system")
    return found
