"""Lock-out: tries are counted before they are checked, so that a hundred at once are a hundred.

An account, known or not, is locked by a few tries in a row without success; a network address by many
failures. Both counts start anew after the length of a lock without a try.
"""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, null, or_, select
from sqlalchemy.dialects.postgresql import insert

from core.access.actor import Actor, ActorKind
from core.errors import RateLimited
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.settings import FAILURES, LOCK_MINUTES, ORIGIN_FAILURES
from core.identity.tables import GuardRow
from core.storage.database import WriteSession

KEPT = timedelta(days=1)


class Guard:
    """Counts the tries of one visitor at one account."""

    def __init__(self, identity: Identity, events: Events, number: str) -> None:
        self._identity = identity
        self._events = events
        self._account = identity.seals.mark(f"account {number}")
        self._origin = identity.seals.mark(f"origin {events.origin}")
        self._most = identity.settings[FAILURES]
        self._most_of_origin = identity.settings[ORIGIN_FAILURES]
        self._lock = timedelta(minutes=identity.settings[LOCK_MINUTES])

    async def take_try(self) -> None:
        """Count one try and commit it; raises RateLimited if the account or the address is locked."""
        async with self._identity.database.transaction() as session:
            left = await self._left_of_origin(session)
            counted = not left and await self._count(session, self._account, self._most)
            if not left and not counted:
                left = self._lock
                await self._count(session, self._origin, self._most_of_origin)
                await self._events.write(session, NOBODY, "sign_in_refused", result="locked")
        if left:
            raise RateLimited(retryAfter=max(1, int(left.total_seconds())))

    async def failed(self, session: WriteSession, *known: str) -> None:
        """Note that the try failed; `known` holds the staff number if there is such a person."""
        await self._count(session, self._origin, self._most_of_origin)
        await self._events.write(session, NOBODY, "sign_in_refused", *known, result="refused")
        locked = await session.scalar(select(GuardRow.locked_until).where(GuardRow.key == self._account))
        if locked is not None:
            await self._events.write(session, NOBODY, "locked_out", *known, result="refused")
        old = self._identity.clock.now() - KEPT
        await session.execute(delete(GuardRow).where(GuardRow.last_at < old))

    async def succeeded(self, session: WriteSession) -> None:
        """Forget the tries of the account; those of the address stay, or its own account would clear them."""
        await session.execute(delete(GuardRow).where(GuardRow.key == self._account))

    async def _left_of_origin(self, session: WriteSession) -> timedelta:
        query = select(GuardRow.locked_until).where(GuardRow.key == self._origin)
        until: datetime | None = await session.scalar(query)
        return max(timedelta(), until - self._identity.clock.now()) if until else timedelta()

    async def _count(self, session: WriteSession, key: bytes, most: int) -> bool:
        """Count one in a single statement; False if locked already."""
        now = self._identity.clock.now()
        count = case((GuardRow.last_at <= now - self._lock, 1), else_=GuardRow.failures + 1)
        new = insert(GuardRow).values(key=key, failures=1, last_at=now)
        done = await session.execute(
            new.on_conflict_do_update(
                index_elements=[GuardRow.key],
                set_={
                    "failures": count,
                    "last_at": now,
                    "locked_until": case((count >= most, now + self._lock), else_=null()),
                },
                where=or_(GuardRow.locked_until.is_(None), GuardRow.locked_until <= now),
            ).returning(GuardRow.failures)
        )
        return bool(done.scalars().all())


NOBODY = Actor(ActorKind.ANONYMOUS, "", subjects=frozenset({"role:anonymous"}))
