"""Acting as a member of staff at the terminal: sign-in, permissions and access log as in a browser."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

import click

from core.access.actor import SYSTEM, Actor, ActorKind
from core.access.journal import Journal
from core.access.permission import Permission
from core.commands.terminal import ORIGIN, asked, may_act_alone, new_trace_id, recorded
from core.errors import Forbidden
from core.identity.authenticator import Authenticator
from core.identity.events import Events
from core.identity.opening import open_identity
from core.identity.settings import TERMINAL_TOKEN
from core.identity.sign_in import SignIn
from core.runtime import Runtime
from core.settings import environment
from core.storage.database import Database, WriteSession
from core.work import Work

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
    """Where somebody acts at the terminal: `staff` signs in, or (None) the token of the environment does.

    `is_machines_too` is for what a machine's own timetable may do: where nobody signs in the system acts, in
    production only with the setting `unattended`.
    """

    runtime: Runtime
    staff: str | None
    operation: str
    is_machines_too: bool = False
    _signed_in: list[str] = field(default_factory=list, repr=False)
    """The token of a sign-in, so that a command with two deeds asks once."""

    def act(self, permission: Permission, deed: Callable[[Work], Awaitable[T]]) -> T:
        """Do one deed in one transaction; a refusal becomes one line.

        The password and the one-time code are asked for at the terminal, never taken from the command line.
        """

        async def act(database: Database) -> T:
            trace_id = new_trace_id(self.operation)
            actor = await self.actor(database, permission, trace_id)
            return await self.recorded(database, actor, deed, trace_id)

        return asked(self.runtime, act)

    async def actor(self, database: Database, permission: Permission, trace_id: str) -> Actor:
        """Return who acts; who has no token signs in. Raises Forbidden without `permission`."""
        if self._is_machine():
            return SYSTEM
        given = [environment().get(TOKEN, "")] if self.staff is None else self._signed_in
        token = (given[0] if given else "") or await self._sign_in(database, trace_id)
        identity = open_identity(self.runtime, database)
        actor = await Authenticator(identity).authenticate({"authorization": f"Bearer {token}"})
        if actor.kind is not ActorKind.STAFF or not actor.may(permission):
            raise Forbidden
        return actor

    def _is_machine(self) -> bool:
        is_nobody = self.staff is None and not environment().get(TOKEN)
        return is_nobody and self.is_machines_too and may_act_alone(self.runtime)

    async def _sign_in(self, database: Database, trace_id: str) -> str:
        if self.staff is None:
            raise click.UsageError(f"--staff か環境変数 {TOKEN} が必要です。")
        secrets = click.prompt("パスワード", hide_input=True, err=True), click.prompt("認証コード", err=True)
        identity = open_identity(self.runtime, database)
        events = Events(identity.record, self.runtime.clock, self.operation, trace_id, ORIGIN)
        signed_in = await SignIn(identity, events, ORIGIN).sign_in(self.staff, *secrets)
        self._signed_in.append(signed_in.access_token)
        return signed_in.access_token

    async def recorded(
        self, database: Database, actor: Actor, deed: Callable[[Work], Awaitable[T]], trace_id: str
    ) -> T:
        """Do one deed of who was found to act, in one transaction, with its lines in the access log."""

        async def do(session: WriteSession, journal: Journal) -> T:
            return await deed(Work(session, journal, actor.number, self.runtime.clock.now()))

        return await recorded(self.runtime, database, self.operation, do, actor, trace_id)
