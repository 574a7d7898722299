"""`juminzei key correct | document | confirm`: values keyed by one officer, confirmed by another one.

Values come from a file or a pipe, never from the command line, where others on the machine could read them.
"""

import json
from typing import Any, TextIO

import click

from core.commands.desk import Desk, staff_option
from core.errors import Invalid
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import open_keyring
from plugins.shiryo.manifest import CHANNELS, SENDER_KINDS, Sender
from plugins.shiryo.permissions import ORIGINAL, WORK_CONFIRM, WORK_WRITE
from plugins.shiryo.queries import keying as queries
from plugins.shiryo.service import keying, resolving
from plugins.shiryo.service.compared import Compared, compared
from plugins.shiryo.service.hiding import hidden_among
from plugins.shiryo.service.intake import OUR_CODES
from plugins.shiryo.service.keying import Paper

VALUES = click.argument("values", metavar="VALUES.json", type=click.File(encoding="utf-8"))
REASON = click.option("--reason", required=True, help="理由。記録に残ります")


@click.group("key")
def key() -> None:
    """資料の入力と訂正。ほかの職員が原本と照合して確定するまで、賦課には使いません。"""


@key.command("correct")
@click.argument("document", type=int)
@VALUES
@REASON
@click.option("--again", type=int, metavar="VERSION", help="差戻し後に出し直すとき、作業項目の版")
@staff_option()
@click.pass_obj
def correct(
    runtime: Runtime, document: int, values: TextIO, reason: str, again: int | None, staff: str | None
) -> None:
    """資料の項目の訂正を提案します。

    VALUES.json は {"項目名": "新しい値"}(- で標準入力)。空の値は項目を空にします。
    """
    changes, keyring = _read(values), open_keyring(runtime.settings)

    async def deed(work: Work) -> int:
        return await keying.propose_correction(work, keyring, document, changes, reason, again)

    _proposed(Desk(runtime, staff, "key correct").act(WORK_WRITE, deed))


@key.command("document")
@VALUES
@REASON
@click.option("--year", type=int, required=True, help="課税年度(西暦)")
@click.option("--kind", required=True, help="資料の種類(resident_returnなど)")
@click.option("--sender", required=True, metavar="CODE", help="提出者・送付元のコード")
@click.option("--sender-name", required=True, metavar="NAME", help="提出者・送付元の名称")
@click.option(
    "--sender-kind",
    type=click.Choice(SENDER_KINDS),
    default="counter",
    show_default=True,
    help="送付元の区分",
)
@click.option("--channel", type=click.Choice(CHANNELS), default="counter", show_default=True, help="受付経路")
@click.option("--layout-version", help="様式の版。省略すると課税年度から決まる")
@staff_option()
@click.pass_obj
def document(
    runtime: Runtime,
    /,
    values: TextIO,
    reason: str,
    staff: str | None,
    layout_version: str | None,
    **paper: Any,
) -> None:
    """紙の資料を入力します。VALUES.json は {"項目名": "値"}(- で標準入力)。"""
    given, keyring = _read(values), open_keyring(runtime.settings)
    sender = Sender(paper["sender"], paper["sender_kind"], paper["sender_name"])
    keyed = Paper(paper["year"], sender, paper["channel"], paper["kind"], layout_version)

    async def deed(work: Work) -> int:
        return await keying.propose_document(work, keyring, keyed, given, reason)

    _proposed(Desk(runtime, staff, "key document").act(WORK_WRITE, deed))


@key.command("confirm")
@click.argument("item", type=int)
@staff_option()
@click.pass_obj
def confirm(runtime: Runtime, item: int, staff: str | None) -> None:
    """ほかの職員の入力を示します。原本と比べ、番号をもう一度入力して確定します。"""
    keyring = open_keyring(runtime.settings)
    desk = Desk(runtime, staff, "key confirm")

    async def look(work: Work) -> tuple[int, list[Compared]]:
        found = await resolving.proposed_item(work, item)
        attempts = (await queries.of_items(work.session, [item])).get(item, ())
        if not attempts:
            raise Invalid(field="item", rule="keying")
        work.journal.saw("shiryo.keying", str(attempts[0].id))
        about = [attempts[0].document_id] if attempts[0].document_id is not None else []
        hides = bool(await hidden_among(work.session, about, work.today))
        return found.version, await compared(work.session, keyring, attempts[0], hides_places=hides)

    version, items = desk.act(ORIGINAL, look)
    for each in items:
        mark = "*" if each.is_changed else " "
        click.echo(f"{mark} {each.label} [{each.name}]\t{each.before or '-'}\t→ {each.after or '-'}")
    numbers = {each.name: _number(each) for each in items if each.must_retype}
    click.confirm("原本と一致していますか", abort=True, err=True)

    async def deed(work: Work) -> int:
        ours = runtime.settings[OUR_CODES]
        return await keying.confirm(work, keyring, item, version, numbers, ours)

    made = desk.act(WORK_CONFIRM, deed)
    click.echo(f"確定しました。資料番号 {made}")


def _number(each: Compared) -> str:
    typed: str = click.prompt(f"{each.label}（原本の番号）", hide_input=True, err=True)
    return typed


def _read(values: TextIO) -> dict[str, str]:
    try:
        given = json.load(values)
    except ValueError:
        raise click.UsageError("VALUES.json をJSONとして読めません。") from None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise click.UsageError('VALUES.json は {"項目名": "値"} の形で、値はすべて文字列で書いてください。')
    return given


def _proposed(item: int) -> None:
    click.echo(f"提案しました。作業番号 {item}。ほかの職員が juminzei key confirm {item} で確定します。")
