"""Accounts, credentials and roles are given by two administrators: one proposes, another one decides.

An administrator alone could otherwise make an account, take its enrolment code, and act as somebody else. So
nothing takes effect before another administrator approves it, and each of the two is told one half of the
enrolment code: only the person who gets both can enrol. Taking away (barring, revoking) needs no second one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core.errors import NotFound, SelfApproval
from core.identity import account_queries
from core.identity.credentials import new_code_part, spelled
from core.identity.errors import AccountChangeState, RolesExclude
from core.identity.register import ADMINISTRATOR, NewStaff, StaffRegister
from core.identity.tables import AccountChangeRow

PROPOSED = "proposed"
LASTS = timedelta(days=7)


@dataclass(frozen=True)
class Told:
    """A proposal, and the half of an enrolment code that is told to whoever just acted; empty for a role."""

    change_id: int
    code_part: str


@dataclass(frozen=True)
class AccountChanges:
    """Proposes and decides in the name of the register's actor, in the caller's transaction."""

    register: StaffRegister

    async def propose_staff(self, new: NewStaff, roles: Sequence[str] = ()) -> Told:
        """Propose to enter a person, with roles from the first day of the person on.

        Raises Invalid, StaffExists, UnknownRole or RolesExclude.
        """
        tidy = await self.register.check_new(new)
        for role in roles:
            self.register.check_role(role)
        if ADMINISTRATOR in roles and set(roles) != {ADMINISTRATOR}:
            raise RolesExclude
        details = {
            "name": tidy.name,
            "department": tidy.department,
            "valid_from": tidy.valid_from.isoformat(),
            "valid_to": _text(tidy.valid_to),
            "roles": sorted(set(roles)),
        }
        return await self._propose("staff", new.number, details, with_code=True)

    async def propose_enrolment(self, number: str) -> Told:
        """Propose a new enrolment code. Raises SelfAdministration or NotFound."""
        await self.register.check_other(number)
        return await self._propose("enrolment", number, {}, with_code=True)

    async def propose_role(
        self, number: str, role: str, valid_from: date | None = None, valid_to: date | None = None
    ) -> Told:
        """Propose a role; without a first day it begins on the day of the approval.

        Raises SelfAdministration, UnknownRole, RolesExclude, Invalid or NotFound.
        """
        await self.register.check_grant(number, role, valid_from, valid_to)
        details = {"roles": [role], "valid_from": _text(valid_from), "valid_to": _text(valid_to)}
        return await self._propose("role", number, details, with_code=False)

    async def approve(self, change_id: int) -> Told:
        """Let take effect what another administrator proposed; everything is checked again.

        Raises NotFound, SelfApproval, AccountChangeState, and what the register refuses.
        """
        row = await self._waiting(change_id)
        if row.proposed_by == self.register.actor.number:
            raise SelfApproval
        if row.proposed_at + LASTS <= self.register.identity.clock.now():
            raise AccountChangeState
        second = "" if row.code_part is None else new_code_part()
        await self._carry_out(row, second)
        await self._decide(row, "approved")
        return Told(change_id, spelled(second))

    async def reject(self, change_id: int) -> None:
        """Turn a proposal down, or take back one's own. Raises NotFound or AccountChangeState."""
        row = await self._waiting(change_id)
        is_own = row.proposed_by == self.register.actor.number
        await self._decide(row, "withdrawn" if is_own else "rejected")

    async def _propose(self, kind: str, number: str, details: dict[str, Any], *, with_code: bool) -> Told:
        register, part = self.register, new_code_part() if with_code else ""
        values = {
            "kind": kind,
            "staff_number": number,
            "details": details,
            "code_part": register.identity.seals.seal(part.encode(), _context(number)) if part else None,
            "proposed_by": register.actor.number,
            "proposed_at": register.identity.clock.now(),
        }
        change_id = await account_queries.add_change(register.session, values)
        await self._event(f"{kind}_proposed", number, details)
        return Told(change_id, spelled(part))

    async def _waiting(self, change_id: int) -> AccountChangeRow:
        row = await self.register.session.get_locked(AccountChangeRow, change_id)
        if row is None:
            raise NotFound
        if row.state != PROPOSED:
            raise AccountChangeState
        return row

    async def _carry_out(self, row: AccountChangeRow, second: str) -> None:
        register, number, details = self.register, row.staff_number, row.details
        begin, end = _day(details.get("valid_from")), _day(details.get("valid_to"))
        if row.code_part is not None:
            code = register.identity.seals.open(row.code_part, _context(number)).decode() + second
            if row.kind == "enrolment":
                await register.renew_enrolment(number, code)
            else:
                first_day = begin or register.identity.clock.today()
                new = NewStaff(number, details["name"], details["department"], first_day, end)
                await register.create(new, code)
        for role in details.get("roles", ()):
            await register.grant(number, role, begin, end)

    async def _decide(self, row: AccountChangeRow, state: str) -> None:
        register = self.register
        now = register.identity.clock.now()
        await account_queries.decide_change(register.session, row.id, state, register.actor.number, now)
        await self._event(f"account_change_{state}", row.staff_number, row.details)

    async def _event(self, action: str, number: str, details: dict[str, Any]) -> None:
        register = self.register
        fields = details.get("roles", ())
        await register.events.write(register.session, register.actor, action, number, fields=fields)


def _context(number: str) -> str:
    return f"enrolment part {number}"


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
