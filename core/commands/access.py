"""`juminzei access review`: who may what, since when, by whom, and when they last used it."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import click

from core.access.actor import SYSTEM
from core.clock import JAPAN
from core.commands.terminal import ORIGIN, asked
from core.identity import register_queries
from core.identity.events import Events
from core.identity.opening import open_identity
from core.identity.tables import RoleRow, StaffRow, Validity
from core.runtime import Runtime
from core.storage.database import Database, WriteSession

MOST = 100_000
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = "利用なし"
NO_ROLE = "役割なし"
DISABLED, NOT_NOW, VALID = "停止", "期間外", "有効"


@click.group("access")
def access() -> None:
    """アクセス権限の見直し。"""


@access.command("review")
@click.option("--idle", type=click.IntRange(1), metavar="DAYS", help="この日数の間、利用していない者だけ")
@click.option(
    "--json", "as_json", is_flag=True, help="プログラム向けに、1行に1つのJSONですべての権限とともに出力"
)
@click.pass_obj
def review(runtime: Runtime, idle: int | None, *, as_json: bool) -> None:
    """職員と役割の一覧を、付与した者・状態・最後の利用日・権限の数とともに表示します。

    役割のない職員も「役割なし」として表示します。利用者の登録だけが残っていないか確認してください。
    3か月ごとの見直しに使います。表示したことはアクセス記録に残ります。
    """
    since = None if idle is None else runtime.clock.now() - timedelta(days=idle)
    for item in asked(runtime, lambda database: _reviewed(runtime, database, since)):
        said = item | {"role": item["role"] or NO_ROLE, "permissions": len(item["permissions"])}
        click.echo(json.dumps(item, ensure_ascii=False) if as_json else "\t".join(map(str, said.values())))


async def _reviewed(runtime: Runtime, database: Database, since: datetime | None) -> list[dict[str, Any]]:
    identity = open_identity(runtime, database)
    events = Events(identity.record, runtime.clock, "access review", str(uuid4()), ORIGIN)
    async with database.transaction() as session:
        await events.write(session, SYSTEM, "access_reviewed")
        return await _items(runtime, session, since)


async def _items(runtime: Runtime, session: WriteSession, since: datetime | None) -> list[dict[str, Any]]:
    people = await register_queries.staff_page(session, "", MOST)
    numbers = [one.number for one in people]
    roles = await register_queries.roles(session, numbers)
    names = await register_queries.departments(session, sorted({one.department for one in people}))
    used = await register_queries.last_seen(session, numbers)
    return [
        _item(runtime, one, names[one.department].name, role, used.get(one.number))
        for one in people
        if since is None or used.get(one.number, BEGINNING) < since
        for role in roles.get(one.number) or (None,)
    ]


def _item(
    runtime: Runtime, one: StaffRow, department: str, role: RoleRow | None, last: datetime | None
) -> dict[str, Any]:
    """Say one line of a review; who has no role keeps an account, with the days for which it is valid."""
    today, span = runtime.clock.today(), role or one
    is_now = _holds(one, today) and _holds(span, today)
    return {
        "number": one.number,
        "name": one.name,
        "department": department,
        "role": role.role if role else "",
        "valid": f"{span.valid_from}～{span.valid_to or ''}",
        "granted": f"{role.granted_by} {role.granted_at.astimezone(JAPAN):%Y-%m-%d}" if role else "",
        "state": DISABLED if one.disabled_at else VALID if is_now else NOT_NOW,
        "last_used": NEVER if last is None else f"{last.astimezone(JAPAN):%Y-%m-%d}",
        "permissions": sorted(map(str, runtime.policy.grants([f"role:{role.role}"]))) if role else [],
    }


def _holds(row: Validity, today: date) -> bool:
    return row.valid_from <= today and (row.valid_to is None or today < row.valid_to)
