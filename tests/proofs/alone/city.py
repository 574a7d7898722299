"""The city in which one person tries: something is waiting in every work list, and one year is decided.

2024 is decided, with a document that came too late; 2025 is merged and not decided. Nobody has proposed
anything, until `let_another_propose` does.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import insert

from core.access.actor import SYSTEM, Actor, ActorKind
from core.access.journal import Journal
from core.identity import demo
from core.identity.events import Events
from core.identity.opening import open_identity
from core.identity.register import StaffRegister
from core.jobs import service as jobs
from core.jobs.types import JobType
from core.jobs.worker import Worker
from core.storage.database import WriteSession
from core.work import Work
from plugins.atena import tables as atena
from plugins.atena.api import take_number
from plugins.shikakeisan.assessment.run import ASSESS
from plugins.shikakeisan.base.service import freeze_base, open_year
from plugins.shikakeisan.correction.jobs import LATE
from plugins.shikakeisan.inquiry.queries import add_inquiry
from plugins.shikakeisan.merge.job import MERGE
from plugins.shiryo.queries.ledger import expect
from tests.plugins.shiryo.conftest import City, Someone, manifest_of, my_number, salary_file

OURS, DECIDED, MERGED = "331007", 2024, 2025
NOW = datetime(2026, 3, 2, 0, tzinfo=UTC)
TARO, HANAKO = Someone(1), Someone(2, "山田　花子", "ヤマダ　ハナコ", date(1985, 7, 1))
BESIDE = Someone(3, "佐藤　一", "サトウ　ハジメ", date(1970, 2, 3), kind="non_resident", has_number=False)
AGAIN = Someone(4, "佐藤　一", "サトウ　ハジメ", date(1970, 2, 3), kind="non_resident", has_number=False)
NOBODY = Someone(9, "鈴木　花子", "スズキ　ハナコ", date(1984, 9, 9), has_number=False)
ROLES: Mapping[str, Sequence[str]] = {
    "100001": ("tax_chief",),
    "100002": ("tax_chief", "tax_clerk"),
    "100003": ("tax_clerk",),
    "100004": ("administrator",),
    "100005": ("auditor",),
    "100006": ("other_office",),
}
"""What one person may hold; 管理者 excludes all other roles."""
ANOTHER, ONE = "100001", "100002"
OTHER_OFFICES = ("100004", "100005", "100006")
"""Who may what ONE may not; a clerk or chief alone may less than ONE."""


async def enter_staff(city: City) -> Mapping[str, str]:
    """Enter who works here; return their tokens by 職員番号."""
    identity = open_identity(city.runtime, city.database)
    async with city.database.transaction() as session:
        made = await demo.create_demo_staff(session, identity)
        register = StaffRegister(identity, session, SYSTEM, Events(identity.record, identity.clock, "", "1"))
        for number, (_, *more) in ROLES.items():
            for role in more:
                await register.grant(number, role)
    return {each.staff_number: each.token for each in made}


def people() -> Sequence[tuple[str, str, str, str]]:
    """Give what `core.identity.demo.PEOPLE` is to be."""
    return [(number, "試験　職員", "0101", roles[0]) for number, roles in ROLES.items()]


async def settle(city: City) -> None:
    """Let the city come to where the search begins."""
    await city.settle(TARO, HANAKO, BESIDE, AGAIN)
    for year in (DECIDED, MERGED):
        await deliver(city, year, "0001", TARO.report(income_year=f"{year - 2019:02d}"))
        await deliver(city, year, "0002", HANAKO.report(5_000_000, income_year=f"{year - 2019:02d}"))
        async with city.database.transaction() as session:
            await open_year(_work(city, session), year, OURS)
            await freeze_base(city.runtime, _work(city, session), year)
        await work(city, MERGE, {"tax_year": year, "workers": 1})
    await work(city, ASSESS, {"tax_year": DECIDED})
    await _let_wait(city)


async def _let_wait(city: City) -> None:
    """Put something into every work list."""
    await deliver(city, DECIDED, "0003", TARO.report(700_000, income_year="05"))
    await deliver(city, MERGED, "0004", NOBODY.report(income_year="06"))
    await deliver(city, MERGED, "0005", TARO.report(income_year="06", my_number="0123456789012"))
    files = {"315.csv": salary_file(HANAKO.report(1, income_year="06"))}
    await city.receive(manifest_of(files, {"315.csv": 2}, code="0006", tax_year=MERGED), files)
    await city.work()
    async with city.database.transaction() as session:
        now = city.runtime.clock.now()
        await expect(session, DECIDED, "0004", "summary_report", 3, "1", now)
        await take_number(_work(city, session), city.keyring, city.ids[1], my_number(77), "給報")
        await session.execute(insert(atena.feed_run).values(_stopped(now)))
        await session.execute(insert(atena.platform_message).values(_refused(city.ids[3], now)))
        await add_inquiry(session, _sent(now), [city.ids[3]])
        job_id = await jobs.enqueue(session, LATE, {"tax_year": DECIDED, "reason": "未処理"}, CLERK)
        await jobs.cancel(session, job_id)


CLERK = Actor(ActorKind.STAFF, "100003")


def _sent(at: datetime) -> dict[str, Any]:
    """Make an inquiry about somebody, sent, without reply."""
    to = {"municipality_code": "332020", "municipality_name": "岡山県倉敷市", "due_on": date(2026, 4, 1)}
    made = {"made_by": "1", "made_at": at, "sent_by": "1", "sent_at": at, "sha256": bytes(32)}
    return {"tax_year": DECIDED, "sequence": 1, "state": "sent", **to, **made}


def _stopped(at: datetime) -> dict[str, Any]:
    counts = {"read": 1, "applied": 0, "doubled": 0, "highest_seen": 1}
    stop = {"stop_code": "FEED_IMPOSSIBLE", "stop_sequence": 1, "stop_fingerprint": bytes(16)}
    return {"file_name": "juki.jsonl", "started_at": at, "ended_at": at, **counts, **stop}


def _refused(person_id: int, at: datetime) -> dict[str, Any]:
    sent = {"sequence": 1, "sent_at": at, "result": "refused", "code": "E1", "answered_at": at}
    return {"person_id": person_id, "kind": "registered", "known_at": at, **sent}


async def deliver(city: City, year: int, code: str, *reports: Mapping[str, Any]) -> None:
    await city.deliver(*reports, code=code, tax_year=year)


async def work(city: City, kind: JobType, given: Mapping[str, Any]) -> None:
    """Do a job of the system."""
    async with city.database.transaction() as session:
        job_id = await jobs.enqueue(session, kind, given, SYSTEM)
    await Worker(city.runtime, city.database).work_once()
    async with city.database.read() as session:
        status = await jobs.get(session, job_id)
    assert status.error_code is None, status


def _work(city: City, session: WriteSession) -> Work:
    return Work(session, Journal(), "1", city.runtime.clock.now())
