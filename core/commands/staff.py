"""`juminzei staff` and `juminzei clients`: what an administrator does at the server's own terminal."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import click

from core.access.actor import SYSTEM
from core.commands.terminal import asked
from core.identity import client_queries, register_queries
from core.identity.clients import ClientRegister, NewClient
from core.identity.departments import read_departments
from core.identity.events import Events
from core.identity.opening import open_identity
from core.identity.register import NewStaff, StaffRegister
from core.runtime import Runtime
from core.storage.database import Database, WriteSession

T = TypeVar("T")
DAY = click.DateTime(["%Y-%m-%d"])


@dataclass(frozen=True)
class Desk:
    """One command's transaction, with the two registers."""

    session: WriteSession
    staff: StaffRegister
    clients: ClientRegister


@click.group("staff")
def staff() -> None:
    """職員と部署の登録。"""


@staff.command("create")
@click.argument("number")
@click.argument("name")
@click.argument("department")
@click.option("--role", "roles", multiple=True, help="付与する役割(繰返し可)")
@click.option("--from", "valid_from", type=DAY, help="在籍期間の初日(既定は今日)")
@click.option("--to", "valid_to", type=DAY, help="在籍しなくなる日")
@click.pass_obj
def create_staff(
    runtime: Runtime,
    number: str,
    name: str,
    department: str,
    roles: tuple[str, ...],
    valid_from: datetime | None,
    valid_to: datetime | None,
) -> None:
    """職員を登録し、利用開始コードを1回だけ表示します。"""
    begin = _day(valid_from) or runtime.clock.today()
    new = NewStaff(number, name, department, begin, _day(valid_to))

    async def work(desk: Desk) -> str:
        code = await desk.staff.create(new)
        for role in roles:
            await desk.staff.grant(number, role)
        return code

    click.echo(f"利用開始コード: {_run(runtime, 'staff create', work)}")


@staff.command("renew")
@click.argument("number")
@click.pass_obj
def renew_enrolment(runtime: Runtime, number: str) -> None:
    """利用開始コードを再発行し、1回だけ表示します。今の認証情報とセッションは使えなくなります。"""
    code = _run(runtime, "staff renew", lambda desk: desk.staff.renew_enrolment(number))
    click.echo(f"利用開始コード: {code}")


@staff.command("disable")
@click.argument("number")
@click.pass_obj
def disable_staff(runtime: Runtime, number: str) -> None:
    """職員の利用を停止します。"""
    _run(runtime, "staff disable", lambda desk: desk.staff.disable(number))


@staff.command("grant")
@click.argument("number")
@click.argument("role")
@click.option("--from", "valid_from", type=DAY, help="有効期間の初日(既定は今日)")
@click.option("--to", "valid_to", type=DAY, help="有効でなくなる日")
@click.pass_obj
def grant(
    runtime: Runtime, number: str, role: str, valid_from: datetime | None, valid_to: datetime | None
) -> None:
    """職員に役割を付与します。"""
    _run(
        runtime,
        "staff grant",
        lambda desk: desk.staff.grant(number, role, _day(valid_from), _day(valid_to)),
    )


@staff.command("list")
@click.pass_obj
def list_staff(runtime: Runtime) -> None:
    """職員の一覧(職員番号、氏名、部署、在籍期間、状態、役割)を表示します。"""

    async def work(desk: Desk) -> list[str]:
        rows = await register_queries.staff_page(desk.session, "", most=100_000)
        roles = await register_queries.roles(desk.session, [row.number for row in rows])
        return [
            "\t".join(
                (
                    row.number,
                    row.name,
                    row.department,
                    f"{row.valid_from}～{row.valid_to or ''}",
                    "停止" if row.disabled_at else "有効",
                    ",".join(role.role for role in roles.get(row.number, ())),
                )
            )
            for row in rows
        ]

    for line in _run(runtime, "staff list", work):
        click.echo(line)


@staff.command("departments")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def load_departments(runtime: Runtime, file: Path) -> None:
    """部署をCSV(code,name)から登録します。"""
    names = read_departments(file)
    _run(runtime, "staff departments", lambda desk: register_queries.put_departments(desk.session, names))


@click.group("clients")
def clients() -> None:
    """ほかの業務システムの登録。"""


@clients.command("create")
@click.argument("client_id")
@click.argument("system_id")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, help="業務ID:リソース名:操作名(繰返し可)")
@click.option("--to", "valid_to", type=DAY, help="有効でなくなる日")
@click.pass_obj
def create_client(
    runtime: Runtime,
    client_id: str,
    system_id: str,
    name: str,
    scopes: tuple[str, ...],
    valid_to: datetime | None,
) -> None:
    """業務システムを登録し、クライアントシークレットを1回だけ表示します。"""
    new = NewClient(client_id, system_id, name, scopes, runtime.clock.today(), _day(valid_to))
    secret = _run(runtime, "clients create", lambda desk: desk.clients.create(new))
    click.echo(f"クライアントシークレット: {secret}")


@clients.command("disable")
@click.argument("client_id")
@click.pass_obj
def disable_client(runtime: Runtime, client_id: str) -> None:
    """業務システムの利用を停止します。"""
    _run(runtime, "clients disable", lambda desk: desk.clients.disable(client_id))


@clients.command("list")
@click.pass_obj
def list_clients(runtime: Runtime) -> None:
    """業務システムの一覧を表示します。"""
    for row in _run(runtime, "clients list", lambda desk: client_queries.clients(desk.session)):
        state = "停止" if row.disabled_at else "有効"
        click.echo("\t".join((row.id, row.system_id, row.name, state, " ".join(row.scopes))))


def _run(runtime: Runtime, operation: str, work: Callable[[Desk], Awaitable[T]]) -> T:
    """Do the work in one transaction; a refusal becomes one line."""

    async def run(database: Database) -> T:
        identity = open_identity(runtime, database)
        events = Events(identity.record, runtime.clock, operation, str(uuid4()))
        async with database.transaction() as session:
            staff = StaffRegister(identity, session, SYSTEM, events)
            return await work(Desk(session, staff, ClientRegister(identity, session, SYSTEM, events)))

    return asked(runtime, run)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
