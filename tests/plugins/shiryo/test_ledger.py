"""The ledger balances to zero or says what does not; two people explain a difference."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from core.access.journal import Journal
from core.errors import Conflict, Invalid, SelfApproval
from core.graphql.masking import ReasonRequired
from core.work import Work
from plugins.shiryo.commands.ledger import ledger as ledger_command
from plugins.shiryo.commands.worklist import worklist as worklist_command
from plugins.shiryo.errors import ItemClosed, NothingToExplain
from plugins.shiryo.queries import ledger as queries
from plugins.shiryo.queries import work_items
from plugins.shiryo.queries.work_items import Wanted
from plugins.shiryo.service import resolving
from plugins.shiryo.service.ledger import Ledger, read_ledger
from plugins.shiryo.service.resolving import Action, Proposal
from tests.plugins.shiryo.conftest import NOW, YEAR, Someone, manifest_of, salary_file

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
OURS = ("331015",)


async def read(city: Any, year: int = YEAR) -> Ledger:
    async with city.database.read() as session:
        return await read_ledger(session, year)


async def act(city: Any, staff: str, what: Any, *arguments: Any) -> Any:
    async with city.database.transaction() as session:
        return await what(Work(session, Journal(), staff, NOW), *arguments)


async def settle(city: Any, item_id: int, proposal: Proposal) -> None:
    await act(city, "A", resolving.propose, item_id, 1, proposal)
    await act(city, "B", resolving.confirm, city.keyring, item_id, 2, OURS)


async def item_ids(city: Any) -> list[int]:
    return [row.id for row in await city.rows("SELECT id FROM shiryo.work_item ORDER BY id")]


async def test_a_clean_delivery_balances(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(TARO.report(), HANAKO.report())

    found = await read(city)

    [line] = found.lines
    assert (line.announced, line.received, line.read, line.accepted, line.attached) == (2, 2, 2, 2, 2)
    assert (line.unexplained, found.balances) == (0, True)


async def test_a_held_delivery_does_not_balance_until_two_people_explain_it(city: Any) -> None:
    files = {"315.csv": salary_file(TARO.report())}
    await city.receive(manifest_of(files, {"315.csv": 3}), files)
    await city.work()
    before = await read(city)

    [item] = await item_ids(city)
    await settle(city, item, Proposal(Action.REFUSE, "送付元に再提出を依頼した"))

    after = await read(city)
    assert [(each.held, each.refused, each.unexplained) for each in before.lines] == [(3, 0, 3)]
    assert [(each.held, each.refused, each.unexplained) for each in after.lines] == [(0, 3, 0)]


async def test_a_waiting_document_is_settled_by_attaching_it(city: Any) -> None:
    await city.settle(HANAKO)
    await city.deliver(TARO.report())
    before = await read(city)

    [item] = await item_ids(city)
    await settle(city, item, Proposal(Action.ATTACH, "本人に確認した", atena_number=f"{2:015d}"))

    assert [(each.waiting, each.unexplained) for each in before.lines] == [(1, 1)]
    assert [(each.attached, each.unexplained) for each in (await read(city)).lines] == [(1, 0)]
    assert await city.rows("SELECT person_id, method, decided_by FROM shiryo.attachment") == [
        (city.ids[2], "officer", "B")
    ]


async def test_a_waiting_document_is_settled_by_forwarding_it(city: Any) -> None:
    await city.deliver(TARO.report())

    [item] = await item_ids(city)
    await settle(city, item, Proposal(Action.FORWARD, "倉敷市に住民登録", municipality_code="332020"))

    assert [(each.forwarded, each.unexplained) for each in (await read(city)).lines] == [(1, 0)]
    assert await city.rows("SELECT municipality_code FROM shiryo.forwarding") == [("332020",)]


async def test_nothing_is_forwarded_to_ourselves(city: Any) -> None:
    await city.deliver(TARO.report())

    [item] = await item_ids(city)
    with pytest.raises(Invalid) as refused:
        await settle(city, item, Proposal(Action.FORWARD, "北区に住民登録", municipality_code="331015"))

    assert refused.value.details["rule"] == "ours"
    assert await city.rows("SELECT municipality_code FROM shiryo.forwarding") == []


async def test_a_released_document_is_attached_as_any_other(city: Any) -> None:
    await city.settle(TARO)
    wrong = "0" + TARO.number[:-1] + str((int(TARO.number[-1]) + 1) % 10)
    await city.deliver(TARO.report(my_number=wrong))

    [item] = await item_ids(city)
    await settle(city, item, Proposal(Action.RELEASE, "番号以外は原本と一致"))

    assert await city.rows("SELECT person_id, method FROM shiryo.attachment") == [(city.ids[1], "four_items")]
    assert (await read(city)).balances


async def test_nobody_confirms_their_own_proposal(city: Any) -> None:
    await city.deliver(TARO.report())
    [item] = await item_ids(city)
    await act(city, "A", resolving.propose, item, 1, Proposal(Action.EXPLAIN, "理由"))

    with pytest.raises(SelfApproval):
        await act(city, "A", resolving.confirm, city.keyring, item, 2, OURS)

    assert not (await read(city)).balances


async def test_what_was_proposed_anew_is_not_confirmed_unseen(city: Any) -> None:
    await city.deliver(TARO.report())
    [item] = await item_ids(city)
    await act(city, "A", resolving.propose, item, 1, Proposal(Action.EXPLAIN, "理由"))
    await act(
        city, "A", resolving.propose, item, 2, Proposal(Action.FORWARD, "理由", municipality_code="332020")
    )

    with pytest.raises(Conflict) as refused:
        await act(city, "B", resolving.confirm, city.keyring, item, 2, OURS)

    assert refused.value.details["currentVersion"] == 3


@pytest.mark.parametrize(
    ("proposal", "error"),
    [
        (Proposal(Action.ATTACH, "理由", atena_number="999"), Invalid),
        (Proposal(Action.FORWARD, "理由", municipality_code="33202"), Invalid),
        (Proposal(Action.EXPLAIN, "  "), ReasonRequired),
    ],
)
async def test_a_proposal_that_says_too_little_is_refused(city: Any, proposal: Proposal, error: Any) -> None:
    await city.deliver(TARO.report())
    [item] = await item_ids(city)

    with pytest.raises(error):
        await act(city, "A", resolving.propose, item, 1, proposal)


async def test_a_rejected_proposal_is_open_again_and_a_closed_item_stays_closed(city: Any) -> None:
    await city.deliver(TARO.report())
    [item] = await item_ids(city)
    await act(city, "A", resolving.propose, item, 1, Proposal(Action.EXPLAIN, "理由"))
    await act(city, "B", resolving.reject, item, 2)
    with pytest.raises(ItemClosed):
        await act(city, "B", resolving.confirm, city.keyring, item, 3, OURS)
    await act(city, "A", resolving.propose, item, 3, Proposal(Action.EXPLAIN, "理由"))
    await act(city, "B", resolving.confirm, city.keyring, item, 4, OURS)

    with pytest.raises(ItemClosed):
        await act(city, "A", resolving.propose, item, 5, Proposal(Action.EXPLAIN, "理由"))


async def test_who_sent_last_year_and_not_this_year_is_named_until_explained(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(), code="0007")
    before = await read(city, YEAR + 1)

    with pytest.raises(NothingToExplain):
        await act(city, "A", resolving.explain_gap, YEAR + 1, "0008", "廃業")
    item = await act(city, "A", resolving.explain_gap, YEAR + 1, "0007", "廃業")
    await act(city, "B", resolving.confirm, city.keyring, item, 1, OURS)

    after = await read(city, YEAR + 1)
    assert [(each.sender_code, each.code, each.unexplained) for each in before.lines] == [
        ("0007", "SENDER_MISSING", 1)
    ]
    assert after.balances


async def test_fewer_documents_than_the_summary_report_says_do_not_balance(city: Any) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(), code="0007")
    async with city.database.transaction() as session:
        assert await queries.expect(session, YEAR, "0007", "summary_report", 4, "A", NOW)
        assert not await queries.expect(session, YEAR, "0009", "officer", None, "A", NOW)

    gap = (await read(city)).lines[0]

    assert (gap.code, gap.announced, gap.unexplained) == ("DOCUMENTS_SHORT", 4, 3)


def test_the_commands_tell_what_is_open(city_in_thread: Any) -> None:
    runtime = city_in_thread(TARO.report())

    text = CliRunner().invoke(ledger_command, [], obj=runtime)
    shown = CliRunner().invoke(ledger_command, ["--year", str(YEAR), "--json"], obj=runtime)
    items = CliRunner().invoke(worklist_command, ["--json"], obj=runtime)
    summary = CliRunner().invoke(worklist_command, ["--summary"], obj=runtime)

    assert (text.exit_code, shown.exit_code, items.exit_code, summary.exit_code) == (1, 1, 0, 0)
    assert "説明のつかない差があります" in text.output
    assert json.loads(shown.output)["totals"]["unexplained"] == 1
    assert json.loads(items.output)["code"] == "PERSON_UNKNOWN"
    assert summary.output.splitlines()[1].startswith("PERSON_UNKNOWN\t(担当なし)\t1\t")
    assert "山田" not in text.output + items.output


async def test_warnings_make_one_item_for_each_file_and_code_and_block_nothing(city: Any) -> None:
    await city.settle(TARO, HANAKO)
    await city.deliver(*(each.report(category="\ue000") for each in (TARO, HANAKO)))

    async with city.database.read() as session:
        items = await work_items.list_items(session, Wanted(YEAR, is_open=True))
        waiting = await work_items.list_items(session, Wanted(YEAR, is_open=True, is_blocking=True))

    assert [(each.code, each.document_id, each.records, each.difference) for each in items] == [
        ("PRIVATE_CHARACTER", None, 2, 0)
    ]
    assert waiting == []
    assert (await read(city)).balances
