"""Under which objects a person of 賦課計算 stands, beside those of which there is one of each kind."""

from collections.abc import Mapping

import pytest

from core.storage.database import WriteSession
from plugins.atena import tables as atena
from plugins.shikakeisan.base import tables as base
from plugins.shikakeisan.correction import tables as correction
from plugins.shikakeisan.merge import tables as merge
from plugins.shikakeisan.subject import objects_of
from tests.rows import NOW, put

ASKED, OTHER = "91000001", "91000002"


@pytest.fixture
async def people(session: WriteSession) -> Mapping[str, int]:
    for year in (2025, 2026):
        await put(session, base.fiscal_year, tax_year=year, municipality_code="331007", state="open")
    return {number: (await put(session, atena.person, atena_number=number)).id for number in (ASKED, OTHER)}


async def about(session: WriteSession, number: str, kind: str) -> set[str]:
    return {each.object_id for each in await objects_of(session, number) if each.object_type == kind}


@pytest.mark.parametrize("kind", ["shikakeisan.assessment", "shikakeisan.base_person", "shikakeisan.basis"])
async def test_a_person_stands_in_every_year(
    session: WriteSession, people: Mapping[str, int], kind: str
) -> None:
    assert await about(session, ASKED, kind) == {f"{year}:{people[ASKED]}" for year in (2025, 2026)}


async def test_a_finding_tells_of_everybody_whom_it_concerns(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    said = {"tax_year": 2026, "person_id": people[OTHER], "stage": "merge", "state": "gone"}
    both = await put(session, merge.finding, others=[people[ASKED]], **said)
    alone = await put(session, merge.finding, **said)
    assert await about(session, ASKED, "shikakeisan.finding") == {str(both.id)}
    assert await about(session, OTHER, "shikakeisan.finding") == {str(both.id), str(alone.id)}


async def test_a_relative_to_look_at_stands_under_their_own_number_or_the_claim_of_the_taxpayer(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    """Also where the claim has ended; a claimant does not stand under the number of a relative."""
    said = {"tax_year": 2026, "role": "dependant", "taxpayer_id": people[OTHER]}
    claim = await put(session, merge.claim, relative_id=people[ASKED], known_to=NOW.replace(hour=10), **said)
    own = {kind: {f"{year}:{people[kind]}" for year in (2025, 2026)} for kind in (ASKED, OTHER)}
    assert await about(session, ASKED, "shikakeisan.dependant_check") == own[ASKED]
    claimed = {*own[OTHER], f"2026:claim:{claim.id}"}
    assert await about(session, OTHER, "shikakeisan.dependant_check") == claimed


async def test_a_proposal_without_a_batch_names_no_batch(
    session: WriteSession, people: Mapping[str, int]
) -> None:
    proposal = await put(session, correction.proposal, person_id=people[ASKED], state="stale")
    assert await about(session, ASKED, "shikakeisan.proposal") == {str(proposal.id)}
    assert await about(session, ASKED, "shikakeisan.batch") == set()
