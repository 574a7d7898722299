"""What the other municipality answered: one officer enters it, another confirms it, and only then it counts.

An income above the limit leads to a proposal that the rules refuse the deduction (扶養否認), in the name of
who entered the reply: a correction where the tax is decided, else a decision on the fact. Somebody else
approves that, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from core.errors import Invalid, JuminzeiError, NotFound, SelfApproval, Unavailable
from core.graphql.versions import ensure_version
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import LATEST
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.correction import service as correction
from plugins.shikakeisan.correction.computing import Request
from plugins.shikakeisan.correction.merging import trial
from plugins.shikakeisan.inquiry import queries
from plugins.shikakeisan.inquiry.errors import InquirySettled
from plugins.shikakeisan.inquiry.service import number_of
from plugins.shikakeisan.merge.decisions import Proposal, propose_decision
from plugins.shikakeisan.merge.incomes import income_limit
from plugins.shikakeisan.merge.listing import claims_on
from plugins.shikakeisan.merge.stated import EMPLOYEE, SPOUSE
from plugins.shikakeisan.states import InquiryState, ReplyState, YearState

JOURNAL_TYPE = "shikakeisan.inquiry_reply"
MOST_INCOME = 999_999_999_999


class Answer(StrEnum):
    """What another municipality can answer."""

    INCOME = "income"
    NO_RECORD = "no_record"
    NOT_RESIDENT = "not_resident"


class Result(StrEnum):
    """What followed from a confirmed reply."""

    WITHIN_LIMIT = "within_limit"
    DENIAL_PROPOSED = "denial_proposed"
    DENIAL_REFUSED = "denial_refused"
    NOBODY_CLAIMS = "nobody_claims"
    NO_RECORD = "no_record"
    NOT_RESIDENT = "not_resident"


RESULT_LABELS = {
    Result.WITHIN_LIMIT: "所得は限度以下。申し出のとおり",
    Result.DENIAL_PROPOSED: "所得が限度を超えるため、扶養否認を提案した",
    Result.DENIAL_REFUSED: "所得が限度を超えるが、扶養否認を提案できなかった。理由のコードを確認",
    Result.NOBODY_CLAIMS: "所得が限度を超えるが、申し出がもうない",
    Result.NO_RECORD: "照会先に所得の資料がない",
    Result.NOT_RESIDENT: "照会先に住所がない。宛名を確認して照会し直す",
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer about one person; `income` is 合計所得金額 in yen, for INCOME alone."""

    kind: Answer
    replied_on: date
    income: int | None = None


@dataclass(slots=True)
class _Outcome:
    """What was proposed, by number, and the codes of what could not be."""

    proposals: list[int] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)


async def enter(work: Work, inquiry_id: int, person_id: int, reply: Reply) -> int:
    """Enter a reply about one person of a sent inquiry and return its number.

    Raises NotFound, InquirySettled (not sent, or a reply stands), Invalid.
    """
    row = await queries.hold_inquiry(work.session, inquiry_id)
    people = (await queries.people_of(work.session, [inquiry_id]))[inquiry_id]
    if person_id not in {one.person_id for one in people}:
        raise NotFound
    if row.state != InquiryState.SENT or await queries.reply_in_force(work.session, inquiry_id, person_id):
        raise InquirySettled
    _check(reply, work.today)
    values = {
        "inquiry_id": inquiry_id,
        "person_id": person_id,
        "kind": reply.kind.value,
        "income": reply.income,
        "replied_on": reply.replied_on,
        "state": ReplyState.ENTERED,
        "proposed_by": work.staff,
        "proposed_at": work.now,
    }
    reply_id = await queries.add_reply(work, values)
    work.journal.wrote(JOURNAL_TYPE, str(reply_id), {"reply"})
    return reply_id


async def confirm(runtime: Runtime, work: Work, reply_id: int, expected: int) -> Result:
    """Confirm what somebody else entered; the inquiry is answered with the last of its people.

    Raises NotFound, SelfApproval, InquirySettled, Conflict.
    """
    row, sheet = await _entered(work, reply_id, expected)
    if row.proposed_by == work.staff:
        raise SelfApproval
    outcome, result = _Outcome(), Result(row.kind) if row.kind != Answer.INCOME else Result.WITHIN_LIMIT
    if row.kind == Answer.INCOME and row.income > income_limit(sheet.tax_year):
        outcome = await _deny(runtime, replace(work, staff=row.proposed_by), sheet, row)
        result = _result_of(outcome)
    await queries.decide_reply(
        work,
        reply_id,
        expected,
        state=ReplyState.CONFIRMED,
        result=result.value,
        proposals=outcome.proposals,
        decisions=outcome.decisions,
        refusals=outcome.refusals,
    )
    if await queries.is_answered(work.session, row.inquiry_id):
        await queries.change_inquiry(work.session, row.inquiry_id, state=InquiryState.ANSWERED)
    work.journal.wrote(JOURNAL_TYPE, str(reply_id), {"state"})
    return result


async def send_back(work: Work, reply_id: int, expected: int) -> None:
    """Send a reply back, so that it can be entered again; of one's own it is a withdrawal.

    Raises NotFound, InquirySettled, Conflict.
    """
    row, _ = await _entered(work, reply_id, expected)
    is_own = row.proposed_by == work.staff
    state = ReplyState.WITHDRAWN if is_own else ReplyState.REJECTED
    await queries.decide_reply(work, reply_id, expected, state=state)
    work.journal.wrote(JOURNAL_TYPE, str(reply_id), {"state"})


def _check(reply: Reply, today: date) -> None:
    if (reply.kind is Answer.INCOME) != (reply.income is not None):
        raise Invalid(field="income", rule="required")
    if reply.income is not None and not -MOST_INCOME <= reply.income <= MOST_INCOME:
        raise Invalid(field="income", rule="range")
    if reply.replied_on > today:
        raise Invalid(field="repliedOn", rule="future")


async def _entered(work: Work, reply_id: int, expected: int) -> tuple[Row[Any], Row[Any]]:
    """Return a reply that waits, with its inquiry, which nobody else changes until the transaction ends."""
    row = await queries.reply_row(work.session, reply_id)
    sheet = await queries.hold_inquiry(work.session, row.inquiry_id)
    row = await queries.reply_row(work.session, reply_id)
    ensure_version(row.version, expected)
    if row.state != ReplyState.ENTERED:
        raise InquirySettled
    return row, sheet


async def _deny(runtime: Runtime, work: Work, sheet: Row[Any], row: Row[Any]) -> _Outcome:
    """Propose for everybody who claims the person that the income is what the reply says.

    The rules then refuse or lower the deduction by themselves. `work` is that of who entered the reply.
    """
    outcome = _Outcome()
    year = await opened_year(work.session, sheet.tax_year)
    is_decided = year.state == YearState.ASSESSED
    for claim in await _claims(work, sheet.tax_year, row.person_id):
        root = claim.path if claim.role == SPOUSE else f"dependants[{row.person_id}]"
        change = (f"{root}.total_income", row.income)
        reason = f"所得照会 {number_of(sheet)} の回答（地方税法20条の11）"
        try:
            async with trial(work.session):
                if is_decided:
                    request = Request(
                        tax_year=sheet.tax_year,
                        person_id=claim.taxpayer_id,
                        kind="dependant_denied",
                        reason=reason,
                        received_on=row.replied_on,
                        changes=dict([change]),
                    )
                    outcome.proposals.append(await correction.propose(runtime, work, request))
                else:
                    proposal = Proposal(sheet.tax_year, claim.taxpayer_id, *change, reason)
                    outcome.decisions.append(await propose_decision(work, proposal))
        except Unavailable:
            raise
        except JuminzeiError as refusal:
            outcome.refusals.append(refusal.code)
    return outcome


async def _claims(work: Work, tax_year: int, person_id: int) -> Sequence[Row[Any]]:
    """Return who claims the person as spouse or dependant today."""
    claims = await claims_on(work.session, [person_id], LATEST)
    return [one for one in claims if one.tax_year == tax_year and one.role != EMPLOYEE and one.path]


def _result_of(outcome: _Outcome) -> Result:
    if outcome.refusals:
        return Result.DENIAL_REFUSED
    return Result.DENIAL_PROPOSED if outcome.proposals or outcome.decisions else Result.NOBODY_CLAIMS
