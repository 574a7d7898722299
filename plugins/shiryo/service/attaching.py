"""Attaching accepted documents, some thousand at a time; what is not certain becomes a work item."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row

from core.work import Work
from plugins.atena.api import (
    Keyring,
    Likeness,
    Particulars,
    address_key,
    holders_of,
    kana_key,
    likenesses_of,
    name_key,
    persons_alike,
)
from plugins.shiryo.queries import documents, work_items
from plugins.shiryo.service.matching import FOUR_ITEMS, Decision, Stated, decide
from plugins.shiryo.service.stated_numbers import take_numbers

BY_MACHINE = "system"

Document = Row[Any]


async def attach(work: Work, keyring: Keyring, rows: Sequence[Document], ours: Collection[str]) -> None:
    """Decide on documents, write the decisions, and hand the numbers on that nobody held.

    Left out is what is held, what was superseded before anybody attached it, and 取消 itself.
    """
    live = await documents.keep_live(work.session, [row.id for row in rows])
    wanted = [row for row in rows if row.id in live and not row.is_held and row.action != "cancel"]
    decisions = await _decisions(work, wanted, ours)
    await _write(work, wanted, decisions)
    await take_numbers(
        work,
        keyring,
        [
            row.id
            for row, decision in zip(wanted, decisions, strict=True)
            if row.my_number_index is not None and decision.is_attached and decision.method == FOUR_ITEMS
        ],
    )


def stated_by(row: Document) -> Stated:
    """Return what a document says of its person; one of before the keys were kept has none."""
    return Stated(
        row.my_number_index is not None,
        row.name_key or name_key(row.name),
        row.kana_key or kana_key(row.kana),
        row.birth_date,
        row.address_key or address_key(row.address),
    )


async def _decisions(work: Work, rows: Sequence[Document], ours: Collection[str]) -> list[Decision]:
    stated = [stated_by(row) for row in rows]
    holders = await _holders(work, rows)
    alike = await _alike(work, stated, holders)
    people = await _people(work, rows, holders, alike)
    return [
        decide(stated[place], holders[place], alike[place], people[rows[place].tax_year], ours)
        for place in range(len(rows))
    ]


async def _holders(work: Work, rows: Sequence[Document]) -> list[set[int]]:
    indexes = [row.my_number_index for row in rows if row.my_number_index is not None]
    found = await holders_of(work.session, indexes) if indexes else {}
    return [found.get(row.my_number_index, set()) for row in rows]


async def _alike(work: Work, stated: Sequence[Stated], holders: Sequence[set[int]]) -> list[set[int]]:
    """Look for those only whom no number names."""
    places = [place for place, held in enumerate(holders) if not held]
    asked = [
        Particulars(stated[place].name_key, stated[place].kana_key, stated[place].birth_date)
        for place in places
    ]
    found = await persons_alike(work.session, asked) if asked else {}
    by_place = {place: found.get(position, set()) for position, place in enumerate(places)}
    return [by_place.get(place, set()) for place in range(len(stated))]


async def _people(
    work: Work, rows: Sequence[Document], holders: Sequence[set[int]], alike: Sequence[set[int]]
) -> Mapping[int, Mapping[int, Likeness]]:
    """Return, by tax year, what is known of everybody concerned as of its 1 January."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for row, held, similar in zip(rows, holders, alike, strict=True):
        wanted[row.tax_year] |= held | similar
    return {year: await likenesses_of(work.session, ids, date(year, 1, 1)) for year, ids in wanted.items()}


async def _write(work: Work, rows: Sequence[Document], decisions: Sequence[Decision]) -> None:
    pairs = list(zip(rows, decisions, strict=True))
    session = work.session
    await documents.add_attachments(
        session,
        [
            (row.id, d.match.person_id, d.method, d.match.score, list(d.match.reasons), BY_MACHINE, work.now)
            for row, d in pairs
            if d.match is not None and d.is_attached
        ],
    )
    await documents.add_forwardings(
        session, [(row.id, d.municipality, BY_MACHINE, work.now) for row, d in pairs if d.municipality]
    )
    await documents.add_candidates(
        session,
        [
            (row.id, candidate.person_id, candidate.score, list(candidate.reasons))
            for row, d in pairs
            for candidate in d.candidates
        ],
    )
    await work_items.add_items(
        session, [_item(work, row, d.wait.value) for row, d in pairs if d.wait is not None]
    )


def _item(work: Work, row: Document, code: str) -> tuple[object, ...]:
    """Return the row of a blocking work item, in the order of `work_items.COLUMNS`."""
    return (
        *(row.tax_year, row.sender_id, row.delivery_id, row.file_id, row.id, code, True, "open"),
        *("", work.now, 1, "", "", ""),
    )
