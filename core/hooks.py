"""The hooks that core calls; docs/hooks.md describes each. A plug-in answers those that it needs.

A plug-in is a module with `@hook` functions, found through the entry-point group `juminzei.plugins`.
Hooks that a plug-in calls itself (`assessment_decided`, …) are declared by that plug-in: see `hook_specs`.
"""

from collections.abc import Awaitable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pluggy
from starlette.routing import BaseRoute

from core.access.journal import AccessRecord
from core.access.subject import About
from core.checks import Check
from core.demo.city import DemoCity, DemoQuery
from core.graphql.parts import GraphQLParts
from core.identity.identity import Identity
from core.jobs.types import JobType
from core.menu import MenuEntry
from core.runtime import Runtime
from core.services import Service
from core.settings import Setting
from core.storage.database import Database, ReadSession, WriteSession
from core.storage.migrations import Migrations

PROJECT = "juminzei"
spec = pluggy.HookspecMarker(PROJECT)
hook = pluggy.HookimplMarker(PROJECT)


# --- at load -----------------------------------------------------------------------------------------


@spec
def requires() -> Sequence[str]:
    """Name the plug-ins without which this one cannot work."""
    raise NotImplementedError


@spec
def hook_specs() -> ModuleType:
    """Hand over a module of hook specifications that this plug-in owns and calls."""
    raise NotImplementedError


@spec
def settings() -> Sequence[Setting[Any]]:
    """Declare the settings that this plug-in reads."""
    raise NotImplementedError


@spec
def policy() -> Sequence[Path]:
    """Name the plug-in's policy files: Casbin rows `p, role:…, object, action`."""
    raise NotImplementedError


@spec
def migrations() -> Migrations:
    """Name the plug-in's PostgreSQL schema and its folder of migrations."""
    raise NotImplementedError


@spec
def graphql() -> GraphQLParts:
    """Hand over root fields, and fields added to the types of others."""
    raise NotImplementedError


@spec
def menu() -> Sequence[MenuEntry]:
    """Name the entries that front ends may show to those who hold the permission."""
    raise NotImplementedError


@spec
def routes(runtime: Runtime, database: Database, identity: Identity) -> Sequence[BaseRoute]:
    """Hand over HTTP routes beside `/graphql`, for callers that cannot speak GraphQL (OAuth2, …)."""
    raise NotImplementedError


@spec
def commands() -> Sequence[click.Command]:
    """Hand over commands for `juminzei`; each finds the Runtime in `click.Context.obj`."""
    raise NotImplementedError


@spec
def jobs() -> Sequence[JobType]:
    """Hand over the kinds of long work that this plug-in can do."""
    raise NotImplementedError


@spec
def pages() -> Mapping[str, str]:
    """Hand over generated documentation: path under `docs/` to text; CI checks that it is current."""
    raise NotImplementedError


# --- while running -----------------------------------------------------------------------------------


@spec
def services(runtime: Runtime, database: Database) -> Sequence[Service]:
    """Hand over what must run beside the server, for as long as it serves."""
    raise NotImplementedError


@spec
def record_access(session: WriteSession, records: Sequence[AccessRecord]) -> Awaitable[None]:
    """Write down reads, writes, sign-ins, refusals in the caller's transaction; failing stops the answer."""
    raise NotImplementedError


@spec
def objects_of_subject(session: ReadSession, number: str) -> Awaitable[Sequence[About]]:
    """Name the objects of the access log that tell of somebody (本人), or did; none where nobody is known.

    `number` is the one by which the counter knows people. Nothing is entered in the journal here.
    """
    raise NotImplementedError


@spec
def selfcheck(runtime: Runtime, database: Database) -> Awaitable[Sequence[Check]]:
    """Say what is set up and what is not."""
    raise NotImplementedError


# --- the demonstration city --------------------------------------------------------------------------


@spec
def demo_commands(city: DemoCity, folder: Path) -> Iterable[Sequence[str]]:
    """Name the commands of `juminzei` that bring the city to life, word by word; typed before `seed_demo`.

    Each is asked for when the one before has ended. `folder` is empty, and gone afterwards: files that one
    command writes for the next have their place there.
    """
    raise NotImplementedError


@spec
def seed_demo(session: WriteSession, city: DemoCity) -> Awaitable[None]:
    """Add what no command of the city brought; called once, in the order of requirements."""
    raise NotImplementedError


@spec
def demo_queries(city: DemoCity) -> Sequence[DemoQuery]:
    """Offer queries to paste, with variables that find something in the city."""
    raise NotImplementedError
