"""Writing what a block came to: what is the same is left alone, what differs ends and begins anew."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Row

from core.work import Work
from plugins.atena.api import Among
from plugins.shikakeisan.merge import queries
from plugins.shikakeisan.merge.blocks import Block
from plugins.shikakeisan.merge.book import finding_kinds, merge_version
from plugins.shikakeisan.merge.claimants import CROSS
from plugins.shikakeisan.merge.gathered import Found
from plugins.shikakeisan.merge.tables import basis, claim
from plugins.shikakeisan.states import OPEN_FINDINGS, FindingState

Wanted = Mapping[int, Sequence[Found]]


async def write_block(work: Work, tax_year: int, among: Among, block: Block) -> Sequence[int]:
    """Write a block; return whose basis changed."""
    changed = await _write_bases(work, tax_year, among, block)
    await _write_claims(work, tax_year, among, block)
    present = await queries.present_findings(work.session, tax_year, among)
    own = [row for row in present if row.code not in CROSS]
    await settle(work, tax_year, block.findings, own)
    return changed


async def settle(work: Work, tax_year: int, wanted: Wanted, present: Sequence[Row[Any]]) -> None:
    """Open what is newly found, let go what is no longer found. What an officer closed stays closed."""
    known = {_key(row.person_id, row) for row in present}
    keys = {_key(person_id, one): (person_id, one) for person_id, found in wanted.items() for one in found}
    gone = [row.id for row in present if row.state in OPEN_FINDINGS and _key(row.person_id, row) not in keys]
    await queries.let_go(work.session, gone)
    kinds = finding_kinds()
    rows = [
        (
            *(tax_year, person_id, queries.STAGE, one.code, list(one.documents), list(one.others)),
            *(queries.as_json(one.details), kinds[one.code].is_blocking, FindingState.OPEN, work.now),
        )
        for key, (person_id, one) in keys.items()
        if key not in known
    ]
    await queries.add_findings(work.session, rows)


async def _write_bases(work: Work, tax_year: int, among: Among, block: Block) -> Sequence[int]:
    present = await queries.present_bases(work.session, tax_year, among)
    same = {key for key, row in present.items() if key in block.bases and _is_same(row, block.bases[key])}
    await queries.end_rows(
        work.session, basis, [row.id for key, row in present.items() if key not in same], work.now
    )
    version = merge_version()
    rows = [(tax_year, key, *said, version, work.now) for key, said in block.bases.items() if key not in same]
    await queries.add_bases(work.session, rows)
    return sorted((present.keys() | block.bases.keys()) - same)


async def _write_claims(work: Work, tax_year: int, among: Among, block: Block) -> None:
    present = {
        (row.taxpayer_id, row.relative_id, row.role, row.document_id, row.path, row.stated): row.id
        for row in await queries.present_claims(work.session, tax_year, among)
    }
    wanted = dict.fromkeys((key, *said) for key, claims in block.claims.items() for said in claims)
    gone = [row_id for key, row_id in present.items() if key not in wanted]
    await queries.end_rows(work.session, claim, gone, work.now)
    new = [(tax_year, *key, work.now) for key in wanted if key not in present]
    await queries.add_claims(work.session, new)


def _is_same(row: Row[Any], said: tuple[str, str, str, Sequence[int]]) -> bool:
    facts, origins, aside, documents = said
    return (
        list(row.documents) == list(documents)
        and orjson.loads(row.facts) == orjson.loads(facts)
        and orjson.loads(row.origins) == orjson.loads(origins)
        and orjson.loads(row.aside) == orjson.loads(aside)
    )


def _key(person_id: int, one: Any) -> tuple[object, ...]:
    """Return what makes two findings the same: a row and a Found have the same names."""
    return (
        person_id,
        one.code,
        tuple(one.documents),
        tuple(one.others),
        queries.as_json(one.details),
    )


def by_claimant(found: Iterable[tuple[int, Found]]) -> Wanted:
    """Return findings by person."""
    wanted: dict[int, list[Found]] = {}
    for person_id, one in found:
        wanted.setdefault(person_id, []).append(one)
    return wanted


def only_cross(rows: Collection[Row[Any]]) -> list[Row[Any]]:
    """Leave the findings that need several taxpayers."""
    return [row for row in rows if row.code in CROSS]
