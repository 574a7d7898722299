"""The types of identity, and the permissions that their fields ask for."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import strawberry

from core.access.permission import Permission
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from core.identity import register_queries
from core.identity.events import Events
from core.identity.identity import current_visit
from core.identity.tables import DepartmentRow, RoleRow, SessionRow, StaffRow

SIGN_IN = Permission("core.session", "sign_in")
SIGN_OUT = Permission("core.session", "sign_out")
SESSIONS = Permission("core.session", "read")
REVOKE_SESSION = Permission("core.session", "revoke")
ENROL = Permission("core.credentials", "enrol")
CHANGE_PASSWORD = Permission("core.credentials", "change")
ME = Permission("core.me", "read")
DEPARTMENT = Permission("core.department", "read")
STAFF = Permission("core.staff", "read")
STAFF_WRITE = Permission("core.staff", "write")
GRANT = Permission("core.role", "grant")
APPROVE = Permission("core.account", "approve")
"""Another administrator's proposals only: the service compares the two numbers."""


def events_of(info: Info) -> Events:
    """Return the writer of security events for this request."""
    context = info.context
    return Events(
        current_visit.get().identity.record,
        context.clock,
        info.field_name,
        context.correlation_id,
        context.origin,
        context.reason,
    )


class DepartmentByCode(Loader[str, DepartmentRow | None]):
    """The departments that an answer names, by code."""

    missing = None

    async def fetch(self, keys: Sequence[str]) -> Mapping[str, DepartmentRow | None]:
        return await register_queries.departments(self.session, keys)


class RolesByStaff(Loader[str, Sequence[RoleRow]]):
    """The roles of the people that an answer lists, by staff number."""

    missing: Sequence[RoleRow] = ()

    async def fetch(self, keys: Sequence[str]) -> Mapping[str, Sequence[RoleRow]]:
        return await register_queries.roles(self.session, keys)


@strawberry.type(description="部署")
class Department:
    """An office of the municipality."""

    code: str = column(DEPARTMENT, "部署コード")
    name: str = column(DEPARTMENT, "部署名")


@strawberry.type(description="職員に付与された役割")
class StaffRole:
    """A role given to a person, from a day until the day before `validTo`."""

    role: str = column(STAFF, "役割")
    valid_from: date = column(STAFF, "有効期間の初日")
    valid_to: date | None = column(STAFF, "有効でなくなる日（この日を含まない）")


@strawberry.type(description="職員")
class Staff:
    """A member of staff as the register knows them."""

    number: str = column(STAFF, "職員番号")
    name: str = column(STAFF, "氏名")
    valid_from: date = column(STAFF, "在籍期間の初日")
    valid_to: date | None = column(STAFF, "在籍しなくなる日（この日を含まない）")
    disabled_at: datetime | None = column(STAFF, "利用停止の日時")
    department_code: strawberry.Private[str]

    @classmethod
    def of(cls, row: StaffRow) -> "Staff":
        """Make the type of a row."""
        return cls(
            number=row.number,
            name=row.name,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            disabled_at=row.disabled_at,
            department_code=row.department,
        )

    @door(STAFF, "部署")
    async def department(self, info: Info) -> Department:
        """The person's office."""
        return await department_of(info, self.department_code)

    @door(STAFF, "役割（過去のものと取り消されたものを除く）")
    async def roles(self, info: Info) -> list[StaffRole]:
        """The roles held now or later."""
        today = info.context.clock.today()
        return [
            StaffRole(role=row.role, valid_from=row.valid_from, valid_to=row.valid_to)
            for row in await info.context.loader(RolesByStaff).load(self.number)
            if row.valid_to is None or row.valid_to > today
        ]


@strawberry.type(description="職員のセッション")
class StaffSession:
    """One sitting of a person at one terminal."""

    id: UUID = column(SESSIONS, "セッションID")
    created_at: datetime = column(SESSIONS, "サインインの日時")
    last_seen: datetime = column(SESSIONS, "最後に操作した日時（30秒以内の誤差がある）")
    ends_at: datetime = column(SESSIONS, "操作していても終わる日時")

    @classmethod
    def of(cls, row: SessionRow) -> "StaffSession":
        """Make the type of a row."""
        return cls(id=row.id, created_at=row.created_at, last_seen=row.last_seen, ends_at=row.ends_at)


async def department_of(info: Info, code: str) -> Department:
    """Return a department by its code."""
    row = await info.context.loader(DepartmentByCode).load(code)
    return Department(code=code, name=row.name if row else "")
