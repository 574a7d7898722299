"""The list of another office as CSV: 宛名番号, and the ward of what has a place.

Such are 生活扶助受給者 from the welfare office, 家屋敷 from the property tax office.
"""

import csv
from collections.abc import Sequence

from plugins.shikakeisan.base.circumstances import MOST_LINES, Said
from plugins.shikakeisan.base.errors import ListRefused

HEADER = ("atena_number", "ward_code")
"""The first line; the second column is left out where the circumstance has no place."""
LIMIT = 10 * 1024 * 1024


def read_list(data: bytes) -> Sequence[Said]:
    """Read UTF-8 (with or without BOM) whose first line is HEADER; raises ListRefused by line.

    Rules: `encoding`, `header`, `columns`, `size`. Lines are counted without the first one.
    """
    if len(data) > LIMIT:
        raise ListRefused(findings=[{"line": 0, "rule": "size"}])
    try:
        rows = list(csv.reader(data.decode("utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise ListRefused(findings=[{"line": 0, "rule": "encoding"}]) from None
    if not rows or tuple(rows[0]) not in (HEADER, HEADER[:1]):
        raise ListRefused(findings=[{"line": 0, "rule": "header"}])
    if len(rows) - 1 > MOST_LINES:
        raise ListRefused(findings=[{"line": 0, "rule": "size"}])
    width = len(rows[0])
    wrong = [number for number, row in enumerate(rows[1:], 1) if len(row) != width]
    if wrong:
        raise ListRefused(findings=[{"line": number, "rule": "columns"} for number in wrong])
    return [Said(*row) for row in rows[1:]]
