"""Rows of any table from what matters to a test: each other column that must be filled gets a plain value."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Table, insert

from core.storage.database import WriteSession

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
PLAIN: dict[str, object] = {
    **dict.fromkeys(("big_integer", "integer", "small_integer"), 1),
    "text": "",
    "boolean": False,
    "date": date(2026, 1, 1),
    "datetime": NOW,
    "JSONB": {},
    "ARRAY": [],
    "large_binary": bytes(32),
}
"""What a column says that no test cares about, by its type."""


async def put(session: WriteSession, table: Table, **said: Any) -> Any:
    """Write a row and return it as it stands."""
    plain = {one.name: PLAIN[one.type.__visit_name__] for one in table.columns if _must_be_filled(one)}
    statement = insert(table).values({**plain, **said}).returning(table)
    return (await session.execute(statement)).one()


def _must_be_filled(column: Column[Any]) -> bool:
    return not (column.nullable or column.server_default is not None or column.identity is not None)
