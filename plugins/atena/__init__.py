"""宛名 (atena): persons and employers with history on two clocks, the My Number vault, the register feed."""

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

import click

from core.access.subject import About
from core.checks import Check
from core.demo.city import DemoCity, DemoQuery
from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.jobs.types import JobType
from core.menu import MenuEntry
from core.runtime import Runtime
from core.services import Service
from core.settings import Setting
from core.storage.database import Database, ReadSession, WriteSession
from core.storage.migrations import Migrations
from plugins.atena.city import queries as city_queries
from plugins.atena.city.seed import seed_city
from plugins.atena.commands import atena as command_group
from plugins.atena.delivery import RecipientKind
from plugins.atena.graphql.additions import EmployerAdditions, PersonAdditions
from plugins.atena.graphql.banks import BankMutation, BankQuery
from plugins.atena.graphql.contacts import ContactMutation
from plugins.atena.graphql.eltax_users import EltaxUserMutation, EltaxUserQuery
from plugins.atena.graphql.feed import FeedQuery
from plugins.atena.graphql.feed_remedies import FeedRemedyMutation, FeedRemedyQuery
from plugins.atena.graphql.households import ProtectionMutation
from plugins.atena.graphql.links import CandidateQuery, LinkMutation
from plugins.atena.graphql.mutation import AtenaMutation
from plugins.atena.graphql.my_numbers import MyNumberMutation, MyNumberQuery
from plugins.atena.graphql.number_cases import NumberCaseMutation, NumberCaseQuery
from plugins.atena.graphql.platform import PlatformMutation, PlatformQuery
from plugins.atena.graphql.query import AtenaQuery
from plugins.atena.graphql.recipients import RecipientMutation
from plugins.atena.graphql.registration import RegistrationQuery
from plugins.atena.graphql.types import Employer, Person
from plugins.atena.jobs import PLATFORM, PLATFORM_DIR, check_platform
from plugins.atena.permissions import (
    EMPLOYER,
    FEED,
    FEED_REMEDY,
    MY_NUMBER_WRITE,
    NUMBER_CASE,
    PERSON,
    PERSON_LINK,
    PERSON_WRITE,
    PLATFORM_MESSAGE,
)
from plugins.atena.service import subject
from plugins.atena.service.feed_status import FEED_INTERVAL_HOURS, FEED_LATE_HOURS, check_feed
from plugins.atena.vault.checks import check_vault
from plugins.atena.vault.keyring import VAULT_KEY_FILE, open_keyring

FOLDER = Path(__file__).parent
CLOSE_REVISION = "SELECT, INSERT, UPDATE (known_to)"
COUNT_CHANGE = "SELECT, INSERT, UPDATE (version, changed_at)"


@hook
def settings() -> Sequence[Setting[Any]]:
    return [VAULT_KEY_FILE, PLATFORM_DIR, FEED_LATE_HOURS, FEED_INTERVAL_HOURS]


@hook
def policy() -> Sequence[Path]:
    return [FOLDER / "policy.csv"]


@hook
def migrations() -> Migrations:
    return Migrations(
        "atena",
        FOLDER / "migrations" / "versions",
        "atena",
        grants="SELECT, INSERT",
        table_grants={
            "person": COUNT_CHANGE,
            "employer": COUNT_CHANGE,
            "person_revision": CLOSE_REVISION,
            "address_revision": CLOSE_REVISION,
            "employer_revision": CLOSE_REVISION,
            "household_member": CLOSE_REVISION,
            **{kind.value: CLOSE_REVISION for kind in RecipientKind},
            "eltax_user": COUNT_CHANGE,
            "eltax_user_holder": CLOSE_REVISION,
            "bank_branch": COUNT_CHANGE,
            "bank_branch_revision": CLOSE_REVISION,
            "bank_account": CLOSE_REVISION,
            "person_link": CLOSE_REVISION,
            "protection": CLOSE_REVISION,
            "my_number": "SELECT, INSERT, UPDATE (known_to, sealed, blind_index, key_version)",
            "number_case": "SELECT, INSERT, UPDATE (sealed, blind_index, key_version)",
            "platform_message": "SELECT, INSERT, UPDATE (sequence, sent_at, result, code, answered_at,"
            " closed_by, closed_at, note)",
            "feed_remedy": "SELECT, INSERT, UPDATE (outcome, decided_by, decided_at)",
            "number_proposal": "SELECT, INSERT, UPDATE (outcome, decided_by, decided_at)",
        },
    )


@hook
def graphql() -> GraphQLParts:
    return GraphQLParts(
        query=(
            AtenaQuery,
            FeedQuery,
            FeedRemedyQuery,
            CandidateQuery,
            NumberCaseQuery,
            BankQuery,
            EltaxUserQuery,
            RegistrationQuery,
            PlatformQuery,
            MyNumberQuery,
        ),
        mutation=(
            AtenaMutation,
            ProtectionMutation,
            RecipientMutation,
            LinkMutation,
            NumberCaseMutation,
            BankMutation,
            FeedRemedyMutation,
            EltaxUserMutation,
            PlatformMutation,
            ContactMutation,
            MyNumberMutation,
        ),
        additions={Person: PersonAdditions, Employer: EmployerAdditions},
    )


@hook
def menu() -> Sequence[MenuEntry]:
    return [
        MenuEntry("atena.search_persons", "宛名照会", PERSON),
        MenuEntry("atena.search_employers", "事業所照会", EMPLOYER),
        MenuEntry("atena.register_non_resident", "住登外者の登録", PERSON_WRITE),
        MenuEntry("atena.register_my_number", "住登外者の個人番号の登録", MY_NUMBER_WRITE),
        MenuEntry("atena.register_feed", "住記連携の状況", FEED),
        MenuEntry("atena.same_person", "同一人の候補", PERSON_LINK),
        MenuEntry("atena.number_cases", "個人番号の確認事項", NUMBER_CASE),
        MenuEntry("atena.platform_messages", "共通基盤に拒否された宛名情報", PLATFORM_MESSAGE),
        MenuEntry("atena.feed_remedies", "住記連携の停止への対応", FEED_REMEDY),
    ]


@hook
def commands() -> Sequence[click.Command]:
    return [command_group]


@hook
def jobs() -> Sequence[JobType]:
    return [PLATFORM]


@hook
def services(runtime: Runtime) -> Sequence[Service]:
    """Nothing runs beside the server; but no server starts without usable keys."""
    open_keyring(runtime.settings)
    return []


@hook
def objects_of_subject(session: ReadSession, number: str) -> Awaitable[Sequence[About]]:
    return subject.objects_of(session, number)


@hook
async def selfcheck(runtime: Runtime, database: Database) -> Sequence[Check]:
    return [
        await check_vault(database, runtime.settings),
        await check_feed(database, runtime.settings, runtime.clock),
        await check_platform(database, runtime.settings, runtime.clock),
    ]


@hook
def seed_demo(session: WriteSession, city: DemoCity) -> Awaitable[None]:
    return seed_city(session, city)


@hook
def demo_queries(city: DemoCity) -> Sequence[DemoQuery]:
    return city_queries.demo_queries(city)
