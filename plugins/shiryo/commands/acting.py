"""Acting as a member of staff at the terminal: sign-in, permissions and access log as in a browser."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import uuid4

import click

from core.access.actor import Actor, ActorKind
from core.access.journal import Journal
from core.access.permission import Permission
from core.commands.terminal import refusing
from core.errors import Forbidden
from core.graphql.records import Trace, records_of
from core.identity.authenticator import Authenticator
from core.identity.events import Events
from core.identity.opening import open_identity
from core.identity.settings import TERMINAL_TOKEN
from core.identity.sign_in import SignIn
from core.runtime import Runtime
from core.settings import environment
from core.storage.database import Database
from plugins.shiryo.work import Work

T = TypeVar("T")
TOKEN = TERMINAL_TOKEN.variable
Decorator = Callable[[Callable[..., None]], Callable[..., None]]


def staff_option() -> Decorator:
    """Return the option that says who acts."""
    return click.option(
        "--staff",
        metavar="NUMBER",
        help=f"操作する職員の職員番号。暗証を尋ねます。環境変数 {TOKEN} にアクセストークンがあれば不要",
    )


@dataclass(frozen=True, slots=True)
class Desk:
    """Where somebody acts at the terminal: `staff` signs in, or (None) the token of the environment does."""

    runtime: Runtime
    staff: str | None
    operation: str
    _signed_in: list[str] = field(default_factory=list, repr=False)
    """The token of a sign-in, so that a command with two deeds asks once."""

    def act(self, permission: Permission, deed: Callable[[Work], Awaitable[T]]) -> T:
        """Do one deed in one transaction; a refusal becomes one line.

        The password and the one-time code are asked for at the terminal, never taken from the command line.
        """
        given = [environment().get(TOKEN, "")] if self.staff is None else self._signed_in
        token = given[0] if given else ""
        secrets = ("", "") if token else self._ask()
        trace_id = f"{self.operation.replace(' ', '-')}-{uuid4()}"
        with refusing():
            return asyncio.run(self._run(permission, deed, trace_id, token, secrets))

    def _ask(self) -> tuple[str, str]:
        if self.staff is None:
            raise click.UsageError(f"--staff か環境変数 {TOKEN} が必要です。")
        return click.prompt("パスワード", hide_input=True, err=True), click.prompt("認証コード", err=True)

    async def _run(
        self,
        permission: Permission,
        deed: Callable[[Work], Awaitable[T]],
        trace_id: str,
        token: str,
        secrets: tuple[str, str],
    ) -> T:
        runtime = self.runtime
        async with runtime.open_database() as database:
            identity = open_identity(runtime, database)
            if not token:
                events = Events(identity.record, runtime.clock, self.operation, trace_id, "cli")
                signed_in = await SignIn(identity, events, "cli").sign_in(self.staff or "", *secrets)
                token = signed_in.access_token
                self._signed_in.append(token)
            actor = await Authenticator(identity).authenticate({"authorization": f"Bearer {token}"})
            if actor.kind is not ActorKind.STAFF or not actor.may(permission):
                raise Forbidden
            return await self._recorded(database, actor, trace_id, deed)

    async def _recorded(
        self, database: Database, actor: Actor, trace_id: str, deed: Callable[[Work], Awaitable[T]]
    ) -> T:
        journal, clock = Journal(), self.runtime.clock
        async with database.transaction() as session:
            done = await deed(Work(session, journal, actor.number, clock.now()))
            trace = Trace(clock, actor, correlation_id=trace_id, origin="cli")
            records = list(records_of(trace, self.operation, {}, journal, is_query=False))
            if records:
                await self.runtime.plugins.run("record_access", session=session, records=records)
        return done
