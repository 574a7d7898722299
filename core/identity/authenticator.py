"""From the headers of a request to the one who acts: the only door for tokens, asked at every request."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from core.access.actor import Actor, ActorKind
from core.errors import Unauthenticated
from core.identity import queries
from core.identity.identity import Identity, Visit, current_visit
from core.identity.queries import SessionState
from core.identity.tokens import ClientToken, StaffToken

SEEN_SECONDS = 30
"""How often `last_seen` is written. The idle limit may therefore strike up to so much early, never late."""
MOST_REMEMBERED = 10_000


class Authenticator:
    """Finds the actor of a request.

    What is looked up is at most half a second old, so signing out, disabling a person and taking a role
    away work within a second in every process.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._clock = identity.clock
        self._anonymous = self._actor(ActorKind.ANONYMOUS, "", {"role:anonymous"})
        self._read: dict[str, StaffToken | ClientToken] = {}
        self._seen: dict[UUID, datetime] = {}

    async def authenticate(self, headers: Mapping[str, str]) -> Actor:
        """Return the actor; nobody if no token is sent. `headers` has lower-case names (or ignores case).

        Raises Unauthenticated for any token that does not hold here and now, SessionExpired for one whose
        session was idle or lasted too long. A request with `X-Background: true` does not count as activity,
        nor does a stream of events, which asks again and again by itself.
        """
        current_visit.set(Visit(self._identity, headers.get("user-agent", "")))
        given = headers.get("authorization")
        if given is None:
            return self._anonymous
        token = self._token(given)
        if isinstance(token, ClientToken):
            return await self._client(token)
        return await self._staff(token, background=_is_background(headers))

    def _token(self, header: str) -> StaffToken | ClientToken:
        """Read the token; one that was verified a moment ago is not verified again."""
        known = self._read.get(header)
        if known is None:
            scheme, _, token = header.partition(" ")
            if scheme.lower() != "bearer":
                raise Unauthenticated
            known = self._identity.tokens.read(token)
            if len(self._read) >= MOST_REMEMBERED:
                self._read.clear()
            self._read[header] = known
        if not self._identity.tokens.still_valid(known.expires):
            raise Unauthenticated
        return known

    async def _staff(self, token: StaffToken, *, background: bool) -> Actor:
        state = await self._identity.sessions.get(token.session)
        if state is None or state.number != token.number:
            raise Unauthenticated
        self._identity.standing.check_session(state)
        if not background:
            await self._note_activity(token.session, state.last_seen)
        return self._actor(
            ActorKind.STAFF, state.number, self._subjects(state), state.department, token.session
        )

    def _subjects(self, state: SessionState) -> set[str]:
        """Name the policy's subjects: always with a prefix, never the person's number."""
        if self._identity.standing.password_expired(state.password_set_at):
            return {"role:password_expired"}
        return {"role:staff", *(f"role:{role}" for role in state.roles or ())}

    async def _note_activity(self, session_id: UUID, last_seen: datetime) -> None:
        now = self._clock.now()
        if now - max(last_seen, self._seen.get(session_id, last_seen)) < timedelta(seconds=SEEN_SECONDS):
            return
        if len(self._seen) >= MOST_REMEMBERED:
            self._seen.clear()
        # noted before it is written, so that requests side by side do not all write it
        self._seen[session_id] = now
        async with self._identity.database.transaction() as session:
            await queries.touch_session(session, session_id, now)
        self._identity.sessions.forget(session_id)

    async def _client(self, token: ClientToken) -> Actor:
        state = await self._identity.clients.get(token.client)
        if state is None or not self._identity.standing.is_valid(state.validity):
            raise Unauthenticated
        scopes = token.scopes.intersection(state.scopes)
        return self._actor(ActorKind.CLIENT, state.id, {f"scope:{scope}" for scope in scopes})

    def _actor(
        self,
        kind: ActorKind,
        number: str,
        subjects: set[str],
        department: str = "",
        session: UUID | None = None,
    ) -> Actor:
        grants = self._identity.policy.grants(subjects)
        return Actor(kind, number, department, session, frozenset(subjects), grants)


def _is_background(headers: Mapping[str, str]) -> bool:
    return headers.get("x-background", "").lower() == "true" or "text/event-stream" in headers.get(
        "accept", ""
    )
