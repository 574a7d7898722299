"""The merge of many people at once: read, recognised, merged, and made ready to be written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.storage.database import ReadSession
from plugins.atena.api import Among
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.merge import queries
from plugins.shikakeisan.merge.gathered import Found, Merged
from plugins.shikakeisan.merge.incomes import compare_incomes, total_incomes
from plugins.shikakeisan.merge.kin import Documents, by_person, recognise, with_incomes
from plugins.shikakeisan.merge.merging import merge_one
from plugins.shikakeisan.merge.people import UNCERTAIN, BasePerson, Decision, KinOf
from plugins.shiryo.api import DocumentFacts, documents_of

OUTSIDE_RULE = "outside_base"
_NONE: Mapping[str, Decision] = {}


@dataclass(slots=True)
class Block:
    """What people's documents came to, as rows without their moment; can be handed to another process."""

    bases: dict[int, tuple[str, str, str, list[int]]] = field(default_factory=dict)
    """Facts, origins, what was put aside (as JSON), documents."""
    claims: dict[int, list[tuple[int | None, str, int | None, str, str]]] = field(default_factory=dict)
    findings: dict[int, list[Found]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


async def make_block(
    session: ReadSession, tax_year: int, among: Among, documents: Sequence[DocumentFacts]
) -> Block:
    """Merge the people among whom these are all documents that count."""
    people = await queries.people(session, tax_year, among)
    decided = await queries.decisions(session, tax_year, among)
    of_people = by_person(documents)
    block = Block()
    inside = {}
    for person_id, papers in of_people.items():
        person = people.get(person_id)
        if person is None or person.standing == Standing.OUTSIDE:
            _outside(block, person_id, papers)
        else:
            inside[person_id] = papers
    merged = await merge_many(session, tax_year, people, inside, decided)
    for person_id, one in merged.items():
        _row(block, person_id, one)
        _count(block, of_people.get(person_id, ()), one)
    return block


async def merge_many(
    session: ReadSession,
    tax_year: int,
    people: Mapping[int, BasePerson],
    documents: Documents,
    decided: Mapping[int, Mapping[str, Decision]],
) -> Mapping[int, Merged]:
    """Merge everybody who has documents or decisions, by person; what is known of relatives is looked up."""
    kin = await recognise(session, tax_year, people, documents)
    own = await _own_documents(session, tax_year, kin, documents)
    alone = _alone(tax_year, people, own, decided)
    known = with_incomes(kin, total_incomes(tax_year, {key: one.facts for key, one in alone.items()}))
    papers = {person_id: one.documents for person_id, one in alone.items()}
    wanted = [key for key in sorted(documents.keys() | decided.keys()) if key in people]
    found: dict[int, Merged] = {}
    for person_id in wanted:
        stated, decisions = documents.get(person_id, ()), decided.get(person_id, _NONE)
        merged = merge_one(people[person_id], stated, decisions, known)
        if merged.claims:
            compare_incomes(tax_year, merged, _kin_of(stated, known), papers)
        if merged.documents or merged.aside or decisions:
            found[person_id] = merged
    return found


async def _own_documents(session: ReadSession, tax_year: int, kin: KinOf, documents: Documents) -> Documents:
    """Return the documents of the relatives themselves; those outside of the block are fetched."""
    ids = {one.person_id for one in kin.values()} - {UNCERTAIN.person_id}
    missing = sorted(ids - documents.keys())
    more = by_person(await documents_of(session, missing, tax_year)) if missing else {}
    return {key: documents.get(key) or more[key] for key in sorted(ids) if key in documents or key in more}


def _alone(
    tax_year: int,
    people: Mapping[int, BasePerson],
    own: Documents,
    decided: Mapping[int, Mapping[str, Decision]],
) -> Mapping[int, Merged]:
    """Merge relatives for themselves, for their income."""
    return {
        key: merge_one(people.get(key) or BasePerson(key, tax_year), papers, decided.get(key, _NONE))
        for key, papers in own.items()
    }


def _kin_of(documents: Sequence[DocumentFacts], kin: KinOf) -> KinOf:
    places = [(one.id, str(said["role"]), int(said["place"])) for one in documents for said in one.relatives]
    return {place: kin[place] for place in places if place in kin}


def _outside(block: Block, person_id: int, papers: Sequence[DocumentFacts]) -> None:
    documents = tuple(sorted(one.id for one in papers))
    block.findings[person_id] = [Found("OUTSIDE_BASE", documents)]
    block.counts["documents"] += len(papers)
    for one in papers:
        block.counts[f"aside.{OUTSIDE_RULE}.{one.kind}"] += 1


def _row(block: Block, person_id: int, one: Merged) -> None:
    as_json = queries.as_json
    block.bases[person_id] = (as_json(one.facts), as_json(one.origins), as_json(one.aside), one.documents)
    if one.claims:
        block.claims[person_id] = [
            (claim.relative_id, claim.role, claim.document_id, claim.path, claim.stated)
            for claim in one.claims
        ]
    if one.findings:
        block.findings[person_id] = sorted(one.findings, key=_order)


def _order(found: Found) -> tuple[Any, ...]:
    return (found.code, found.documents, found.others, queries.as_json(found.details))


def _count(block: Block, papers: Sequence[DocumentFacts], one: Merged) -> None:
    counts = block.counts
    counts["people"] += 1
    counts["documents"] += len(papers)
    used = set(one.documents)
    for paper in papers:
        if paper.id in used:
            counts[f"used.{paper.kind}"] += 1
    for aside in one.aside:
        counts[f"aside.{aside['rule']}.{aside['kind']}"] += 1
