"""The offices that the reference city's published description names; other cities bring their own file."""

import csv
from collections.abc import Mapping
from pathlib import Path

from core.errors import StartError

REFERENCE_CITY = Path(__file__).with_name("departments.csv")


def read_departments(file: Path) -> Mapping[str, str]:
    """Return names by code from a CSV file (UTF-8) with the columns `code` and `name`.

    Raises StartError naming the file and line of the first fault.
    """
    found: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines, strict=True):
                if set(row) != {"code", "name"} or not all(row.values()) or row["code"] in found:
                    raise StartError(f"{file}: one code and one name a line, each code once")
                found[row["code"]] = row["name"]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise StartError(f"{file}: cannot be read as CSV in UTF-8") from None
    if not found:
        raise StartError(f"{file}: holds no department")
    return found
