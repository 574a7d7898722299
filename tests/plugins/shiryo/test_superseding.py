"""What a sender corrects or cancels needs no decision any more: its work items close with that reason."""

from typing import Any

import pytest
from sqlalchemy import text

from core.access.journal import Journal
from core.work import Work
from plugins.shiryo.service import resolving
from plugins.shiryo.service.resolving import Action, Proposal
from tests.plugins.shiryo.conftest import NOW, YEAR, Someone

TARO = Someone(1)
WRONG = "0" + TARO.number[:-1] + str((int(TARO.number[-1]) + 1) % 10)
ITEMS = text("""
SELECT code, state, proposal->>'action' AS action, reason, proposed_by, closed_by
FROM shiryo.work_item ORDER BY id
""").text
CORRECTED = ("superseded", "送付元が訂正しました。", "sender:0001", "system")
CANCELLED = ("superseded", "送付元が取り消しました。", "sender:0001", "system")


async def unexplained(city: Any) -> int:
    async with city.database.read() as session:
        return (await resolving.read_ledger(session, YEAR)).total("unexplained")


@pytest.mark.parametrize(("correction", "closed", "attached"), [(2, CORRECTED, 1), (3, CANCELLED, 0)])
async def test_a_faulty_document_is_replaced_by_its_sender(
    city: Any, correction: int, closed: tuple[str, ...], attached: int
) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(my_number=WRONG))

    await city.deliver(TARO.report(correction=correction))

    assert await city.rows(ITEMS) == [("CHECK_DIGIT", "closed", *closed)]
    assert len(await city.rows("SELECT id FROM shiryo.attachment WHERE known_to = 'infinity'")) == attached
    assert await unexplained(city) == 0


async def test_a_document_that_waited_for_its_person_is_cancelled(city: Any) -> None:
    await city.deliver(TARO.report())

    await city.deliver(TARO.report(correction=3))

    assert await city.rows(ITEMS) == [("PERSON_UNKNOWN", "closed", *CANCELLED)]


async def test_what_an_officer_had_proposed_stays_readable(city: Any) -> None:
    await city.deliver(TARO.report())
    async with city.database.transaction() as session:
        work = Work(session, Journal(), "100101", NOW)
        await resolving.propose(work, 1, 1, Proposal(Action.EXPLAIN, "送付元に照会中"))

    await city.deliver(TARO.report(correction=3))

    [(proposal, version)] = await city.rows("SELECT proposal, version FROM shiryo.work_item")
    assert (proposal["instead_of"], version) == ({"action": "explain"}, 3)


async def test_the_one_that_counts_is_meant_not_its_duplicate(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    await city.deliver(TARO.report(), TARO.report(payment=9, recipient_number="9"))

    await city.deliver(TARO.report(payment=5, correction=2))

    superseded = "SELECT id, is_held FROM shiryo.document WHERE superseded_by IS NOT NULL"
    assert await city.rows(superseded) == [(1, False)]
    assert [row.state for row in await city.rows(ITEMS)] == ["open"]


async def test_of_two_faulty_ones_nobody_can_tell_which_is_meant(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(my_number=WRONG))
    await city.deliver(TARO.report(my_number=WRONG, payment=7))

    await city.deliver(TARO.report(correction=2))

    found = [(row.code, row.state) for row in await city.rows(ITEMS)]
    assert found == [("CHECK_DIGIT", "open"), ("CHECK_DIGIT", "open"), ("NO_TARGET", "open")]
