"""Claims that contradict each other, for the whole city or around some relatives."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Row, SmallInteger, bindparam, text
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession
from plugins.shikakeisan.merge.gathered import Found

TWO_CLAIMANTS, SPOUSE_OF_TWO = "TWO_CLAIMANTS", "SPOUSE_OF_TWO"
MUTUAL_SPOUSES, NOT_IN_ACCORD = "MUTUAL_SPOUSES", "SPOUSE_NOT_IN_ACCORD"
CROSS = frozenset({TWO_CLAIMANTS, SPOUSE_OF_TWO, MUTUAL_SPOUSES, NOT_IN_ACCORD})
"""Findings that need the claims of several taxpayers."""

_TWICE = """
SELECT coalesce(relative_id::text, stated) AS relative,
       array_agg(DISTINCT taxpayer_id ORDER BY taxpayer_id) AS taxpayers,
       array_agg(DISTINCT document_id) FILTER (WHERE document_id IS NOT NULL) AS documents,
       bool_and(role = 'spouse') AS only_spouse
FROM shikakeisan.claim
WHERE tax_year = :tax_year AND known_to = 'infinity' AND role <> 'family_employee'
  AND (relative_id IS NOT NULL OR stated <> '') {among}
GROUP BY 1
HAVING count(DISTINCT taxpayer_id) > 1
ORDER BY 1
"""
_SPOUSES = """
SELECT mine.taxpayer_id, mine.relative_id, mine.document_id, theirs.relative_id AS other_id,
       theirs.document_id AS other_document
FROM shikakeisan.claim mine
JOIN shikakeisan.claim theirs ON theirs.taxpayer_id = mine.relative_id
WHERE mine.tax_year = :tax_year AND mine.known_to = 'infinity' AND mine.role = 'spouse'
  AND theirs.tax_year = :tax_year AND theirs.known_to = 'infinity' AND theirs.role = 'spouse'
  AND (theirs.relative_id IS NOT NULL OR theirs.stated <> '') {among}
ORDER BY mine.taxpayer_id, mine.id, theirs.id
"""
_YEAR = bindparam("tax_year", type_=SmallInteger)


class Concerned(NamedTuple):
    """Whom a check is about: relatives by id, and by the blind index of a number that nobody here holds."""

    ids: Collection[int]
    stated: Collection[str] = ()

    @property
    def keys(self) -> list[str]:
        """Return the relatives as findings name them."""
        return [*map(str, self.ids), *self.stated]


async def contradictions(
    session: ReadSession, tax_year: int, concerned: Concerned | None = None
) -> Sequence[tuple[int, Found]]:
    """Return findings by claimant: for everybody, or about these relatives and their own claims alone."""
    if concerned is None:
        twice = text(_TWICE.format(among="")).bindparams(_YEAR)
        spouses = text(_SPOUSES.format(among="")).bindparams(_YEAR)
        given: dict[str, Any] = {"tax_year": tax_year}
    else:
        ids = bindparam("ids", type_=ARRAY(BigInteger))
        stated = bindparam("stated", type_=ARRAY(SqlText))
        around = "AND (relative_id = any(:ids) OR (stated <> '' AND stated = any(:stated)))"
        twice = text(_TWICE.format(among=around)).bindparams(_YEAR, ids, stated)
        spouses = text(_SPOUSES.format(among="AND mine.relative_id = any(:ids)")).bindparams(_YEAR, ids)
        given = {"tax_year": tax_year, "ids": list(concerned.ids), "stated": list(concerned.stated)}
    found = [one for row in await session.execute(twice, given) for one in _claimed_twice(row)]
    given.pop("stated", None)
    return found + [one for row in await session.execute(spouses, given) for one in _spouses(row)]


def _claimed_twice(row: Row[Any]) -> Iterator[tuple[int, Found]]:
    """One finding for each claimant, so that nobody's tax is decided before."""
    code = SPOUSE_OF_TWO if row.only_spouse else TWO_CLAIMANTS
    documents = tuple(sorted(row.documents or ()))
    for taxpayer in row.taxpayers:
        others = tuple(other for other in row.taxpayers if other != taxpayer)
        yield taxpayer, Found(code, documents, others, {"relative": row.relative})


def _spouses(row: Row[Any]) -> Iterator[tuple[int, Found]]:
    documents = tuple(sorted({one for one in (row.document_id, row.other_document) if one is not None}))
    code = MUTUAL_SPOUSES if row.other_id == row.taxpayer_id else NOT_IN_ACCORD
    yield row.taxpayer_id, Found(code, documents, (row.relative_id,), {"relative": str(row.relative_id)})
