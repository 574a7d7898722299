"""The rows of the vault. Nothing here can open a seal."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Table, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from core.storage.database import ReadSession, WriteSession
from plugins.atena.history import LATEST
from plugins.atena.queries.history import holds, known
from plugins.atena.queries.persons import Moment
from plugins.atena.tables import my_number, number_case

sealed = my_number.c
SEALED = (my_number, number_case)
"""The tables that hold sealed numbers; each row belongs to a person."""


async def sealed_by_person(
    session: ReadSession, person_ids: Sequence[int], moment: Moment
) -> Mapping[int, Row[Any]]:
    """Return the sealed number of each person as of a moment."""
    rows = await session.execute(
        select(my_number).where(
            sealed.person_id.in_(person_ids),
            holds(my_number, moment.as_of),
            known(my_number, moment.as_known_at),
        )
    )
    return {row.person_id: row for row in rows}


async def is_held_by_another(session: WriteSession, indexes: Sequence[bytes], person_id: int) -> bool:
    """Tell whether somebody else has the number; whoever registers the same one meanwhile waits for us."""
    lock = int.from_bytes(min(indexes)[:8], signed=True)
    await session.execute(select(func.pg_advisory_xact_lock(lock)))
    held = exists().where(
        sealed.blind_index.in_(indexes), sealed.person_id != person_id, known(my_number, LATEST)
    )
    return bool(await session.scalar(select(held)))


async def lock_older_seals(
    session: WriteSession, table: Table, key_version: int, limit: int
) -> Sequence[Row[Any]]:
    """Return some rows of one of `SEALED`, also superseded ones, that an older key sealed, held."""
    older = select(table).where(table.c.key_version < key_version)
    return (await session.execute(older.limit(limit).with_for_update())).all()


async def replace_seals(session: WriteSession, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new seals of the same numbers: `row_id`, `sealed`, `blind_index`, `key_version`."""
    names = ("sealed", "blind_index", "key_version")
    statement = update(table).where(table.c.id == bindparam("row_id"))
    await session.execute(
        statement.values({name: bindparam(f"new_{name}") for name in names}),
        [{"row_id": row["row_id"], **{f"new_{name}": row[name] for name in names}} for row in rows],
    )


async def one_seal_per_key(session: ReadSession, table: Table = my_number) -> Sequence[Row[Any]]:
    """Return one row for each key that sealed anything, to try the keys on."""
    version = table.c.key_version
    chosen = select(table).ext(distinct_on(version)).order_by(version)
    return (await session.execute(chosen)).all()
