"""Ids for rows that are yet to be written, so that a COPY of them and of what hangs on them can follow."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Table, func, select

from core.storage.database import WriteSession


async def reserve_ids(session: WriteSession, table: Table, count: int) -> Sequence[int]:
    """Take `count` ids of `table`, whose key the server counts up, in ascending order."""
    sequence = func.pg_get_serial_sequence(table.fullname, "id")
    each = func.generate_series(1, count).table_valued("number")
    return (await session.scalars(select(func.nextval(sequence, type_=BigInteger)).select_from(each))).all()
