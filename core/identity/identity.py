"""What the parts of identity share: the database, the policy, the clock, the keys, two short memories."""

from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from core.access.policy import Policy
from core.clock import Clock
from core.identity import client_queries, queries
from core.identity.client_queries import ClientState
from core.identity.events import Recorder
from core.identity.keys import SealKeys, seal_keys, signing_keys
from core.identity.memory import ShortMemory
from core.identity.passwords import Hasher
from core.identity.queries import SessionState
from core.identity.standing import Standing
from core.identity.tokens import AccessTokens
from core.settings import Settings
from core.storage.database import Database


class Identity:
    """Made once per process. Raises StartError when a key is missing or unreadable."""

    def __init__(
        self, database: Database, policy: Policy, clock: Clock, settings: Settings, record: Recorder
    ) -> None:
        self.database = database
        self.policy = policy
        self.clock = clock
        self.settings = settings
        self.record = record
        self.seals: SealKeys = seal_keys(settings)
        self.tokens = AccessTokens(settings, clock, signing_keys(settings))
        self.hasher = Hasher(settings)
        self.standing = Standing(settings, clock)
        self.sessions = ShortMemory(self._session_state)
        self.clients = ShortMemory(self._client_state)

    async def _session_state(self, session_id: UUID) -> SessionState | None:
        async with self.database.read() as session:
            return await queries.session_state(session, session_id, self.clock.today())

    async def _client_state(self, client_id: str) -> ClientState | None:
        async with self.database.read() as session:
            return await client_queries.client_state(session, client_id)


@dataclass(frozen=True)
class Visit:
    """The request that is being answered: the identity that serves it, and what the browser calls itself."""

    identity: Identity
    agent: str


current_visit: ContextVar[Visit] = ContextVar("current_visit")
"""Set by the Authenticator for the rest of the request's task; how the GraphQL fields find their Identity."""
