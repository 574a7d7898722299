"""What a document keeps of its record for the steps after intake: facts, further items, relatives.

An item that is faulty is left out, and so is a fact of which a part is: half a sum is no amount.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeAlias

from plugins.shiryo.reading.dates import WHOLE
from plugins.shiryo.reading.form import NUMERIC, Form, Relation
from plugins.shiryo.reading.record import Record

Kept: TypeAlias = str | int
_FIGURE = re.compile("-?[0-9]{1,15}", re.ASCII)
_WHO = ("name", "kana", "number")
"""Items of which one at least says that there is somebody."""


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


def facts_of(record: Record) -> dict[str, int]:
    """Return amounts in yen in the words of the calculation."""
    found: dict[str, int] = {}
    fields, bad = record.fields, record.bad
    for fact, places in _plan(record.form).facts if fields else ():
        texts = [(sign, fields[place]) for sign, place in places if fields[place]]
        if texts and (not bad or bad.isdisjoint(place for _, place in places)):
            figures = [(sign, figure(text)) for sign, text in texts]
            if all(amount is not None for _, amount in figures):
                found[fact] = sum(sign * (amount or 0) for sign, amount in figures)
    return found


def items_of(record: Record) -> dict[str, Kept]:
    """Return the further items as read: numbers as int, all else as text, empty ones left out."""
    if not record.fields:
        return {}
    plan = _plan(record.form)
    found = dict(_filled(record, plan.kept))
    for key, name in plan.dates:
        if on := record.dates.get(name):
            found[key] = on
    return found


def relatives_of(record: Record) -> list[dict[str, Kept]]:
    """Return the relatives: `role`, `place` from 1, and the items by their names; `number` as it was read."""
    if not record.fields:
        return []
    plan, found = _plan(record.form), []
    for role, place, items in plan.relatives:
        found.append(_relative(role, place, dict(_filled(record, items))))
    for relation, numbers in plan.groups:
        for place, copy in enumerate(record.groups.get(relation.group, ()), 1):
            said = {name: copy.get(relation.prefix + name, "") for name in numbers}
            read = {name: _value(text, is_number=numbers[name]) for name, text in said.items() if text}
            kept = {name: value for name, value in read.items() if value is not None}
            found.append(_relative(relation.role, place, kept))
    return [one for one in found if one is not None]


def figure(text: str) -> int | None:
    """Return the number that a text is, as in `1200` and `８０，０００円`; None for any other text."""
    if not _FIGURE.fullmatch(text):
        text = unicodedata.normalize("NFKC", text).replace(",", "").removesuffix("円").strip()
    return int(text) if _FIGURE.fullmatch(text) else None


def _relative(role: str, place: int, said: Mapping[str, Kept]) -> dict[str, Kept] | None:
    if not any(name in said for name in _WHO):
        return None
    birth = {"birth": said["birth_date"]} if WHOLE.fullmatch(str(said.get("birth_date", ""))) else {}
    rest = {name: value for name, value in said.items() if name != "birth_date"}
    return {"role": "under16" if said.get("under16") == "1" else role, "place": place, **rest, **birth}


def _filled(record: Record, places: Sequence[_Place]) -> Iterator[tuple[str, Kept]]:
    fields, bad = record.fields, record.bad
    for key, place, is_number in places:
        text = fields[place]
        if text and place not in bad:
            yield key, int(text) if is_number else text


def _value(text: str, *, is_number: bool) -> Kept | None:
    return figure(text) if is_number else text


@cache
def _plan(form: Form) -> _Plan:
    single = [relation for relation in form.relatives if not relation.group]
    return _Plan(
        facts=list(form.fact_places.items()),
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
