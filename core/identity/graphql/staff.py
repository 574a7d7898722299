"""The staff register and the sessions of others, for administrators and auditors."""

from uuid import UUID

import strawberry

from core.errors import NotFound
from core.graphql.context import Info
from core.graphql.fields import door
from core.graphql.pages import Connection, connection, page_of
from core.identity import register_queries
from core.identity.checks import is_number
from core.identity.graphql.account import register_of
from core.identity.graphql.types import (
    GRANT,
    REVOKE_SESSION,
    SESSIONS,
    STAFF,
    STAFF_WRITE,
    Staff,
    StaffSession,
)
from core.identity.tables import StaffRow


@strawberry.type
class StaffQuery:
    """Root fields about staff."""

    @door(STAFF, "職員の一覧（職員番号順）")
    async def staff(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Staff]:
        """All staff, past and present."""
        page = page_of(info, first, after, (str,))
        behind = str(page.after[0]) if page.after else ""
        rows = await register_queries.staff_page(info.context.read, behind, page.size + 1)
        return connection(rows, page, node=Staff.of, key=lambda row: (row.number,))

    @door(STAFF, "職員1人")
    async def staff_member(self, info: Info, number: str) -> Staff:
        """One member of staff."""
        return Staff.of(await _staff(info, number))

    @door(SESSIONS, "職員の終わっていないセッション（新しい順）")
    async def staff_sessions(self, info: Info, number: str) -> list[StaffSession]:
        """The sessions of a person that were not ended."""
        row = await _staff(info, number)
        now = info.context.clock.now()
        rows = await register_queries.open_sessions(info.context.read, row.number, now)
        return [StaffSession.of(each) for each in rows]


@strawberry.type
class StaffMutation:
    """Root fields that take away, at once; never about oneself."""

    @door(STAFF_WRITE, "職員の利用停止")
    async def disable_staff(self, info: Info, number: str) -> Staff:
        """Bar a person and end their sessions."""
        await register_of(info).disable(number)
        return Staff.of(await _staff(info, number))

    @door(GRANT, "役割の取消し")
    async def revoke_role(self, info: Info, number: str, role: str) -> Staff:
        """Take a role from a person, at once."""
        await register_of(info).revoke(number, role)
        return Staff.of(await _staff(info, number))

    @door(REVOKE_SESSION, "セッションの強制終了")
    async def revoke_session(self, info: Info, id: UUID) -> bool:  # noqa: A002 - the API's name for it
        """End somebody's session."""
        await register_of(info).revoke_session(id)
        return True


async def _staff(info: Info, number: str) -> StaffRow:
    row = await register_queries.staff(info.context.read, number) if is_number(number) else None
    if row is None:
        raise NotFound
    return row
