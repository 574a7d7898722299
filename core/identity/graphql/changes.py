"""Accounts, credentials and roles in GraphQL: one administrator proposes, another one decides."""

from datetime import date, datetime
from enum import Enum

import strawberry

from core.errors import Forbidden, NotFound
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.pages import Connection, connection, page_of
from core.graphql.request import INT64
from core.identity import account_queries
from core.identity.account_changes import AccountChanges, Told
from core.identity.graphql.account import register_of
from core.identity.graphql.types import APPROVE, GRANT, STAFF, STAFF_WRITE
from core.identity.register import NewStaff
from core.identity.tables import AccountChangeRow


@strawberry.enum(description="アカウントの変更の種類")
class AccountChangeKind(Enum):
    """What is proposed."""

    STAFF = strawberry.enum_value("staff", description="職員の登録")
    ENROLMENT = strawberry.enum_value("enrolment", description="利用開始コードの再発行")
    ROLE = strawberry.enum_value("role", description="役割の付与")


@strawberry.enum(description="アカウントの変更の状態")
class AccountChangeState(Enum):
    """How far it is."""

    PROPOSED = strawberry.enum_value("proposed", description="承認待ち")
    APPROVED = strawberry.enum_value("approved", description="承認済み")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")
    WITHDRAWN = strawberry.enum_value("withdrawn", description="取下げ")


@strawberry.type(description="アカウントの変更の提案")
class AccountChange:
    """What one administrator proposed and another one decides."""

    id: int = column(STAFF, "提案番号")
    kind: AccountChangeKind = column(STAFF, "種類")
    state: AccountChangeState = column(STAFF, "状態")
    staff_number: str = column(STAFF, "対象の職員番号")
    name: str | None = column(STAFF, "登録する氏名")
    department_code: str | None = column(STAFF, "登録する部署のコード")
    roles: list[str] = column(STAFF, "付与する役割")
    valid_from: date | None = column(STAFF, "有効期間の初日。空のときは承認の日")
    valid_to: date | None = column(STAFF, "有効でなくなる日（この日を含まない）")
    proposed_by: str = column(STAFF, "提案した職員の職員番号")
    proposed_at: datetime = column(STAFF, "提案の日時")
    decided_by: str | None = column(STAFF, "処理した職員の職員番号")
    decided_at: datetime | None = column(STAFF, "処理の日時")

    @classmethod
    def of(cls, row: AccountChangeRow) -> "AccountChange":
        """Make the type of a row."""
        details = row.details
        begin, end = details.get("valid_from"), details.get("valid_to")
        return cls(
            id=row.id,
            kind=AccountChangeKind(row.kind),
            state=AccountChangeState(row.state),
            staff_number=row.staff_number,
            name=details.get("name"),
            department_code=details.get("department"),
            roles=details.get("roles", []),
            valid_from=None if begin is None else date.fromisoformat(begin),
            valid_to=None if end is None else date.fromisoformat(end),
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
        )


@strawberry.type(description="提案と、利用開始コードの半分（1回だけ示す。残りの半分は相手の管理者に示す）")
class AccountTicket:
    """What one of the two administrators hands to the person, who needs both halves to enrol."""

    change: AccountChange = column(STAFF, "提案")
    code_part: str = column(APPROVE, "利用開始コードの半分（提案者に前半、承認者に後半）。役割の付与では空")


@strawberry.type
class ChangeQuery:
    """Root fields about proposals."""

    @door(STAFF, "アカウントの変更の提案（新しい順）")
    async def account_changes(
        self, info: Info, *, only_waiting: bool = True, first: int | None = None, after: str | None = None
    ) -> Connection[AccountChange]:
        """What waits for another administrator, or everything."""
        page = page_of(info, first, after, (int,))
        behind = page.after[0] if page.after else INT64.stop - 1
        rows = await account_queries.changes_page(
            info.context.read, int(str(behind)), page.size + 1, only_waiting=only_waiting
        )
        return connection(rows, page, node=AccountChange.of, key=lambda row: (row.id,))


@strawberry.type
class ChangeMutation:
    """Root fields with which two administrators give accounts, credentials and roles."""

    @door(STAFF_WRITE, "職員の登録の提案（ほかのシステム管理者が承認する）", no_store=True)
    async def propose_staff(
        self,
        info: Info,
        number: str,
        name: str,
        department: str,
        valid_from: date,
        valid_to: date | None = None,
        roles: list[str] | None = None,
    ) -> AccountTicket:
        """Propose to enter a person, with roles if the proposer may give them."""
        if roles and not info.context.actor.may(GRANT):
            raise Forbidden
        new = NewStaff(number, name, department, valid_from, valid_to)
        return await _ticket(info, await _changes(info).propose_staff(new, roles or ()))

    @door(
        STAFF_WRITE,
        "利用開始コードの再発行の提案（認証アプリの紛失など。承認されると今の認証情報は使えなくなる）",
        no_store=True,
    )
    async def propose_enrolment(self, info: Info, number: str) -> AccountTicket:
        """Propose a new enrolment code."""
        return await _ticket(info, await _changes(info).propose_enrolment(number))

    @door(GRANT, "役割の付与の提案（ほかのシステム管理者が承認する）")
    async def propose_role(
        self,
        info: Info,
        number: str,
        role: str,
        valid_from: date | None = None,
        valid_to: date | None = None,
    ) -> AccountChange:
        """Propose a role."""
        told = await _changes(info).propose_role(number, role, valid_from, valid_to)
        return await _change(info, told.change_id)

    @door(APPROVE, "ほかのシステム管理者の提案の承認。効力はこの時に生じる", no_store=True)
    async def approve_account_change(self, info: Info, id: int) -> AccountTicket:  # noqa: A002 - the API's name for it
        """Let a proposal take effect."""
        return await _ticket(info, await _changes(info).approve(id))

    @door(APPROVE, "提案の差戻し。自分の提案のときは取下げ")
    async def reject_account_change(self, info: Info, id: int) -> AccountChange:  # noqa: A002 - the API's name for it
        """Turn a proposal down, or take it back."""
        await _changes(info).reject(id)
        return await _change(info, id)


def _changes(info: Info) -> AccountChanges:
    return AccountChanges(register_of(info))


async def _change(info: Info, change_id: int) -> AccountChange:
    row = await account_queries.change(info.context.write, change_id)
    if row is None:
        raise NotFound
    return AccountChange.of(row)


async def _ticket(info: Info, told: Told) -> AccountTicket:
    return AccountTicket(change=await _change(info, told.change_id), code_part=told.code_part)
