"""Replies: entered by one, confirmed by another, and an income above the limit leads to a proposal."""

from datetime import date

import pytest

from core.errors import Conflict, Invalid, NotFound, SelfApproval
from plugins.shikakeisan.correction import service as correction
from plugins.shikakeisan.inquiry.errors import InquirySettled
from plugins.shikakeisan.inquiry.replies import Answer, Result
from tests.plugins.shikakeisan.inquiry.conftest import (
    FATHER,
    GRANDMOTHER,
    LIMIT,
    SON,
    UNCLE,
    Asking,
)
from tests.plugins.shikakeisan.merge.desk import CHIEF, CLERK

PAYABLE = """
SELECT payable, ded_dependants FROM shikakeisan.assessment
WHERE person_id = :id AND superseded_at = 'infinity'
"""
ABOVE = LIMIT + 1


@pytest.mark.parametrize(
    ("kind", "income", "result"),
    [
        pytest.param(Answer.INCOME, LIMIT, Result.WITHIN_LIMIT, id="within the limit"),
        pytest.param(Answer.INCOME, 0, Result.WITHIN_LIMIT, id="none"),
        pytest.param(Answer.NO_RECORD, None, Result.NO_RECORD, id="no record"),
        pytest.param(Answer.NOT_RESIDENT, None, Result.NOT_RESIDENT, id="not resident"),
    ],
)
async def test_the_reply_closes_the_inquiry_with_its_reason(
    asking: Asking, kind: Answer, income: int | None, result: Result
) -> None:
    inquiry_id = await asking.ask()
    reply_id = await asking.enter(inquiry_id, income, kind=kind)
    assert (await asking.inquiry(inquiry_id)).state == "sent"

    assert await asking.confirm(reply_id) is result

    reply = await asking.reply(reply_id)
    assert (await asking.inquiry(inquiry_id)).state == "answered"
    assert (reply.state, reply.result, reply.proposed_by, reply.decided_by) == (
        "confirmed",
        result.value,
        CLERK,
        CHIEF,
    )
    assert (reply.proposals, reply.decisions, reply.refusals) == ([], [], [])
    waits = [relative for _, relative, _ in await asking.checks("ELSEWHERE")]
    assert (GRANDMOTHER in waits) is (kind is Answer.NOT_RESIDENT)


async def test_who_is_not_resident_there_can_be_asked_about_again(asking: Asking) -> None:
    inquiry_id = await asking.ask()
    await asking.confirm(await asking.enter(inquiry_id, kind=Answer.NOT_RESIDENT))

    assert len((await asking.make(GRANDMOTHER)).inquiries) == 1


async def test_an_income_above_the_limit_leads_to_a_correction_that_another_approves(asking: Asking) -> None:
    await asking.decide()
    father = asking.desk.ids[FATHER]
    [before] = await asking.rows(PAYABLE, id=father)
    inquiry_id = await asking.ask()
    reply_id = await asking.enter(inquiry_id, ABOVE)

    assert await asking.confirm(reply_id) is Result.DENIAL_PROPOSED

    [unchanged] = await asking.rows(PAYABLE, id=father)
    assert unchanged == before
    [number] = (await asking.reply(reply_id)).proposals
    [proposal] = await asking.rows("SELECT * FROM shikakeisan.proposal WHERE id = :id", id=number)
    assert (proposal.kind, proposal.state, proposal.proposed_by) == ("dependant_denied", "proposed", CLERK)
    assert proposal.changes == {f"dependants[{asking.desk.ids[GRANDMOTHER]}].total_income": ABOVE}
    async with asking.desk.work(CLERK) as work:
        with pytest.raises(correction.SelfApproval):
            await correction.approve(asking.city.runtime, work, number, 1)
    async with asking.desk.work(CHIEF) as work:
        done = await correction.approve(asking.city.runtime, work, number, 1)
    [after] = await asking.rows(PAYABLE, id=father)
    assert done.is_approved
    assert before.ded_dependants - after.ded_dependants == 380_000
    assert after.payable > before.payable


async def test_before_the_tax_is_decided_a_decision_on_the_fact_is_proposed(asking: Asking) -> None:
    inquiry_id = await asking.ask()
    reply_id = await asking.enter(inquiry_id, ABOVE)

    assert await asking.confirm(reply_id) is Result.DENIAL_PROPOSED

    reply = await asking.reply(reply_id)
    assert (reply.proposals, len(reply.decisions)) == ([], 1)
    await asking.desk.approve(reply.decisions[0])
    facts = await asking.desk.facts(FATHER)
    assert ABOVE in [one.get("total_income") for one in facts["dependants"]]


async def test_what_cannot_be_proposed_closes_with_its_code(asking: Asking) -> None:
    await asking.decide()
    inquiry_id = await asking.ask()
    reply_id = await asking.enter(inquiry_id, ABOVE)
    asking.city.clock.go_on(days=365 * 9)

    assert await asking.confirm(reply_id) is Result.DENIAL_REFUSED

    assert (await asking.reply(reply_id)).refusals == ["CORRECTION_PERIOD_OVER"]
    assert await asking.rows("SELECT id FROM shikakeisan.proposal") == []


async def test_an_inquiry_about_two_is_answered_with_the_second(asking: Asking) -> None:
    first, second = (await asking.make()).inquiries
    for one in (first, second):
        await asking.send(one)

    await asking.confirm(await asking.enter(first, 0))

    assert [(await asking.inquiry(one)).state for one in (first, second)] == ["answered", "sent"]


async def test_nobody_confirms_the_own_entry(asking: Asking) -> None:
    inquiry_id = await asking.ask()
    reply_id = await asking.enter(inquiry_id, 0)

    with pytest.raises(SelfApproval):
        await asking.confirm(reply_id, CLERK)


@pytest.mark.parametrize(("staff", "state"), [(CHIEF, "rejected"), (CLERK, "withdrawn")])
async def test_a_reply_that_is_sent_back_can_be_entered_again(asking: Asking, staff: str, state: str) -> None:
    inquiry_id = await asking.ask()
    wrong = await asking.enter(inquiry_id, ABOVE)
    with pytest.raises(InquirySettled):
        await asking.enter(inquiry_id, 0)

    await asking.send_back(wrong, staff)
    right = await asking.enter(inquiry_id, 0)

    assert (await asking.reply(wrong)).state == state
    assert await asking.confirm(right) is Result.WITHIN_LIMIT
    with pytest.raises(InquirySettled):
        await asking.confirm(wrong, version=2)


async def test_a_reply_is_confirmed_once(asking: Asking) -> None:
    inquiry_id = await asking.ask()
    reply_id = await asking.enter(inquiry_id, 0)
    await asking.confirm(reply_id)

    with pytest.raises(Conflict):
        await asking.confirm(reply_id)


@pytest.mark.parametrize(
    ("kind", "income", "on", "rule"),
    [
        pytest.param(Answer.INCOME, None, date(2026, 1, 5), "required", id="no income"),
        pytest.param(Answer.NO_RECORD, 0, date(2026, 1, 5), "required", id="an income beside no record"),
        pytest.param(Answer.INCOME, 10**12, date(2026, 1, 5), "range", id="too much"),
        pytest.param(Answer.INCOME, 0, date(2026, 1, 6), "future", id="tomorrow"),
    ],
)
async def test_replies_that_make_no_sense_are_refused(
    asking: Asking, kind: Answer, income: int | None, on: date, rule: str
) -> None:
    inquiry_id = await asking.ask()

    with pytest.raises(Invalid) as refused:
        await asking.enter(inquiry_id, income, kind=kind, on=on)

    assert refused.value.details["rule"] == rule


async def test_a_reply_is_about_somebody_of_a_sent_inquiry(asking: Asking) -> None:
    [draft] = (await asking.make(UNCLE)).inquiries
    inquiry_id = await asking.ask()

    with pytest.raises(NotFound):
        await asking.enter(inquiry_id, 0, number=SON)
    with pytest.raises(InquirySettled):
        await asking.enter(draft, 0, number=UNCLE)
