"""Programs of other systems: registration, assertions (`client_secret_jwt`, RFC 7523), tokens."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import jwt

from core.access.actor import Actor, ActorKind
from core.errors import NotFound, Unauthenticated
from core.identity import client_queries
from core.identity.checks import CLIENT, SYSTEM, check, check_name, check_scopes
from core.identity.client_queries import ClientState
from core.identity.errors import ClientExists
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.settings import TOKEN_URL
from core.identity.tokens import UNTIMED, ClientToken, check_times
from core.storage.database import WriteSession

ASSERTION_LASTS = timedelta(minutes=5)
MOST_BYTES = 4096
JTI_LENGTH = range(8, 129)
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "jti"]


@dataclass(frozen=True)
class NewClient:
    """What is entered about a program; `system_id` is its 業務ID, with which each scope begins."""

    id: str
    system_id: str
    name: str
    scopes: Sequence[str]
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True)
class ClientRegister:
    """Registers programs in the caller's transaction; each change is a security event."""

    identity: Identity
    session: WriteSession
    actor: Actor
    events: Events

    async def create(self, new: NewClient) -> str:
        """Register a program and return its secret (43 characters, 256 bits), which is told this once."""
        check(CLIENT, new.id, "id")
        check(SYSTEM, new.system_id, "systemId")
        values = {**vars(new), "name": check_name(new.name, "name")}
        values["scopes"] = check_scopes(new.system_id, new.scopes)
        secret = secrets.token_urlsafe(32)
        values["secret"] = self.identity.seals.seal(secret.encode(), f"client {new.id}")
        if not await client_queries.add_client(self.session, values):
            raise ClientExists
        await self._event("client_created", new.id)
        return secret

    async def disable(self, client_id: str) -> None:
        """Bar a program: its tokens stop working within a second. Raises NotFound."""
        if not await client_queries.disable_client(self.session, client_id, self.identity.clock.now()):
            raise NotFound
        await self._event("client_disabled", client_id)

    async def _event(self, action: str, client_id: str) -> None:
        await self.events.write(self.session, self.actor, action, client_id, kind="client")


@dataclass(frozen=True)
class Assertion:
    """An assertion whose signature and claims hold: which program, and the id that must be new."""

    client: ClientState
    jti: str
    expires: datetime


@dataclass(frozen=True)
class ClientDesk:
    """Serves programs that show an assertion."""

    identity: Identity
    events: Events

    async def admit(self, assertion: str) -> ClientState:
        """Return the program that made the assertion; raises Unauthenticated, always for the same reason.

        The assertion is used up even if what was asked for with it is refused.
        """
        found = await self._verified(assertion)
        client = found.client
        async with self.identity.database.transaction() as session:
            now = self.identity.clock.now()
            is_new = await client_queries.use_assertion(session, client.id, found.jti, found.expires, now)
            if not is_new:
                actor = Actor(ActorKind.CLIENT, client.id)
                await self.events.write(
                    session, actor, "token_refused", client.id, kind="client", result="refused"
                )
        if not is_new:
            raise Unauthenticated
        return client

    async def issue(self, client: ClientState, wanted: frozenset[str]) -> tuple[str, frozenset[str]]:
        """Return an access token and its scopes: those wanted, or all if none is named.

        Raises LookupError for a scope that the program does not have.
        """
        scopes = wanted or frozenset(client.scopes)
        if not scopes.issubset(client.scopes):
            raise LookupError
        actor = Actor(ActorKind.CLIENT, client.id)
        async with self.identity.database.transaction() as session:
            await self.events.write(
                session, actor, "token_issued", client.id, kind="client", fields=sorted(scopes)
            )
        return self.identity.tokens.for_client(client.id, scopes), scopes

    async def introspect(self, token: str) -> Mapping[str, object]:
        """Describe a client's token (RFC 7662); anything else is only said not to be active."""
        try:
            found = self.identity.tokens.read(token)
        except Unauthenticated:
            return {"active": False}
        if not isinstance(found, ClientToken):
            return {"active": False}
        state = await self.identity.clients.get(found.client)
        if state is None or not self.identity.standing.is_valid(state.validity):
            return {"active": False}
        return {
            "active": True,
            "scope": " ".join(sorted(found.scopes.intersection(state.scopes))),
            "client_id": found.client,
            "sub": found.client,
            "token_type": "Bearer",
            "iss": self.identity.tokens.issuer,
            "aud": self.identity.tokens.issuer,
            "iat": found.issued,
            "exp": found.expires,
            "jti": found.jti,
        }

    async def _verified(self, assertion: str) -> Assertion:
        if len(assertion) > MOST_BYTES:
            raise Unauthenticated
        try:
            client = await self._claimed(assertion)
            secret = self.identity.seals.open(client.secret, f"client {client.id}")
            claims: dict[str, Any] = jwt.decode(
                assertion,
                secret,
                ["HS256"],
                {**UNTIMED, "require": REQUIRED},
                audience=self.identity.settings[TOKEN_URL],
                issuer=client.id,
                subject=client.id,
            )
        except (jwt.PyJWTError, RecursionError):
            raise Unauthenticated from None
        check_times(claims, self.identity.clock.now(), ASSERTION_LASTS)
        if len(claims["jti"]) not in JTI_LENGTH or not claims["jti"].isprintable():
            raise Unauthenticated
        return Assertion(client, claims["jti"], datetime.fromtimestamp(claims["exp"], UTC))

    async def _claimed(self, assertion: str) -> ClientState:
        """Return the program the assertion says it comes from, before anything of it is believed."""
        claimed = jwt.decode(assertion, options={"verify_signature": False}).get("iss")
        if not isinstance(claimed, str) or not CLIENT.fullmatch(claimed):
            raise Unauthenticated
        state = await self.identity.clients.get(claimed)
        if state is None or not self.identity.standing.is_valid(state.validity):
            raise Unauthenticated
        return state
