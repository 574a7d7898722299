"""The canonical dump of a year: everything that was decided and from what, without row ids and clock times.

One JSON line for each person, by 宛名番号, keys sorted; documents are named by sender, record key and kind.
Where people under 支援措置 live, and with whom, is not in it: those of 1 January, those of today, and those
who live with them. Two databases that hold the same decisions give the same bytes on one day, however they
came there.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, select
from sqlalchemy.sql import any_

from core.graphql.masking import MASKED_TEXT
from core.storage.database import ReadSession
from plugins.atena.api import Moment, hidden_ids
from plugins.shikakeisan.assessment.tables import FIGURES, assessment
from plugins.shikakeisan.base.tables import base_person
from plugins.shikakeisan.merge.tables import basis, finding
from plugins.shikakeisan.sql import IDS, INFINITY
from plugins.shiryo.api import documents_of

BLOCK = 5_000
BASE = (
    *("standing", "reason", "ward_code", "household_number", "relation", "birth_date", "sex"),
    *("death_date", "is_protected", "is_welfare", "house_wards"),
)
PLACES = ("ward_code", "household_number")
REVISION = ("revision", "outcome", "ground", "reduction", "rules_version", "reason", *FIGURES)
Names = Mapping[int, str]


async def dump(session: ReadSession, tax_year: int, numbers: Names, today: date) -> AsyncIterator[bytes]:
    """Give the lines of a year as they may be seen today; `numbers` are the 宛名番号 by person id."""
    order = sorted(numbers, key=lambda person_id: numbers[person_id])
    for place in range(0, len(order), BLOCK):
        ids = order[place : place + BLOCK]
        hidden = await hidden_ids(session, ids, Moment(today))
        people = await _people(session, tax_year, ids, hidden)
        for person_id in ids:
            line = {"atena_number": numbers[person_id], **people[person_id]}
            yield orjson.dumps(line, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


async def people_of(session: ReadSession, tax_year: int) -> Sequence[int]:
    """Return everybody who has or had a place in the base of a year."""
    statement = select(base_person.c.person_id).where(base_person.c.tax_year == tax_year).distinct()
    return (await session.scalars(statement)).all()


async def _people(
    session: ReadSession, tax_year: int, ids: Sequence[int], hidden: Collection[int]
) -> Mapping[int, Mapping[str, Any]]:
    documents = {
        each.id: f"{each.sender_code}/{each.record_key}/{each.kind}"
        for each in await documents_of(session, ids, tax_year)
    }
    bases = await _rows(session, base_person, tax_year, ids, is_known=True)
    facts = await _rows(session, basis, tax_year, ids, is_known=True)
    decided = await _rows(session, assessment, tax_year, ids, is_known=False)
    found = await _rows(session, finding, tax_year, ids, is_known=False)
    return {
        person_id: {
            "base": [_base(row, is_hidden=person_id in hidden) for row in bases[person_id]],
            "basis": [_basis(row, documents) for row in facts[person_id]],
            "assessments": [_picked(row, REVISION) for row in decided[person_id]],
            "findings": sorted([row.stage, row.code, row.state] for row in found[person_id]),
        }
        for person_id in ids
    }


def _picked(row: Row[Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _base(row: Row[Any], *, is_hidden: bool) -> dict[str, Any]:
    picked = _picked(row, BASE)
    return picked | dict.fromkeys(PLACES, MASKED_TEXT) if row.is_protected or is_hidden else picked


def _basis(row: Row[Any], documents: Names) -> dict[str, Any]:
    return {
        "facts": row.facts,
        "origins": _named(row.origins, documents),
        "aside": _named(row.aside, documents),
        "merge_version": row.merge_version,
    }


def _named(value: Any, documents: Names) -> Any:
    """Put names for the ids of documents; a decision has none, so only that it is one is told."""
    if isinstance(value, list):
        return [_named(part, documents) for part in value]
    if not isinstance(value, dict):
        return value
    named = {name: _named(part, documents) for name, part in value.items()}
    if "document" in value:
        named["document"] = documents.get(value["document"], "")
    if "decision" in value:
        named["decision"] = True
    return named


async def _rows(
    session: ReadSession, table: Any, tax_year: int, ids: Sequence[int], *, is_known: bool
) -> Mapping[int, Sequence[Row[Any]]]:
    statement = select(table).where(table.c.tax_year == tax_year, table.c.person_id == any_(IDS))
    if is_known:
        statement = statement.where(table.c.known_to == INFINITY)
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    order = table.c.revision if table is assessment else table.c.id
    for row in await session.execute(statement.order_by(order), {"ids": list(ids)}):
        found[row.person_id].append(row)
    return found
