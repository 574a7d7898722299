"""監査: who saw or did what. It only listens; what it wrote can be verified, and nobody can change it."""

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

import click

from core.access.journal import AccessRecord
from core.checks import Check
from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.menu import MenuEntry
from core.runtime import Runtime
from core.services import Service
from core.settings import Setting
from core.storage.database import Database, WriteSession
from core.storage.migrations import Migrations
from plugins.audit import checks, commands, service
from plugins.audit import settings as own_settings
from plugins.audit.api import READ_LOG
from plugins.audit.graphql import PARTS
from plugins.audit.tables import MIGRATIONS


@hook
def settings() -> Sequence[Setting[Any]]:
    return own_settings.ALL


@hook
def policy() -> Sequence[Path]:
    return [Path(__file__).parent / "policy.csv"]


@hook
def migrations() -> Migrations:
    return MIGRATIONS


@hook
def graphql() -> GraphQLParts:
    return PARTS


@hook
def menu() -> Sequence[MenuEntry]:
    return [MenuEntry("audit.log", "アクセス記録", READ_LOG)]


@hook(specname="commands")
def audit_commands() -> Sequence[click.Command]:
    return [commands.audit]


@hook
def services(runtime: Runtime, database: Database) -> Sequence[Service]:
    return [Service("audit.sealer", service.sealer(runtime, database).run)]


@hook
def record_access(session: WriteSession, records: Sequence[AccessRecord]) -> Awaitable[None]:
    return service.record(session, records)


@hook
def selfcheck(runtime: Runtime, database: Database) -> Awaitable[Sequence[Check]]:
    return checks.selfcheck(runtime, database)
