"""What core itself brings, answered through the same hooks as any plug-in's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from starlette.routing import BaseRoute

from core.access.policy import POLICY_MINIMUM
from core.checks import Check, CheckState
from core.commands.access import access
from core.commands.account import change_password, enrol, sign_in
from core.commands.db import db_group
from core.commands.jobs import jobs as jobs_group
from core.commands.selfcheck import selfcheck as selfcheck_command
from core.commands.settings import show_settings
from core.commands.staff import clients, staff
from core.demo.memory import holds_demo
from core.errors import StartError
from core.graphql import settings as graphql_settings
from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.identity import settings as identity_settings
from core.identity.account_queries import count_with_role
from core.identity.graphql import graphql_parts as identity_parts
from core.identity.identity import Identity
from core.identity.keys import seal_keys, signing_keys
from core.identity.oauth import oauth_routes
from core.identity.register import ADMINISTRATOR
from core.jobs.graphql import graphql_parts as job_parts
from core.jobs.worker import JOB_LEASE, JOB_SLOTS
from core.jobs.worker import services as worker_services
from core.plugins import PLUGINS, REQUIRED_PLUGINS
from core.runtime import Runtime
from core.services import Service
from core.settings import CONFIG, DATA_DIR, PROFILE, Setting
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL
from core.storage.database import Database
from core.storage.migrations import Migrations

FOLDER = Path(__file__).parent
SETTINGS: Sequence[Setting[Any]] = (
    CONFIG,
    PROFILE,
    DATA_DIR,
    PLUGINS,
    REQUIRED_PLUGINS,
    POLICY_MINIMUM,
    DATABASE_URL,
    DATABASE_OWNER_URL,
    JOB_LEASE,
    JOB_SLOTS,
    *graphql_settings.SETTINGS,
    *identity_settings.SETTINGS,
)


@hook
def settings() -> Sequence[Setting[Any]]:
    return SETTINGS


@hook
def policy() -> Sequence[Path]:
    return sorted(FOLDER.glob("*/policy.csv"))


@hook
def migrations() -> Migrations:
    return Migrations("core", FOLDER / "migrations" / "versions", "core")


@hook
def graphql() -> GraphQLParts:
    identity, jobs = identity_parts(), job_parts()
    return GraphQLParts(
        query=identity.query + jobs.query,
        mutation=identity.mutation + jobs.mutation,
        subscription=identity.subscription + jobs.subscription,
    )


@hook
def routes(identity: Identity) -> Sequence[BaseRoute]:
    return oauth_routes(identity)


@hook
def commands() -> Sequence[click.Command]:
    return [
        *(show_settings, selfcheck_command, db_group, staff, clients, access, jobs_group),
        *(enrol, sign_in, change_password),
    ]


@hook
def services(runtime: Runtime, database: Database) -> Sequence[Service]:
    return worker_services(runtime, database)


@hook
async def selfcheck(runtime: Runtime, database: Database) -> Sequence[Check]:
    ready = Check("データベース", CheckState.OK, "最新の版です。")  # else nobody would have been asked
    people = [await _administrators(runtime, database), await _people(runtime, database)]
    return [_profile(runtime), ready, _keys(runtime), *people]


def _profile(runtime: Runtime) -> Check:
    state = CheckState.OK if runtime.is_production else CheckState.WARNING
    return Check("プロファイル", state, runtime.settings[PROFILE])


def _keys(runtime: Runtime) -> Check:
    try:
        signing_keys(runtime.settings)
        seal_keys(runtime.settings)
    except StartError as error:
        return Check("サインインの鍵", CheckState.FAILED, f"鍵ファイルを使用できません: {error}")
    return Check("サインインの鍵", CheckState.OK, "トークンの署名と認証情報の暗号化の鍵があります。")


async def _administrators(runtime: Runtime, database: Database) -> Check:
    async with database.read() as session:
        number = await count_with_role(session, ADMINISTRATOR, runtime.clock.today())
    if number > 1:
        return Check("システム管理者", CheckState.OK, f"{number}人います。")
    told = f"{number}人です。2人いないと、アカウントと役割の提案を承認できません。"
    return Check("システム管理者", CheckState.WARNING, told)


async def _people(runtime: Runtime, database: Database) -> Check:
    async with database.read() as session:
        synthetic = await holds_demo(session)
    if not synthetic:
        return Check("住民データ", CheckState.OK, "架空の市ではありません。")
    state = CheckState.FAILED if runtime.is_production else CheckState.OK
    return Check("住民データ", state, "架空の市のデータが入っています。")
