"""Relatives who must be looked at (扶養調査): one statement over claims, findings, base and decided tax."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Date, Row, SmallInteger, Text, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.database import ReadSession
from plugins.shikakeisan.inquiry.catalogue import ELSEWHERE, KIND, NOT_FOUND, OVER_LIMIT, reasons
from plugins.shikakeisan.merge.incomes import income_limit

# Each part gives a reason, a claimant and a document. `grp` holds together what is one entry: who
# the relative is, or a number that nobody here holds, or the claim alone.
_SAID = """
WITH claims AS (
    SELECT id, taxpayer_id, relative_id, role, document_id, path, stated FROM shikakeisan.claim
    WHERE tax_year = :tax_year AND known_to = 'infinity' AND role <> 'family_employee'
), said AS (
    SELECT r.reason, 'finding:' || f.id AS source,
        coalesce(f.details ->> 'relative', f.others[1]::text, 'finding:' || f.id) AS grp,
        f.person_id AS taxpayer_id, d.id AS document_id
    FROM shikakeisan.finding f
    JOIN unnest(:codes, :meanings) AS r (code, reason) ON r.code = f.code
    LEFT JOIN LATERAL unnest(f.documents) AS d (id) ON true
    WHERE f.tax_year = :tax_year AND f.stage = 'merge' AND f.state IN ('open', 'proposed')
      AND (r.reason <> :over OR NOT EXISTS (
          SELECT FROM shikakeisan.assessment a WHERE a.tax_year = f.tax_year
          AND a.person_id = f.others[1] AND a.superseded_at = 'infinity' AND a.outcome <> 'undecided'))
    UNION ALL
    SELECT :over, 'claim:' || c.id, c.relative_id::text, c.taxpayer_id, c.document_id
    FROM claims c
    JOIN shikakeisan.assessment a ON a.tax_year = :tax_year AND a.person_id = c.relative_id
        AND a.superseded_at = 'infinity' AND a.total_income_all > :income_limit
    JOIN shikakeisan.basis b ON b.tax_year = :tax_year AND b.person_id = c.taxpayer_id
        AND b.known_to = 'infinity'
    WHERE a.total_income_all > coalesce((b.facts #>> (
        string_to_array(replace(rtrim(c.path, ']'), '[', ','), ',') || ARRAY['total_income']))::bigint, 0)
    UNION ALL
    SELECT :unknown, 'claim:' || c.id, coalesce(nullif(c.stated, ''), 'claim:' || c.id), c.taxpayer_id,
        c.document_id
    FROM claims c WHERE c.relative_id IS NULL
    UNION ALL
    SELECT :kind, 'claim:' || c.id, c.relative_id::text, c.taxpayer_id, c.document_id
    FROM claims c
    JOIN unnest(:roles, :oldest, :youngest) AS fit (role, oldest, youngest) ON fit.role = c.role
    JOIN shikakeisan.base_person p ON p.tax_year = :tax_year AND p.person_id = c.relative_id
        AND p.known_to = 'infinity'
    WHERE p.birth_date NOT BETWEEN fit.oldest AND fit.youngest
    UNION ALL
    SELECT :elsewhere, 'claim:' || c.id, c.relative_id::text, c.taxpayer_id, c.document_id
    FROM claims c
    LEFT JOIN shikakeisan.base_person p ON p.tax_year = :tax_year AND p.person_id = c.relative_id
        AND p.known_to = 'infinity'
    WHERE c.relative_id IS NOT NULL AND coalesce(p.standing, '') <> 'resident'
      AND coalesce(p.reason, '') NOT IN ('LINKED', 'DIED', 'BORN_AFTER')
      AND NOT EXISTS (SELECT FROM shikakeisan.basis b WHERE b.tax_year = :tax_year
          AND b.person_id = c.relative_id AND b.known_to = 'infinity')
      AND NOT EXISTS (SELECT FROM shikakeisan.inquiry i JOIN shikakeisan.inquiry_reply a
          ON a.inquiry_id = i.id WHERE i.tax_year = :tax_year AND a.person_id = c.relative_id
          AND a.state = 'confirmed' AND a.kind <> 'not_resident')
), entries AS (
    SELECT reason, CASE WHEN grp ~ '^[0-9]{1,18}$' THEN grp ELSE min(source) END AS key,
        CASE WHEN grp ~ '^[0-9]{1,18}$' THEN grp::bigint END AS relative_id,
        array_agg(DISTINCT taxpayer_id ORDER BY taxpayer_id) AS claimants,
        coalesce(array_agg(DISTINCT document_id) FILTER (WHERE document_id IS NOT NULL), '{}') AS documents
    FROM said GROUP BY reason, grp
)
"""
_LIST = """
SELECT * FROM entries
WHERE (reason, key) > (:after_reason, :after_key) AND (:wanted = '' OR reason = :wanted)
ORDER BY reason, key LIMIT :limit
"""
_COUNTS = "SELECT reason, count(*) AS people FROM entries GROUP BY reason ORDER BY reason"
_ELSEWHERE = """
SELECT relative_id FROM entries WHERE reason = :elsewhere ORDER BY relative_id
"""
_BINDS: Sequence[BindParameter[Any]] = (
    bindparam("tax_year", type_=SmallInteger),
    bindparam("income_limit", type_=BigInteger),
    *(bindparam(name, type_=Text) for name in ("over", "unknown", "kind", "elsewhere")),
    *(bindparam(name, type_=ARRAY(Text)) for name in ("codes", "meanings", "roles")),
    *(bindparam(name, type_=ARRAY(Date)) for name in ("oldest", "youngest")),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Behind which entry a page begins."""

    reason: str = ""
    key: str = ""


async def list_checks(
    session: ReadSession, tax_year: int, wanted: str = "", *, after: Place | None = None, limit: int
) -> Sequence[Row[Any]]:
    """Return entries by reason and key: `relative_id` (None: not known here), `claimants`, `documents`."""
    place = after or Place()
    given = {"after_reason": place.reason, "after_key": place.key, "wanted": wanted, "limit": limit}
    statement = text(_SAID + _LIST).bindparams(
        *_BINDS, *(bindparam(name, type_=Text) for name in ("after_reason", "after_key", "wanted"))
    )
    return (await session.execute(statement, {**_given(tax_year), **given})).all()


async def count_checks(session: ReadSession, tax_year: int) -> Mapping[str, int]:
    """Return how many entries each reason has."""
    rows = await session.execute(text(_SAID + _COUNTS).bindparams(*_BINDS), _given(tax_year))
    return {row.reason: row.people for row in rows}


async def living_elsewhere(session: ReadSession, tax_year: int) -> Sequence[int]:
    """Return the relatives whose income only another municipality can know."""
    statement = text(_SAID + _ELSEWHERE).bindparams(*_BINDS)
    return (await session.scalars(statement, _given(tax_year))).all()


def _given(tax_year: int) -> dict[str, Any]:
    """Return codes and their reasons, ages as birth dates, and the limit of the year."""
    meanings = {code: one.code for one in reasons().values() for code in one.findings}
    ages = {role: ages for one in reasons().values() for role, ages in one.ages.items()}
    return {
        "tax_year": tax_year,
        "income_limit": income_limit(tax_year),
        "over": OVER_LIMIT,
        "unknown": NOT_FOUND,
        "kind": KIND,
        "elsewhere": ELSEWHERE,
        "codes": list(meanings),
        "meanings": list(meanings.values()),
        "roles": list(ages),
        "oldest": [_born_after(tax_year, high) for _, high in ages.values()],
        "youngest": [_born_by(tax_year, low) for low, _ in ages.values()],
    }


def _born_by(tax_year: int, age: int) -> date:
    """Return the last birth date of who has reached an age on 31 December of the year before.

    Who is born on 1 January reaches an age the day before (年齢計算ニ関スル法律).
    """
    return date(tax_year - age, 1, 1)


def _born_after(tax_year: int, age: int) -> date:
    """Return the first birth date of who is not yet older than an age on that day."""
    return date(tax_year - age - 1, 1, 2)
