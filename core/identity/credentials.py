"""Setting and changing one's own password and second factor."""

import secrets
from dataclasses import dataclass

from core.access.actor import Actor, ActorKind
from core.errors import Unauthenticated
from core.identity import queries, totp
from core.identity.checks import is_number
from core.identity.errors import InvalidCredentials, ReusedPassword
from core.identity.events import Events
from core.identity.guard import Guard
from core.identity.identity import Identity
from core.identity.passwords import HISTORY, check_strength
from core.identity.settings import ISSUER
from core.identity.sign_in import hash_of
from core.storage.database import WriteSession

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
GROUP = 5


def new_code_part() -> str:
    """Return half of an enrolment code, 50 bits: two administrators hand over one each."""
    return "".join(secrets.choice(LETTERS) for _ in range(2 * GROUP))


def new_enrolment_code() -> str:
    """Return a whole one-time code."""
    return new_code_part() + new_code_part()


def spelled(code: str) -> str:
    """Return a code, or a part of it, in groups that can be read out."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def enrolment_hash(code: str) -> bytes:
    """Return the hash of a code as typed: hyphens, blanks and small letters do not matter."""
    return hash_of(code.replace("-", "").replace(" ", "").upper())


@dataclass(frozen=True)
class OwnCredentials:
    """What people do about their own credentials. Wrong guesses count towards the lock-out."""

    identity: Identity
    events: Events

    async def enrol(self, number: str, code: str, password: str) -> str:
        """Set password and second factor by the code from an administrator; return the otpauth URI, once.

        Raises InvalidCredentials, WeakPassword, ReusedPassword (the code then stays good) or RateLimited.
        """
        check_strength(password, number)
        guard = Guard(self.identity, self.events, number)
        await guard.take_try()
        hashed = await self.identity.hasher.hash(password)
        async with self.identity.database.transaction() as session:
            now = self.identity.clock.now()
            if is_number(number) and await queries.use_enrolment(session, number, enrolment_hash(code), now):
                await guard.succeeded(session)
                return await self._equip(session, number, password, hashed)
            await guard.failed(session)
        raise InvalidCredentials

    async def change_password(self, actor: Actor, current: str, new: str) -> None:
        """Change the actor's password and end their other sessions.

        Raises InvalidCredentials, WeakPassword, ReusedPassword or RateLimited.
        """
        if actor.kind is not ActorKind.STAFF or actor.session is None:
            raise Unauthenticated
        check_strength(new, actor.number)
        guard = Guard(self.identity, self.events, actor.number)
        await guard.take_try()
        async with self.identity.database.read() as session:
            found = await queries.credentials(session, actor.number)
        fits = await self.identity.hasher.verify(found and found.hash, current)
        async with self.identity.database.transaction() as session:
            if fits:
                await guard.succeeded(session)
            else:
                await guard.failed(session, actor.number)
        if not fits:
            raise InvalidCredentials
        async with self.identity.database.transaction() as session:
            await self._refuse_reuse(session, actor.number, new)
            await self._replace(session, actor, await self.identity.hasher.hash(new))
        self.identity.sessions.forget(actor.session)

    async def _replace(self, session: WriteSession, actor: Actor, hashed: str) -> None:
        now = self.identity.clock.now()
        await queries.add_password(session, actor.number, hashed, now)
        await queries.revoke_sessions(session, actor.number, now, "password_changed", keep=actor.session)
        await self.events.write(session, actor, "password_changed", actor.number)

    async def _equip(self, session: WriteSession, number: str, password: str, hashed: str) -> str:
        await self._refuse_reuse(session, number, password)
        now, secret = self.identity.clock.now(), totp.new_secret()
        await queries.add_password(session, number, hashed, now)
        await queries.set_totp(session, number, self.identity.seals.seal(secret, f"totp {number}"))
        await queries.revoke_sessions(session, number, now, "enrolled")
        await self.events.write(session, Actor(ActorKind.STAFF, number), "enrolled", number)
        return totp.uri(secret, self.identity.settings[ISSUER], number)

    async def _refuse_reuse(self, session: WriteSession, number: str, password: str) -> None:
        for hashed in await queries.password_hashes(session, number, HISTORY):
            if await self.identity.hasher.verify(hashed, password):
                raise ReusedPassword
