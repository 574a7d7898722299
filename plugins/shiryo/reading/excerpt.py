"""What documents keep of their records for the steps after intake: facts, further items, relatives, as JSON.

An item that is faulty is left out, and so is a fact of which a part is: half a sum is no amount. Many records
of one layout are taken together, item by item: most items are empty in all of them, and values recur.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import compress
from typing import NamedTuple, TypeAlias

import orjson

from plugins.shiryo.reading.dates import WHOLE
from plugins.shiryo.reading.form import NUMERIC, Form, Relation
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.sheet import Column, Sheet

Kept: TypeAlias = str | int
IndexOf: TypeAlias = Callable[[str], str]
"""My Number of a relative to what may be kept of it; empty for one that is none."""

_FIGURE = re.compile("-?[0-9]{1,15}", re.ASCII)
_PLAIN = re.compile("(?:(?:0|-?[1-9][0-9]{0,14})?+\\x00)*+", re.ASCII)
"""A column of numbers written as JSON writes them, each with a mark behind it."""
_WHO = ("name", "kana", "number")
"""Items of which one at least says that there is somebody."""


class Excerpt(NamedTuple):
    """JSON texts, one for each record."""

    amounts: Sequence[str]
    """Amounts in yen in the words of the calculation, by name in order."""
    items: Sequence[str]
    """The further items as read: numbers as int, all else as text, empty ones left out."""
    relatives: Sequence[str]
    """`role`, `place` from 1, and the items by their names."""


class _Place(NamedTuple):
    key: str
    place: int
    is_number: bool


class _Plan(NamedTuple):
    """A form's declarations as places, made once."""

    facts: Sequence[tuple[str, Sequence[tuple[int, int]]]]
    kept: Sequence[_Place]
    dates: Sequence[tuple[str, str]]
    relatives: Sequence[tuple[str, int, Sequence[_Place]]]
    groups: Sequence[tuple[Relation, Mapping[str, bool]]]


def excerpt(sheet: Sheet, index_of: IndexOf) -> Excerpt:
    """Return what is kept of each record."""
    plan, columns = _plan(sheet.form), sheet.reliable()
    return Excerpt(
        _objects([_fact(*fact, columns, sheet) for fact in plan.facts], len(sheet.records)),
        _objects(_items(plan, columns, sheet), len(sheet.records)),
        _relatives(plan, columns, sheet, index_of),
    )


def figure(text: str) -> int | None:
    """Return the number that a text is, as in `1200` and `８０，０００円`; None for any other text."""
    if not _FIGURE.fullmatch(text):
        text = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("円").strip()
    return int(text) if _FIGURE.fullmatch(text) else None


def _objects(columns: Sequence[Column], count: int) -> Sequence[str]:
    """Join members of JSON objects, each column one name, into one object for each record."""
    filled = [column for column in columns if any(column)]
    if not filled:
        return ["{}"] * count
    return ["{" + ",".join(filter(None, members)) + "}" for members in zip(*filled, strict=True)]


def _fact(fact: str, places: Sequence[tuple[int, int]], columns: Sequence[Column], sheet: Sheet) -> Column:
    parts = [(sign, columns[place]) for sign, place in places if place in sheet.filled]
    if not parts:
        return ()
    made = _total(fact, parts)
    for at, bad in sheet.bad:
        if not bad.isdisjoint(place for _, place in places):
            made[at] = ""
    return made


def _total(fact: str, parts: Sequence[tuple[int, Column]]) -> list[str]:
    """Return the member of each record: what one plain item says as it stands, else the sum."""
    [(sign, column), *others] = parts
    if sign > 0 and not others and _is_plain(column):
        return _written(fact, column)
    signs = [sign for sign, _ in parts]
    rows = zip(*(column for _, column in parts), strict=True)
    totals = (_sum(signs, texts) if any(texts) else None for texts in rows)
    return ["" if total is None else f'"{fact}":{total}' for total in totals]


def _is_plain(column: Column) -> bool:
    return _PLAIN.fullmatch("\x00".join(column) + "\x00") is not None


def _written(name: str, column: Column) -> list[str]:
    return [f'"{name}":{text}' if text else "" for text in column]


def _sum(signs: Sequence[int], texts: Sequence[str]) -> int | None:
    """Return the sum of what is filled; None where nothing is, or a part is no figure."""
    total = None
    for sign, text in zip(signs, texts, strict=True):
        if text:
            amount = figure(text)
            if amount is None:
                return None
            total = (total or 0) + sign * amount
    return total


def _items(plan: _Plan, columns: Sequence[Column], sheet: Sheet) -> list[Column]:
    made = [_members(each, columns[each.place]) for each in plan.kept if each.place in sheet.filled]
    for key, name in plan.dates:
        made.append([f'"{key}":"{on}"' if (on := one.dates.get(name)) else "" for one in sheet.records])
    return made


def _members(item: _Place, column: Column) -> Column:
    if item.is_number:
        if _is_plain(column):
            return _written(item.key, column)
        return [f'"{item.key}":{int(text)}' if text else "" for text in column]
    said = {text: f'"{item.key}":{orjson.dumps(text).decode()}' for text in set(column) if text}
    return [said.get(text, "") for text in column]


def _read(item: _Place, text: str) -> Kept:
    return int(text) if item.is_number else text


def _relatives(plan: _Plan, columns: Sequence[Column], sheet: Sheet, index_of: IndexOf) -> Sequence[str]:
    found: list[list[dict[str, Kept]]] = [[] for _ in sheet.records]
    everybody = range(len(found))
    for role, place, items in plan.relatives:
        filled = [each for each in items if each.place in sheet.filled]
        who = (compress(everybody, columns[each.place]) for each in filled if each.key in _WHO)
        for at in set().union(*who):
            said = {e.key: _read(e, text) for e in filled if (text := columns[e.place][at])}
            found[at].extend(_relative(role, place, said, index_of))
    for at, record in enumerate(sheet.records):
        if record.groups:
            found[at].extend(_copies(plan, record, index_of))
    return [_list(each) if each else "[]" for each in found]


def _list(relatives: list[dict[str, Kept]]) -> str:
    return orjson.dumps(relatives).decode()


def _copies(plan: _Plan, record: Record, index_of: IndexOf) -> Iterator[dict[str, Kept]]:
    """Yield the relatives of parts that repeat."""
    for relation, numbers in plan.groups:
        for place, copy in enumerate(record.groups.get(relation.group, ()), 1):
            said = {name: copy.get(relation.prefix + name, "") for name in numbers}
            read = {n: figure(text) if numbers[n] else text for n, text in said.items() if text}
            kept = {name: value for name, value in read.items() if value is not None}
            yield from _relative(relation.role, place, kept, index_of)


def _relative(
    role: str, place: int, said: Mapping[str, Kept], index_of: IndexOf
) -> Iterator[dict[str, Kept]]:
    """Yield the relative, unless there is nobody."""
    if not any(name in said for name in _WHO):
        return
    kept = {name: value for name, value in said.items() if name not in ("birth_date", "number")}
    if WHOLE.fullmatch(str(said.get("birth_date", ""))):
        kept["birth"] = said["birth_date"]
    if number := index_of(str(said.get("number", ""))[-12:]):
        kept["number"] = number
    yield {"role": "under16" if said.get("under16") == "1" else role, "place": place, **kept}


@cache
def _plan(form: Form) -> _Plan:
    single = [relation for relation in form.relatives if not relation.group]
    return _Plan(
        facts=sorted(form.fact_places.items()),
        kept=[_place(form, name, name) for name in form.keep if name in form.index],
        dates=[(name, name.removesuffix("_on")) for name in form.keep if name not in form.index],
        relatives=[
            (
                relation.role,
                place,
                [_place(form, name, relation.item(name, place)) for name in relation.items],
            )
            for relation in single
            for place in range(1, max(relation.places, 1) + 1)
        ],
        groups=[
            (
                relation,
                {name: _place(form, name, relation.item(name, 1)).is_number for name in relation.items},
            )
            for relation in form.relatives
            if relation.group
        ],
    )


def _place(form: Form, key: str, name: str) -> _Place:
    place = form.index[name]
    return _Place(key, place, form.items[place].type in NUMERIC)
