"""Signing in and renewing access, in transactions of their own: what a refusal wrote is kept, not undone."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.access.actor import Actor, ActorKind
from core.errors import Unauthenticated
from core.identity import queries, totp
from core.identity.checks import is_number
from core.identity.errors import InvalidCredentials
from core.identity.events import Events
from core.identity.guard import NOBODY, Guard
from core.identity.identity import Identity
from core.identity.queries import Credentials
from core.identity.settings import ABSOLUTE_HOURS
from core.storage.database import WriteSession


@dataclass(frozen=True)
class SignedIn:
    """The two tokens of a session; the refresh token is told once and works once."""

    access_token: str
    refresh_token: str
    ends_at: datetime
    password_expired: bool


@dataclass(frozen=True)
class SignIn:
    """Signs one visitor in; `agent` is what the browser calls itself."""

    identity: Identity
    events: Events
    agent: str = ""

    async def sign_in(self, number: str, password: str, code: str) -> SignedIn:
        """Open a session; raises InvalidCredentials or RateLimited.

        Number, password and code are checked with the same work whether the account exists or not.
        """
        identity = self.identity
        guard = Guard(identity, self.events, number)
        await guard.take_try()
        async with identity.database.read() as session:
            found = await queries.credentials(session, number) if is_number(number) else None
        fits = await identity.hasher.verify(found and found.hash, password)
        async with identity.database.transaction() as session:
            if found is not None and fits and await self._second_factor(session, number, found, code):
                await guard.succeeded(session)
                return await self._open(session, number, found)
            await guard.failed(session, *([number] if found else []))
        raise InvalidCredentials

    async def refresh(self, refresh_token: str) -> SignedIn:
        """Change a refresh token for new tokens; this does not count as activity.

        A token that was used before was stolen from, or by, somebody: its whole session ends. Raises
        Unauthenticated or SessionExpired.
        """
        hashed = hash_of(refresh_token)
        async with self.identity.database.transaction() as session:
            found = await queries.refresh_locked(session, hashed)
            if found is None:
                raise Unauthenticated
            session_id, used_at = found
            if used_at is None:
                return await self._rotate(session, hashed, session_id)
            await self._end_stolen(session, session_id)
        self.identity.sessions.forget(session_id)
        raise Unauthenticated

    async def _rotate(self, session: WriteSession, hashed: bytes, session_id: UUID) -> SignedIn:
        identity, now = self.identity, self.identity.clock.now()
        state = await queries.session_state(session, session_id, identity.clock.today())
        if state is None:
            raise Unauthenticated
        identity.standing.check_session(state)
        new = await self._new_refresh(session, session_id, now)
        await queries.use_refresh(session, hashed, hash_of(new), now)
        access = identity.tokens.for_staff(state.number, session_id, state.ends_at)
        expired = identity.standing.password_expired(state.password_set_at)
        return SignedIn(access, new, state.ends_at, expired)

    async def _end_stolen(self, session: WriteSession, session_id: UUID) -> None:
        now = self.identity.clock.now()
        number = await queries.revoke_session(session, session_id, now, "refresh_reused")
        if number is not None:
            await self.events.write(session, NOBODY, "refresh_reused", number, result="refused")

    async def _second_factor(self, session: WriteSession, number: str, found: Credentials, code: str) -> bool:
        if not self.identity.standing.is_valid(found.validity):
            return False
        secret = self.identity.seals.open(found.secret, f"totp {number}")
        step = totp.matching_step(secret, code, self.identity.clock.now())
        return step is not None and await queries.use_step(session, number, step)

    async def _open(self, session: WriteSession, number: str, found: Credentials) -> SignedIn:
        identity, now = self.identity, self.identity.clock.now()
        ends_at = now + timedelta(hours=identity.settings[ABSOLUTE_HOURS])
        values = {
            "staff_number": number,
            "created_at": now,
            "last_seen": now,
            "ends_at": ends_at,
            "origin_mark": identity.seals.mark(self.events.origin),
            "agent_mark": identity.seals.mark(self.agent),
        }
        session_id = await queries.add_session(session, values)
        refresh = await self._new_refresh(session, session_id, now)
        await self.events.write(
            session, Actor(ActorKind.STAFF, number, session=session_id), "sign_in", number
        )
        expired = identity.standing.password_expired(found.password_set_at)
        return SignedIn(identity.tokens.for_staff(number, session_id, ends_at), refresh, ends_at, expired)

    async def _new_refresh(self, session: WriteSession, session_id: UUID, now: datetime) -> str:
        token = secrets.token_urlsafe(32)
        await queries.add_refresh(session, hash_of(token), session_id, now)
        return token


def hash_of(secret: str) -> bytes:
    """Return the hash under which a long random secret is kept; it needs no salt."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
