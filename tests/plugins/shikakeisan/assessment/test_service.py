"""Deciding single people: hooks in the same transaction, reductions, previews, two at once."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import insert

from core.errors import Conflict
from core.hooks import hook
from core.storage.database import ReadSession, WriteSession
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.service import decide_people
from plugins.shikakeisan.hooks import Change, Reduction
from plugins.shikakeisan.merge.tables import claim, finding
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year

SALARY = {"salary": 5_000_000, "social_insurance": 700_000}
REASON = "更正"


class Listener:
    """A plug-in that hears of decisions, and lowers the tax of one person."""

    def __init__(self, reduced: int = 0, share: Fraction = Fraction(1, 2)) -> None:
        self.heard: list[tuple[str, Sequence[Change]]] = []
        self.reduced, self.share = reduced, share
        self.fails = False

    @hook
    async def assessments_decided(self, session: WriteSession, changes: Sequence[Change]) -> None:
        self.heard.append(("decided", changes))
        if self.fails:
            raise RuntimeError

    @hook
    async def assessments_revised(self, session: WriteSession, changes: Sequence[Change]) -> None:
        self.heard.append(("revised", changes))

    @hook
    async def reductions(
        self, session: ReadSession, tax_year: int, person_ids: Sequence[int]
    ) -> Sequence[Reduction]:
        return [Reduction(one, self.share, "減免第1号") for one in person_ids if one == self.reduced]


async def decide(year: Year, *person_ids: int) -> Sequence[Change]:
    async with year.database.transaction() as session:
        return await decide_people(year.runtime, year.work(session), TAX_YEAR, person_ids, reason=REASON)


async def test_only_the_people_named_are_decided_about(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone(SALARY))

    changes = await decide(year, 2, 99)

    assert changes == [Change(TAX_YEAR, 2, 0, 1)]
    assert await year.grounds() == {2: ("taxed", "")}


async def test_the_same_again_is_no_revision(year: Year) -> None:
    await year.settle(Someone(SALARY))
    await decide(year, 1)

    assert await decide(year, 1) == []


async def test_plugins_hear_of_first_and_later_revisions(year: Year) -> None:
    listener = Listener()
    year.runtime.plugins.manager.register(listener)
    await year.settle(Someone(SALARY), Someone(SALARY))
    await year.run()
    await year.remerge(2, {"salary": 900_000})

    await decide(year, 1, 2)

    first = [Change(TAX_YEAR, 1, 0, 1), Change(TAX_YEAR, 2, 0, 1)]
    assert listener.heard == [("decided", first), ("revised", [Change(TAX_YEAR, 2, 1, 2)])]


async def test_a_plugin_that_fails_leaves_nothing_decided(year: Year) -> None:
    listener = Listener()
    listener.fails = True
    year.runtime.plugins.manager.register(listener)
    await year.settle(Someone(SALARY))

    with pytest.raises(RuntimeError):
        await decide(year, 1)

    assert await year.grounds() == {}


async def test_a_reduction_lowers_the_tax_and_stays_with_the_revision(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone(SALARY))
    await year.run()
    year.runtime.plugins.manager.register(Listener(reduced=1))

    await decide(year, 1, 2)

    before, after = await year.revisions(1)
    assert after.genmen_amount > 0
    assert after.payable == before.payable - after.genmen_amount
    assert after.reduction == {"numerator": 1, "denominator": 2, "decision": "減免第1号"}
    assert len(await year.revisions(2)) == 1


async def test_who_is_wholly_relieved_is_still_taxed(year: Year) -> None:
    year.runtime.plugins.manager.register(Listener(reduced=1, share=Fraction(1)))
    await year.settle(Someone(SALARY))

    await decide(year, 1)

    (row,) = await year.revisions(1)
    assert (row.outcome, row.payable, row.forest) == ("taxed", 1_000, 1_000)


async def test_an_officers_closing_of_a_finding_survives_the_next_decision(year: Year) -> None:
    await year.settle(Someone())
    await decide(year, 1)
    async with year.database.transaction() as session:
        closed = {
            "state": "closed",
            "proposed_by": "1",
            "closed_by": "2",
            "closed_at": year.work(session).now,
        }
        await session.execute(finding.update().values(**closed))

    await decide(year, 1)

    assert await year.rows("SELECT state FROM shikakeisan.finding") == [("closed",)]


async def test_of_two_who_decide_at_once_one_is_refused(year: Year, monkeypatch: pytest.MonkeyPatch) -> None:
    await year.settle(Someone(SALARY))
    await year.run()
    async with year.database.read() as session:
        (row,) = (await queries.current(session, TAX_YEAR, [1])).values()
    await year.remerge(1, {"salary": 900_000})
    await decide(year, 1)

    async def stale(*_: Any) -> dict[int, Any]:
        return {1: row}

    monkeypatch.setattr(queries, "current", stale)
    await year.remerge(1, {"salary": 800_000})
    with pytest.raises(Conflict):
        await decide(year, 1)

    assert len(await year.revisions(1)) == 2


async def test_of_two_who_decide_first_at_once_one_is_refused(
    year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    await year.settle(Someone(SALARY))
    await decide(year, 1)

    async def nothing_yet(*_: Any) -> dict[int, Any]:
        return {}

    monkeypatch.setattr(queries, "current", nothing_yet)

    with pytest.raises(Conflict):
        await decide(year, 1)

    assert len(await year.revisions(1)) == 1


async def test_revisions_between_two_moments_are_found(year: Year) -> None:
    await year.settle(Someone(SALARY), Someone(SALARY))
    await year.run()
    middle = year.runtime.clock.now()
    await year.remerge(2, {"salary": 900_000})
    await decide(year, 2)

    async with year.database.read() as session:
        found = await queries.changes_between(session, middle, year.runtime.clock.now())

    assert [(row.person_id, row.revision) for row in found] == [(2, 2)]


async def test_a_claim_decides_about_who_has_no_document(year: Year) -> None:
    await year.settle(Someone(), Someone(SALARY))
    await decide(year, 1)
    async with year.database.transaction() as session:
        said = {"tax_year": TAX_YEAR, "taxpayer_id": 2, "relative_id": 1, "role": "spouse"}
        await session.execute(insert(claim).values(**said, known_from=year.work(session).now))

    await decide(year, 1)

    assert (await year.grounds())[1] == ("non_taxable", "CLAIMED")
    assert await year.rows("SELECT state FROM shikakeisan.finding") == [("gone",)]
