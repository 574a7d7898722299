"""Signing in and out, and one's own account."""

from datetime import datetime

import strawberry

from core.access.actor import ActorKind
from core.errors import Forbidden
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.identity import register_queries
from core.identity.credentials import OwnCredentials
from core.identity.graphql.types import (
    CHANGE_PASSWORD,
    ENROL,
    ME,
    SIGN_IN,
    SIGN_OUT,
    Department,
    department_of,
    events_of,
)
from core.identity.identity import current_visit
from core.identity.register import StaffRegister
from core.identity.sign_in import SignedIn, SignIn


@strawberry.type(description="サインインの結果")
class Tokens:
    """The tokens of a session. A front end renews access with the refresh token, which works once."""

    access_token: str = column(SIGN_IN, "アクセストークン（Authorization: Bearer で送る）")
    refresh_token: str = column(SIGN_IN, "リフレッシュトークン（1回だけ使える）")
    ends_at: datetime = column(SIGN_IN, "操作していてもセッションが終わる日時")
    password_expired: bool = column(SIGN_IN, "パスワードの期限切れか（期限切れなら変更だけできる）")

    @classmethod
    def of(cls, signed_in: SignedIn) -> "Tokens":
        """Make the type of what signing in gave."""
        return cls(
            access_token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            ends_at=signed_in.ends_at,
            password_expired=signed_in.password_expired,
        )


@strawberry.type(description="サインインしている職員")
class Me:
    """The person who asks, and what they may do."""

    number: str = column(ME, "職員番号")
    name: str = column(ME, "氏名")
    roles: list[str] = column(ME, "役割")
    permissions: list[str] = column(ME, "権限（対象:操作）")
    department_code: strawberry.Private[str]

    @door(ME, "部署")
    async def department(self, info: Info) -> Department:
        """The person's office."""
        return await department_of(info, self.department_code)


@strawberry.type
class AccountQuery:
    """Root fields about oneself."""

    @door(ME, "サインインしている職員")
    async def me(self, info: Info) -> Me:
        """The person who asks; raises Forbidden for a program."""
        actor = info.context.actor
        row = await register_queries.staff(info.context.read, actor.number)
        if actor.kind is not ActorKind.STAFF or row is None:
            raise Forbidden
        return Me(
            number=row.number,
            name=row.name,
            roles=sorted(subject.removeprefix("role:") for subject in actor.subjects),
            permissions=sorted(map(str, actor.grants)),
            department_code=row.department,
        )


@strawberry.type
class AccountMutation:
    """Root fields for signing in and out, and for one's own credentials. None of their answers is kept."""

    @door(SIGN_IN, "サインイン", no_store=True)
    async def sign_in(self, info: Info, staff_number: str, password: str, code: str) -> Tokens:
        """Open a session with number, password and the code of the authenticator."""
        visit = current_visit.get()
        service = SignIn(visit.identity, events_of(info), visit.agent)
        return Tokens.of(await service.sign_in(staff_number, password, code))

    @door(SIGN_IN, "アクセストークンの更新", no_store=True)
    async def refresh(self, info: Info, refresh_token: str) -> Tokens:
        """Change a refresh token for new tokens."""
        service = SignIn(current_visit.get().identity, events_of(info))
        return Tokens.of(await service.refresh(refresh_token))

    @door(SIGN_OUT, "サインアウト", no_store=True)
    async def sign_out(self, info: Info) -> bool:
        """End the session of this request."""
        await register_of(info).sign_out()
        return True

    @door(CHANGE_PASSWORD, "パスワードの変更", no_store=True)
    async def change_password(self, info: Info, current_password: str, new_password: str) -> bool:
        """Change one's password and end one's other sessions."""
        service = OwnCredentials(current_visit.get().identity, events_of(info))
        await service.change_password(info.context.actor, current_password, new_password)
        return True

    @door(ENROL, "利用開始（パスワードと認証アプリの登録）。otpauth URIは1回だけ返る", no_store=True)
    async def enrol(self, info: Info, staff_number: str, enrolment_code: str, password: str) -> str:
        """Set password and second factor by an enrolment code; the otpauth URI is told this once."""
        service = OwnCredentials(current_visit.get().identity, events_of(info))
        return await service.enrol(staff_number, enrolment_code, password)


def register_of(info: Info) -> StaffRegister:
    """Return the register in the transaction of this mutation."""
    context = info.context
    return StaffRegister(current_visit.get().identity, context.write, context.actor, events_of(info))
