"""`juminzei enrol`, `sign-in`, `change-password`: what people do about their own account at a terminal."""

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import uuid4

import click

from core.commands.terminal import ORIGIN, asked
from core.identity.authenticator import Authenticator
from core.identity.credentials import OwnCredentials
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.opening import open_identity
from core.identity.settings import TERMINAL_TOKEN, TOKEN_MINUTES
from core.identity.sign_in import SignedIn, SignIn
from core.runtime import Runtime
from core.storage.database import Database

T = TypeVar("T")
NUMBER = click.argument("number", metavar="職員番号")
Deed = Callable[[Identity, Events], Awaitable[T]]


@click.command("enrol")
@NUMBER
@click.pass_obj
def enrol(runtime: Runtime, number: str) -> None:
    """利用を開始します: 利用開始コードでパスワードを決め、認証アプリの鍵を受け取ります。"""
    code = click.prompt("利用開始コード", err=True)
    password = _new_password()

    async def deed(identity: Identity, events: Events) -> str:
        return await OwnCredentials(identity, events).enrol(number, code, password)

    click.echo(f"認証アプリに登録してください（この表示は1回だけです）:\n{_do(runtime, 'enrol', deed)}")


@click.command("sign-in")
@NUMBER
@click.pass_obj
def sign_in(runtime: Runtime, number: str) -> None:
    """サインインし、アクセストークンを標準出力に表示します。"""
    password, code = _secrets()

    async def deed(identity: Identity, events: Events) -> SignedIn:
        return await SignIn(identity, events, ORIGIN).sign_in(number, password, code)

    signed_in = _do(runtime, "sign-in", deed)
    click.echo(signed_in.access_token)
    minutes = runtime.settings[TOKEN_MINUTES]
    click.echo(f"環境変数 {TERMINAL_TOKEN.variable} に入れて使います。{minutes} 分間有効です。", err=True)
    if signed_in.password_expired:
        click.echo("パスワードの期限が切れています。juminzei change-password で変更してください。", err=True)


@click.command("change-password")
@NUMBER
@click.pass_obj
def change_password(runtime: Runtime, number: str) -> None:
    """自分のパスワードを変更します。"""
    password, code = _secrets()
    new = _new_password()

    async def deed(identity: Identity, events: Events) -> None:
        signed_in = await SignIn(identity, events, ORIGIN).sign_in(number, password, code)
        headers = {"authorization": f"Bearer {signed_in.access_token}"}
        actor = await Authenticator(identity).authenticate(headers)
        await OwnCredentials(identity, events).change_password(actor, password, new)

    _do(runtime, "change-password", deed)
    click.echo("パスワードを変更しました。")


def _secrets() -> tuple[str, str]:
    """Ask for what is never taken from the command line, where others could read it."""
    return click.prompt("パスワード", hide_input=True, err=True), click.prompt("認証コード", err=True)


def _new_password() -> str:
    """Ask twice; click's own way tells in English that the two differ."""
    while True:
        new: str = click.prompt("新しいパスワード", hide_input=True, err=True)
        if new == click.prompt("新しいパスワード（もう一度）", hide_input=True, err=True):
            return new
        click.echo("2回の入力が一致しません。もう一度入力してください。", err=True)


def _do(runtime: Runtime, operation: str, deed: Deed[T]) -> T:
    """Do one deed; a refusal becomes one line."""

    async def run(database: Database) -> T:
        identity = open_identity(runtime, database)
        events = Events(identity.record, runtime.clock, operation, str(uuid4()), ORIGIN)
        return await deed(identity, events)

    return asked(runtime, run)
