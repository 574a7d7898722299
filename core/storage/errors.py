"""What goes wrong at the database, as refusals a clerk can read; no error text ever carries a row's data.

PostgreSQL and its driver quote values in their messages (`Key (…)=(…)`, `invalid input for query argument`),
so nothing of theirs is passed on but the SQLSTATE, the constraint's name, and messages that only hold names.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import Unavailable

OUT = ("08", "25P03", "28", "3D", "53", "57P")
"""SQLSTATEs that mean: not connected, or not to a server that works (PostgreSQL manual, Appendix A)."""
BUSY = ("40001", "40P01", "55P03", "57014")
"""Serialization failure, deadlock, lock time-out, statement time-out."""
OUTDATED = ("3F000", "42P01", "42703")
"""No such schema, table or column: the tables are not those of this version of the program."""
NAMES_ONLY = ("23", "42")
"""Classes whose primary message names constraints, tables and columns, never values."""


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached for the moment; nothing was done unless a commit was on its way."""

    code = "DATABASE_UNAVAILABLE"
    message = "データベースに接続できません。しばらくしてからもう一度操作してください。"


class DatabaseBusy(Unavailable):
    """Somebody else held the same rows, or the statement took too long; it was rolled back, try again."""

    code = "DATABASE_BUSY"
    message = "ほかの処理が同じデータを使用中です。しばらくしてからもう一度操作してください。"


class StatementRefused(Exception):
    """What the server said, without data: the SQLSTATE, the violated constraint, a message if it is safe."""

    def __init__(self, sqlstate: str, constraint: str, text: str) -> None:
        self.sqlstate = sqlstate
        self.constraint = constraint
        super().__init__(f"{sqlstate or 'driver'}: {text}")


def constraint_of(error: IntegrityError) -> str:
    """Return the name of the constraint that `error` violates, or an empty string."""
    return error.orig.constraint if isinstance(error.orig, StatementRefused) else ""


def lacks_tables(error: DBAPIError) -> bool:
    """Tell whether a statement failed because migrations are missing."""
    return isinstance(error.orig, StatementRefused) and error.orig.sqlstate in OUTDATED


@contextmanager
def data_free_errors() -> Iterator[None]:
    """Pass on the driver's errors, clean: DatabaseUnavailable, DatabaseBusy, IntegrityError, DBAPIError."""
    try:
        yield
    except (DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _clean(error) from None
    # The driver calls it a fault of its own when the server said goodbye together with its last answer.
    except (OSError, PoolTimeout, asyncpg.InternalClientError):
        raise DatabaseUnavailable from None


def _clean(error: DBAPIError | asyncpg.PostgresError | asyncpg.InterfaceError) -> Exception:
    cause = _driver_error(error)
    sqlstate = str(getattr(cause, "sqlstate", None) or "")
    gone = isinstance(error, DBAPIError) and error.connection_invalidated
    if gone or sqlstate.startswith(OUT):
        return DatabaseUnavailable(sqlstate=sqlstate)
    if sqlstate.startswith(BUSY):
        return DatabaseBusy()
    text = str(cause.args[0]) if sqlstate.startswith(NAMES_ONLY) else type(cause).__name__
    refused = StatementRefused(sqlstate, str(getattr(cause, "constraint_name", None) or ""), text)
    kind = IntegrityError if sqlstate.startswith("23") else DBAPIError
    statement = error.statement if isinstance(error, DBAPIError) else None
    return kind(statement, None, refused, hide_parameters=True)


def _driver_error(error: BaseException) -> BaseException:
    """Find asyncpg's own error under SQLAlchemy's two wrappings."""
    while isinstance(error, DBAPIError) and error.orig is not None:
        error = error.orig
    return error.__cause__ if isinstance(error.__cause__, Exception) else error
