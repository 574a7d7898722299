"""資料併合 (C-1): blocks of the whole city, and exactly some people again."""

from collections.abc import Collection, Mapping, Sequence

from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.api import ids_between, one_of
from plugins.shikakeisan.merge import queries
from plugins.shikakeisan.merge.blocks import Block, make_block, merge_many
from plugins.shikakeisan.merge.claimants import Concerned, contradictions
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.kin import by_person
from plugins.shikakeisan.merge.people import Decision
from plugins.shikakeisan.merge.writing import by_claimant, only_cross, settle, write_block
from plugins.shiryo.api import documents_between, documents_of

BASIS_TYPE = "shikakeisan.basis"


async def merge_block(session: ReadSession, tax_year: int, first: int, last: int) -> Block:
    """Merge the people of a range of ids, both ends with it; nothing is written."""
    documents = await documents_between(session, tax_year, first, last)
    return await make_block(session, tax_year, ids_between(first, last), documents)


async def merge_people(work: Work, tax_year: int, person_ids: Collection[int]) -> Sequence[int]:
    """Merge these people again, and return, in order, whose basis changed.

    Who claims one of them is merged too, for a relative's own income may count there. Findings about
    everybody concerned are settled; nobody else is touched.
    """
    session = work.session
    claims = await queries.claims_of_relatives(session, tax_year, person_ids)
    ids = sorted({*person_ids, *(row.taxpayer_id for row in claims)})
    await queries.hold_people(session, tax_year, ids)
    among = one_of(ids)
    before = await queries.present_claims(session, tax_year, among)
    documents = await documents_of(session, ids, tax_year)
    block = await make_block(session, tax_year, among, documents)
    changed = await write_block(work, tax_year, among, block)
    relatives = {row.relative_id for row in before if row.relative_id is not None} | set(ids)
    stated = {row.stated for row in before if row.stated}
    for claimed in block.claims.values():
        relatives |= {one[0] for one in claimed if one[0] is not None}
        stated |= {one[4] for one in claimed if one[4]}
    await settle_contradictions(work, tax_year, Concerned(sorted(relatives), sorted(stated)))
    for person_id in changed:
        work.journal.wrote(BASIS_TYPE, f"{tax_year}:{person_id}", {"facts"})
    return changed


async def settle_contradictions(work: Work, tax_year: int, concerned: Concerned) -> None:
    """Look again for claims that contradict each other, around some relatives."""
    found = await contradictions(work.session, tax_year, concerned)
    present = await queries.findings_about(work.session, tax_year, concerned.keys)
    await settle(work, tax_year, by_claimant(found), only_cross(present))


async def preview_person(
    session: ReadSession,
    tax_year: int,
    person_id: int,
    decisions: Mapping[str, Decision],
    *,
    leaving_out: Collection[str] = (),
) -> Merged | None:
    """Merge one person with these decisions beside those in force; nothing is written.

    `leaving_out` are paths of decisions in force that are to be left out. None where the person is not in
    the base of the year, or has neither documents nor decisions.
    """
    people = await queries.people(session, tax_year, one_of([person_id]))
    in_force = await queries.decisions(session, tax_year, one_of([person_id]))
    kept = {path: one for path, one in in_force.get(person_id, {}).items() if path not in leaving_out}
    documents = by_person(await documents_of(session, [person_id], tax_year))
    merged = await merge_many(session, tax_year, people, documents, {person_id: {**kept, **decisions}})
    return merged.get(person_id)
