"""Blocks cross from the process that reads to the one that writes, and nothing of them changes on the way."""

from copy import copy
from datetime import date

import pytest

from plugins.shiryo.queries.documents import DOCUMENT_COLUMNS
from plugins.shiryo.service.blocks import Block

BIRTH = DOCUMENT_COLUMNS.index("birth_date")


def row(number: int, birth: date | None) -> tuple[object, ...]:
    """Return a row of a document: one value the same in all, numbers, bytes, texts and a date."""
    values: list[object] = [number, "同じ", bytes([number]), None if number % 2 else f"値\x00{number}", False]
    values += [number] * (len(DOCUMENT_COLUMNS) - len(values))
    values[BIRTH] = birth
    return tuple(values)


@pytest.mark.parametrize(
    "births",
    [[], [date(1964, 7, 1)], [None], [None, date(1, 1, 1), date(9999, 12, 31)], [date(1990, 2, 28)] * 3],
)
def test_rows_are_the_same_behind_the_border(births: list[date | None]) -> None:
    rows = [row(number, birth) for number, birth in enumerate(births)]
    block = Block(len(rows), rows, [(1, "x")], [{"file_id": 1}], [7], [(8, "UNREADABLE")], (9, 10))
    assert copy(block) == block
