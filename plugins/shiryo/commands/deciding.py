"""`juminzei worklist assign | propose | confirm | refuse | explain-gaps`: deciding items at the terminal.

One at a time by number, or all open ones of a code with one reason: a city has hundreds. What one person
proposes, another confirms, each with their own sign-in.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import click
from sqlalchemy import Row

from core.commands.desk import Decorator, Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import open_keyring
from plugins.shiryo.commands.asking import ask
from plugins.shiryo.commands.showing import aim_of
from plugins.shiryo.permissions import WORK_CONFIRM, WORK_WRITE
from plugins.shiryo.queries import work_items
from plugins.shiryo.queries.work_items import Wanted
from plugins.shiryo.service import resolving
from plugins.shiryo.service.following import what_follows
from plugins.shiryo.service.intake import OUR_CODES
from plugins.shiryo.service.resolving import Action, Proposal

Items = Sequence[Row[Any]]
TO_WHOM = "名寄せ先の個人は、確定の前に juminzei worklist show 作業番号 で確かめてください。"
"""A person is shown to who signed in, and enters the access log; a list of proposals is not."""


def _selecting(command: Callable[..., None]) -> Callable[..., None]:
    """Add what says which items are meant: numbers, or a code within a year, or a sender."""
    decorators: list[Decorator] = [
        click.pass_obj,
        staff_option(),
        click.option("--sender", metavar="CODE", help="送付元のコード"),
        click.option("--code", help="コードが同じ項目すべて(NAMESAKEなど)"),
        click.option("--year", type=int, help="課税年度(西暦)"),
        click.argument("ids", nargs=-1, type=int),
    ]
    return reduce(lambda done, decorate: decorate(done), decorators, command)


@click.command("assign")
@click.option("--to", "owner", required=True, metavar="STAFF", help="担当の職員番号。空文字で担当なし")
@_selecting
def assign(runtime: Runtime, staff: str | None, owner: str, **selection: Any) -> None:
    """作業項目の担当を決めます。"""

    async def deed(work: Work) -> int:
        items = await _items(work, selection)
        for item in items:
            await resolving.assign(work, item.id, item.version, owner)
        return len(items)

    _say(Desk(runtime, staff, "worklist assign").act(WORK_WRITE, deed), "担当を決めました")


@click.command("propose")
@click.option("--action", type=click.Choice([action.value for action in Action]), required=True, help="処理")
@click.option("--reason", required=True, help="理由。記録に残ります")
@click.option("--atena-number", default="", help="名寄せ先の宛名番号(attach)")
@click.option("--municipality", default="", help="回送先の市区町村コード6桁(forward)")
@_selecting
def propose(
    runtime: Runtime,
    staff: str | None,
    action: str,
    reason: str,
    atena_number: str,
    municipality: str,
    **selection: Any,
) -> None:
    """作業項目の処理を提案します。ほかの職員が confirm すると確定します。"""
    proposal = Proposal(Action(action), reason, atena_number, municipality)

    async def deed(work: Work) -> int:
        items = await _items(work, selection)
        for item in items:
            await resolving.propose(work, item.id, item.version, proposal)
        return len(items)

    _say(Desk(runtime, staff, "worklist propose").act(WORK_WRITE, deed), "提案しました")


@click.command("explain-gaps")
@click.argument("senders", nargs=-1, metavar="[SENDER]…")
@click.option("--year", type=int, required=True, help="課税年度(西暦)")
@click.option("--reason", required=True, help="理由。記録に残ります")
@staff_option()
@click.pass_obj
def explain_gaps(
    runtime: Runtime, senders: tuple[str, ...], year: int, reason: str, staff: str | None
) -> None:
    """未着・不足の送付元について、今の差の説明を提案します。送付元を省くと、差のあるすべての送付元。"""

    async def deed(work: Work) -> int:
        return len(await resolving.explain_gaps(work, year, senders, reason))

    _say(Desk(runtime, staff, "worklist explain-gaps").act(WORK_WRITE, deed), "説明を提案しました")


@click.command("confirm")
@click.option("--yes", is_flag=True, help="一覧を表示したあと、尋ねずに確定する")
@_selecting
def confirm(runtime: Runtime, staff: str | None, *, yes: bool, **selection: Any) -> None:
    """ほかの職員の提案を一覧で示し、確認のうえ確定します。一覧のあとで変わった提案は確定しません。"""
    items = _proposals(runtime, selection)
    if not yes:
        click.confirm(f"{len(items):,} 件を確定しますか", abort=True, err=True)

    keyring, ours = open_keyring(runtime.settings), runtime.settings[OUR_CODES]

    async def deed(work: Work) -> int:
        for item in items:
            await resolving.confirm(work, keyring, item.id, item.version, ours)
        return len(items)

    _say(Desk(runtime, staff, "worklist confirm").act(WORK_CONFIRM, deed), "確定しました")
    for said in sorted({what_follows(item.proposal["action"], "closed") for item in items} - {""}):
        click.echo(said)


@click.command("refuse")
@_selecting
def refuse(runtime: Runtime, staff: str | None, **selection: Any) -> None:
    """提案を差し戻します。項目は未処理に戻ります。"""
    items = _proposals(runtime, selection)

    async def deed(work: Work) -> int:
        for item in items:
            await resolving.reject(work, item.id, item.version)
        return len(items)

    _say(Desk(runtime, staff, "worklist refuse").act(WORK_CONFIRM, deed), "差し戻しました")


async def _items(work: Work, selection: dict[str, Any]) -> Items:
    """Return the items that are meant: those that nobody has proposed anything for, or those named."""
    wanted = _wanted(selection, None if selection["ids"] else "open")
    return await work_items.list_items(work.session, wanted)


def _proposals(runtime: Runtime, selection: dict[str, Any]) -> Items:
    """Show the proposals that are meant, with the versions that will be confirmed."""
    wanted = _wanted(selection, "proposed")
    items = ask(runtime, lambda session: work_items.list_items(session, wanted))
    if not items:
        raise click.ClickException("指定された項目に、確認を待っている提案はありません。 (NOTHING_PROPOSED)")
    for item in items:
        cells = (item.id, item.code, item.records, aim_of(item.proposal), item.proposed_by, item.reason)
        click.echo("\t".join(str(cell) for cell in cells))
    if any("person_id" in item.proposal for item in items):
        click.echo(TO_WHOM, err=True)
    return items


def _wanted(selection: dict[str, Any], state: str | None) -> Wanted:
    ids, code, sender = selection["ids"], selection["code"], selection["sender"]
    if not ids and code is None and sender is None:
        raise click.UsageError("作業番号、--code、--sender のどれかで項目を指定してください。")
    return Wanted(selection["year"], state, code=code, sender_code=sender, ids=ids or None, is_open=True)


def _say(count: int, done: str) -> None:
    click.echo(f"{count:,} 件 {done}。")
