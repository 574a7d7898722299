"""The SQL of programs: registrations and used assertions."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.identity.queries import Validity
from core.identity.tables import AssertionRow, ClientRow
from core.storage.database import ReadSession, WriteSession


class ClientState(NamedTuple):
    """A program as registered."""

    id: str
    system_id: str
    secret: bytes
    scopes: Sequence[str]
    valid_from: date
    valid_to: date | None
    disabled_at: datetime | None

    @property
    def validity(self) -> Validity:
        """The validity of the registration."""
        return Validity(self.valid_from, self.valid_to, self.disabled_at)


async def client_state(session: ReadSession, client_id: str) -> ClientState | None:
    """Return one program."""
    columns = (getattr(ClientRow, name) for name in ClientState._fields)
    row = (await session.execute(select(*columns).where(ClientRow.id == client_id))).one_or_none()
    return None if row is None else ClientState(*row)


async def clients(session: ReadSession) -> Sequence[ClientRow]:
    """Return all programs by id."""
    return (await session.scalars(select(ClientRow).order_by(ClientRow.id))).all()


async def add_client(session: WriteSession, values: Mapping[str, Any]) -> bool:
    """Register a program; False if the id is taken."""
    new = insert(ClientRow).values(values).on_conflict_do_nothing()
    return (await session.execute(new.returning(ClientRow.id))).one_or_none() is not None


async def disable_client(session: WriteSession, client_id: str, now: datetime) -> bool:
    """Bar a program; False if there is no such program, or it was barred before."""
    barring = update(ClientRow).where(ClientRow.id == client_id, ClientRow.disabled_at.is_(None))
    done = await session.execute(barring.values(disabled_at=now).returning(ClientRow.id))
    return done.one_or_none() is not None


async def use_assertion(
    session: WriteSession, client_id: str, jti: str, expires: datetime, now: datetime
) -> bool:
    """Use up an assertion's id; False if it was used before. Those that ran out are cleared away."""
    await session.execute(delete(AssertionRow).where(AssertionRow.expires_at < now))
    new = insert(AssertionRow).values(client_id=client_id, jti=jti, expires_at=expires)
    done = await session.execute(new.on_conflict_do_nothing().returning(AssertionRow.jti))
    return done.one_or_none() is not None
