"""Idempotency keys: the same mutation sent twice is done once and answered twice with the same bytes.

The key is claimed and the answer stored in the mutation's own transaction. A second request with the same
key waits for the first one's end; if that failed, nothing is stored and the second one does the work.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, DateTime, Index, LargeBinary, Table, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert

from core.access.actor import Actor
from core.access.journal import AccessRecord
from core.graphql.errors import IdempotencyKeyRequired, IdempotencyMismatch
from core.storage.database import WriteSession
from core.storage.tables import schema_metadata

KEEP = timedelta(days=7)
SWEEP = 50
"""How many expired keys one mutation takes away."""
_KEY = re.compile(r"[\x21-\x7e]{8,128}", re.ASCII)

idempotency = Table(
    "idempotency",
    schema_metadata("core"),
    Column("actor", Text, primary_key=True),
    Column("key_hash", LargeBinary, primary_key=True),
    Column("request_hash", LargeBinary, nullable=False),
    Column("answer", LargeBinary),
    Column("accesses", JSONB),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("ix_idempotency_recorded_at", "recorded_at"),
)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request's claim to be the first with its key; keys are kept as hashes only."""

    actor: str
    key_hash: bytes
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that the first request with this key was given, and what it showed or changed."""

    body: bytes
    accesses: Sequence[dict[str, Any]]


def ticket_for(actor: Actor, key: str, request_hash: bytes) -> Ticket:
    """Make the claim of a request; raises IdempotencyKeyRequired for a missing or malformed key."""
    if not _KEY.fullmatch(key):
        raise IdempotencyKeyRequired
    secret = key.encode()
    # keyed by what is not stored: nobody can try out which request, with whose number, gave this hash
    proof = hmac.digest(secret, request_hash, "sha256")
    return Ticket(f"{actor.kind}:{actor.number}", hashlib.sha256(secret).digest(), proof)


async def claim(session: WriteSession, ticket: Ticket) -> StoredAnswer | None:
    """Claim the key; return the stored answer if the same request was answered before.

    Raises IdempotencyMismatch if the key belongs to another request.
    """
    await _sweep(session)
    columns = {"actor": ticket.actor, "key_hash": ticket.key_hash, "request_hash": ticket.request_hash}
    added = insert(idempotency).values(columns).on_conflict_do_nothing().returning(idempotency.c.actor)
    if await session.scalar(added) is not None:
        return None
    row = (await session.execute(select(idempotency).where(_same(ticket)))).one()
    if row.request_hash != ticket.request_hash:
        raise IdempotencyMismatch
    return StoredAnswer(row.answer, row.accesses)


async def keep(session: WriteSession, ticket: Ticket, body: bytes, records: Sequence[AccessRecord]) -> None:
    """Store the answer beside the claimed key."""
    accesses = [
        {
            "action": record.action,
            "object_type": record.object_type,
            "object_ids": record.object_ids,
            "fields": record.fields,
        }
        for record in records
    ]
    await session.execute(update(idempotency).where(_same(ticket)).values(answer=body, accesses=accesses))


def _same(ticket: Ticket) -> Any:
    return (idempotency.c.actor == ticket.actor) & (idempotency.c.key_hash == ticket.key_hash)


async def _sweep(session: WriteSession) -> None:
    """Take away a few expired keys, without waiting for others who do the same."""
    expired = (
        select(idempotency.c.actor, idempotency.c.key_hash)
        .where(idempotency.c.recorded_at < func.now() - KEEP)
        .limit(SWEEP)
        .with_for_update(skip_locked=True)
        .cte("expired")
    )
    await session.execute(
        delete(idempotency).where(
            idempotency.c.actor == expired.c.actor, idempotency.c.key_hash == expired.c.key_hash
        )
    )
