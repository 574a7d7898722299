"""Deciding work items: one person proposes, another confirms exactly what was proposed (二重チェック).

The version of the item stands for what was proposed: whoever confirms names the version that they saw.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from core.errors import Invalid, NotFound, SelfApproval
from core.graphql.masking import require_reason
from core.work import Work
from plugins.atena.api import Keyring, person_ids
from plugins.shiryo.errors import ItemClosed, NothingToExplain
from plugins.shiryo.manifest import Sender
from plugins.shiryo.queries import deliveries, documents, work_items
from plugins.shiryo.service.attaching import attach
from plugins.shiryo.service.ledger import GAPS, Line, read_ledger
from plugins.shiryo.service.stated_numbers import take_numbers

JOURNAL_TYPE = "shiryo.work_item"
CODE = re.compile("[0-9]{6}", re.ASCII)
OF_DOCUMENT = frozenset({"attach", "forward", "release"})
KEY = "key"
"""The action of keyed values, which are proposed and confirmed by `keying` alone."""
KEYINGS = frozenset({work_items.CORRECTION, work_items.KEYED_DOCUMENT})
BY_KEYING = (
    "入力・訂正の提案は、原本と照合する操作（confirmKeying、juminzei key confirm）で確定してください。"
)
NO_DOCUMENT = "この作業項目には資料がないため、名寄せ・回送・保留の解除はできません。"
DROP_ALONE = "取りやめ（drop）は入力・訂正の作業項目だけに、その作業項目では取りやめだけを提案できます。"
TO_NOBODY = "名寄せ先の宛名番号（--atena-number）を指定してください。"
NOBODY = "この宛名番号の人はいません。番号を確認してください。"
TO_OURSELVES = "本市の市区町村コードには回送できません。却下して、ほかの判断を提案してください。"
SIX_DIGITS = "回送先の市区町村コードを6桁の数字で指定してください。"


class Action(StrEnum):
    """What may be proposed for a work item."""

    ATTACH = "attach"
    FORWARD = "forward"
    RELEASE = "release"
    EXPLAIN = "explain"
    REFUSE = "refuse"
    DROP = "drop"
    """Take back a correction or a keyed document: nothing comes of it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What one person proposes; `atena_number` and `municipality_code` belong to their actions."""

    action: Action
    reason: str
    atena_number: str = ""
    municipality_code: str = ""


async def assign(work: Work, item_id: int, expected: int, owner: str) -> None:
    """Give an open item to somebody (empty: to nobody); raises NotFound, Conflict, ItemClosed."""
    await open_item(work, item_id)
    await work_items.change(work.session, item_id, expected, owner=owner)
    work.journal.wrote(JOURNAL_TYPE, str(item_id), {"owner"})


async def propose(work: Work, item_id: int, expected: int, proposal: Proposal) -> None:
    """Propose a decision in the name of `work.staff`; raises NotFound, Conflict, ItemClosed, Invalid."""
    item = await open_item(work, item_id)
    require_reason(proposal.reason)
    await work_items.change(
        work.session,
        item_id,
        expected,
        state="proposed",
        proposal=await _checked(work, item, proposal),
        reason=proposal.reason,
        proposed_by=work.staff,
    )
    work.journal.wrote(JOURNAL_TYPE, str(item_id), {"proposal"})


async def confirm(work: Work, keyring: Keyring, item_id: int, expected: int, ours: Collection[str]) -> None:
    """Confirm what somebody else proposed, and let it take effect.

    Raises NotFound, Conflict, ItemClosed where nothing is proposed, SelfApproval; Invalid for keyed values,
    which are confirmed against the original alone (`keying.confirm`).
    """
    item = await proposed_item(work, item_id)
    if item.proposal["action"] == KEY:
        raise Invalid(BY_KEYING, field="itemId", rule="keying")
    await close(work, item, expected)
    await _carry_out(work, keyring, item, ours)


async def proposed_item(work: Work, item_id: int) -> Row[Any]:
    """Return an item with a proposal by somebody else; raises NotFound, ItemClosed, SelfApproval."""
    item = await _item(work, item_id)
    if item.state != "proposed":
        raise ItemClosed
    if item.proposed_by == work.staff:
        raise SelfApproval
    return item


async def open_item(work: Work, item_id: int) -> Row[Any]:
    """Return an item that is not closed; raises NotFound, ItemClosed."""
    item = await _item(work, item_id)
    if item.state == "closed":
        raise ItemClosed
    return item


async def close(work: Work, item: Row[Any], expected: int) -> None:
    """Close an item in the name of `work.staff`; raises Conflict if it is not as they saw it."""
    await work_items.change(
        work.session, item.id, expected, state="closed", closed_by=work.staff, closed_at=work.now
    )
    work.journal.wrote(JOURNAL_TYPE, str(item.id), {"state"})


async def reject(work: Work, item_id: int, expected: int) -> None:
    """Send a proposal back; whoever proposed it may do so too."""
    item = await _item(work, item_id)
    if item.state != "proposed":
        raise ItemClosed
    await work_items.change(work.session, item_id, expected, state="open")
    work.journal.wrote(JOURNAL_TYPE, str(item_id), {"state"})


async def explain_gap(work: Work, tax_year: int, sender_code: str, reason: str) -> int:
    """Propose an explanation for a sender of whom something is missing; returns the item to confirm.

    It explains the difference of today: should the figures change, the rest is unexplained again.
    """
    [item_id] = await explain_gaps(work, tax_year, [sender_code], reason)
    return item_id


async def explain_gaps(
    work: Work, tax_year: int, sender_codes: Collection[str], reason: str
) -> Sequence[int]:
    """Propose one explanation for several senders (none named: for all of whom something is missing).

    Raises NothingToExplain where a named sender has no difference, or nobody has one.
    """
    require_reason(reason)
    ledger = await read_ledger(work.session, tax_year)
    gaps = {line.sender_code: line for line in ledger.lines if line.code in GAPS and line.unexplained}
    if not gaps or not set(sender_codes) <= gaps.keys():
        raise NothingToExplain
    wanted = sender_codes or gaps
    return [await _explain(work, tax_year, line, reason) for code, line in gaps.items() if code in wanted]


async def _explain(work: Work, tax_year: int, line: Line, reason: str) -> int:
    sender = Sender(line.sender_code, line.sender_kind, line.sender_name)
    item_id = await work_items.add_item(
        work,
        tax_year=tax_year,
        sender_id=await deliveries.sender_id(work.session, sender),
        code=line.code,
        difference=line.unexplained,
        state="proposed",
        proposal={"action": Action.EXPLAIN.value},
        reason=reason,
        proposed_by=work.staff,
    )
    work.journal.wrote(JOURNAL_TYPE, str(item_id), {"proposal"})
    return item_id


async def _item(work: Work, item_id: int) -> Row[Any]:
    item = (await work_items.items_by_id(work.session, [item_id])).get(item_id)
    if item is None:
        raise NotFound
    return item


async def _checked(work: Work, item: Row[Any], proposal: Proposal) -> Mapping[str, Any]:
    """Return the proposal as it is kept."""
    kept: dict[str, Any] = {"action": proposal.action.value}
    if proposal.action in OF_DOCUMENT and item.document_id is None:
        raise Invalid(NO_DOCUMENT, field="action", rule="document")
    if (proposal.action is Action.DROP) != (item.code in KEYINGS):
        raise Invalid(DROP_ALONE, field="action", rule="keying")
    if proposal.action is Action.ATTACH:
        found = await person_ids(work.session, [proposal.atena_number])
        if not found:
            raise Invalid(NOBODY if proposal.atena_number else TO_NOBODY, field="atenaNumber", rule="unknown")
        kept["person_id"] = found[proposal.atena_number]
    if proposal.action is Action.FORWARD:
        if not CODE.fullmatch(proposal.municipality_code):
            raise Invalid(SIX_DIGITS, field="municipalityCode", rule="code")
        kept["municipality_code"] = proposal.municipality_code
    return kept


async def _carry_out(work: Work, keyring: Keyring, item: Row[Any], ours: Collection[str]) -> None:
    """Let a confirmed proposal take effect; explaining and refusing are effect enough."""
    given, document_id = item.proposal, item.document_id
    if given["action"] not in OF_DOCUMENT:
        return
    if given["action"] == Action.FORWARD and given["municipality_code"] in ours:
        raise Invalid(TO_OURSELVES, field="municipalityCode", rule="ours")
    await documents.release(work.session, document_id)
    if given["action"] == Action.RELEASE:
        rows = await documents.documents_by_id(work.session, [document_id])
        if rows[document_id].person_id is None:
            await attach(work, keyring, list(rows.values()), ours)
        return
    await documents.close_place(work.session, document_id, work.now)
    if given["action"] == Action.ATTACH:
        row = (document_id, given["person_id"], "officer", 100, ["OFFICER"], work.staff, work.now)
        await documents.add_attachments(work.session, [row])
        await take_numbers(work, keyring, [document_id])
    else:
        await documents.add_forwardings(
            work.session, [(document_id, given["municipality_code"], work.staff, work.now)]
        )
