"""The staff register: who works here, with which roles. Kept by administrators, never about themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from core.access.actor import Actor
from core.errors import Invalid, NotFound
from core.identity import queries, register_queries
from core.identity.checks import NUMBER, ROLE, check, check_name
from core.identity.credentials import enrolment_hash, new_enrolment_code, spelled
from core.identity.errors import RolesExclude, SelfAdministration, StaffExists, UnknownRole
from core.identity.events import Events
from core.identity.identity import Identity
from core.storage.database import WriteSession

ENROLMENT_LASTS = timedelta(days=7)
UNGRANTABLE = frozenset({"anonymous", "staff", "password_expired"})
"""Roles that the program gives by itself."""
ADMINISTRATOR = "administrator"


@dataclass(frozen=True)
class NewStaff:
    """What is entered about a new person; `valid_to` is the first day they no longer work here."""

    number: str
    name: str
    department: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class StaffRegister:
    """Changes the register in the caller's transaction; each change is a security event."""

    identity: Identity
    session: WriteSession
    actor: Actor
    events: Events

    async def check_new(self, new: NewStaff) -> NewStaff:
        """Return what is entered about a new person, tidied. Raises Invalid or StaffExists."""
        check(NUMBER, new.number, "number")
        name = check_name(new.name, "name")
        if new.valid_to is not None and new.valid_to <= new.valid_from:
            raise Invalid(field="validTo", rule="order")
        if new.department not in await register_queries.departments(self.session, [new.department]):
            raise Invalid(field="department", rule="unknown")
        if await register_queries.staff(self.session, new.number) is not None:
            raise StaffExists
        return replace(new, name=name)

    async def create(self, new: NewStaff, code: str = "") -> str:
        """Enter a person and return their enrolment code (`code` or a new one), which is told this once.

        Raises Invalid or StaffExists.
        """
        tidy = await self.check_new(new)
        if not await register_queries.add_staff(self.session, vars(tidy)):
            raise StaffExists
        await self._event("staff_created", new.number)
        return await self._enrolment(new.number, code)

    async def renew_enrolment(self, number: str, code: str = "") -> str:
        """Return a new enrolment code, as for a lost telephone; the old credentials and sessions end."""
        await self.check_other(number)
        now = self.identity.clock.now()
        await queries.drop_totp(self.session, number)
        await queries.revoke_sessions(self.session, number, now, "enrolment_renewed")
        await self._event("enrolment_renewed", number)
        return await self._enrolment(number, code)

    async def disable(self, number: str) -> None:
        """Bar a person from now on and end their sessions. Barring twice changes nothing."""
        await self.check_other(number)
        now = self.identity.clock.now()
        if await register_queries.disable_staff(self.session, number, now):
            await queries.revoke_sessions(self.session, number, now, "disabled")
            await self._event("staff_disabled", number)

    async def check_grant(
        self, number: str, role: str, valid_from: date | None, valid_to: date | None
    ) -> Sequence[str]:
        """Return the roles that a person holds, held against others' changes, if they may get this one too.

        Raises SelfAdministration, UnknownRole, RolesExclude, Invalid or NotFound.
        """
        await self.check_other(number)
        self.check_role(role)
        if valid_to is not None and valid_to <= (valid_from or self.identity.clock.today()):
            raise Invalid(field="validTo", rule="order")
        held = await register_queries.roles_locked(self.session, number, self.identity.clock.today())
        if role not in held and ADMINISTRATOR in (role, *held) and held:
            raise RolesExclude
        return held

    async def grant(
        self, number: str, role: str, valid_from: date | None = None, valid_to: date | None = None
    ) -> None:
        """Give a role from a day on (today), until a day. A role held already is not given twice.

        Raises SelfAdministration, UnknownRole, RolesExclude, Invalid or NotFound.
        """
        if role in await self.check_grant(number, role, valid_from, valid_to):
            return
        begin = valid_from or self.identity.clock.today()
        values = {"staff_number": number, "role": role, "valid_from": begin, "valid_to": valid_to}
        by = {"granted_at": self.identity.clock.now(), "granted_by": self.actor.number}
        await register_queries.add_role(self.session, {**values, **by})
        await self._event("role_granted", number, role)

    async def revoke(self, number: str, role: str) -> None:
        """Take a role away, at once. Raises SelfAdministration or NotFound."""
        await self.check_other(number)
        check(ROLE, role, "role")
        now = self.identity.clock.now()
        if not await register_queries.end_role(self.session, number, role, now, self.actor.number):
            raise NotFound
        await self._event("role_revoked", number, role)

    async def revoke_session(self, session_id: UUID) -> None:
        """End somebody's session; raises NotFound if it has ended."""
        now = self.identity.clock.now()
        number = await queries.revoke_session(self.session, session_id, now, "administrator")
        if number is None:
            raise NotFound
        await self._event("session_revoked", number)

    async def sign_out(self) -> None:
        """End the actor's own session."""
        now = self.identity.clock.now()
        if self.actor.session is None:
            raise NotFound
        await queries.revoke_session(self.session, self.actor.session, now, "sign_out")
        await self._event("sign_out", self.actor.number)

    async def check_other(self, number: str) -> None:
        """Make sure that there is such a person and that it is not the actor."""
        check(NUMBER, number, "number")
        if number == self.actor.number:
            raise SelfAdministration
        if await register_queries.staff(self.session, number) is None:
            raise NotFound

    def check_role(self, role: str) -> None:
        """Make sure that the policy knows the role; raises UnknownRole."""
        known = ROLE.fullmatch(role) and self.identity.policy.grants([f"role:{role}"])
        if role in UNGRANTABLE or not known:
            raise UnknownRole(field="role", rule="known")

    async def _enrolment(self, number: str, code: str) -> str:
        code = code or new_enrolment_code()
        expires = self.identity.clock.now() + ENROLMENT_LASTS
        await register_queries.put_enrolment(self.session, number, enrolment_hash(code), expires)
        return spelled(code)

    async def _event(self, action: str, number: str, *fields: str) -> None:
        await self.events.write(self.session, self.actor, action, number, fields=fields)
