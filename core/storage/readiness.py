"""Is this database one that we may serve from? Asked once, before the first request is let in."""

from collections.abc import Sequence

from sqlalchemy import bindparam, text

from core.storage.database import Database, ReadSession
from core.storage.migrations import Migrations, pending

LEAST_VERSION = 180000
"""PostgreSQL 18, the first with `uuidv7()`."""

SERVER = text("SELECT current_setting('server_version_num')::int, current_setting('server_encoding')")
ROLE = text("SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
OWNED = text("""\
SELECT nspname FROM pg_namespace
WHERE nspname IN :schemas
  AND (pg_has_role(nspowner, 'USAGE') OR has_schema_privilege(oid, 'CREATE'))
ORDER BY nspname
""").bindparams(bindparam("schemas", expanding=True))


async def check_ready(database: Database, branches: Sequence[Migrations]) -> list[str]:
    """Return what stands against serving, one line each for the administrator; empty means ready.

    Raises DatabaseUnavailable when the database cannot be asked.
    """
    async with database.read() as session:
        problems = [*await _server_problems(session), *await _role_problems(session, branches)]
    late = await pending(database, branches)
    return problems + [f"migration pending, run `juminzei db migrate`: {each}" for each in late]


async def _server_problems(session: ReadSession) -> list[str]:
    version, encoding = (await session.execute(SERVER)).one()
    problems = []
    if version < LEAST_VERSION:
        problems.append("the database server must be PostgreSQL 18 or later")
    if encoding != "UTF8":
        problems.append("the database must have the encoding UTF8")
    return problems


async def _role_problems(session: ReadSession, branches: Sequence[Migrations]) -> list[str]:
    problems = []
    if await session.scalar(ROLE):
        problems.append("DATABASE_URL must not name a superuser or an administrator of roles")
    owned = (await session.scalars(OWNED, {"schemas": [branch.schema for branch in branches]})).all()
    if owned:
        problems.append(f"DATABASE_URL must not name a role that can alter the schemas ({', '.join(owned)})")
    return problems
