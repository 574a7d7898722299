"""The long work of 宛名: what the common platform is told, and what it answers."""

import asyncio
from datetime import timedelta
from pathlib import Path

from core.checks import Check, CheckState
from core.clock import Clock
from core.jobs.job import Job
from core.jobs.state import Outcome
from core.jobs.types import JobType
from core.settings import Setting, Settings
from core.storage.database import Database
from core.work import Work
from plugins.atena.errors import PlatformNotSet
from plugins.atena.queries import platform as queries
from plugins.atena.service import platform
from plugins.atena.service.platform import Directory
from plugins.atena.vault.keyring import open_keyring

PLATFORM_DIR = Setting(
    "platform_dir",
    str,
    "",
    "folder shared with the common platform: messages about 住登外者 go to out/, answers come in answers/",
)
BATCH = 200
PATIENCE = timedelta(days=2)
"""After this long without an answer a message is taken for lost."""
NAME = "共通基盤への宛名情報連携"


async def exchange(job: Job) -> Outcome:
    """Number and send what waits, then take the answers; a run that was killed is finished by the next."""
    directory = _directory(job.runtime.settings)
    keyring, clock = open_keyring(job.runtime.settings), job.runtime.clock
    while await _number(job):
        pass
    sent = 0
    while True:
        async with job.step() as step:
            work = Work.under_way(step.session, job.requester, clock)
            count = await platform.send(work, keyring, directory, BATCH)
            step.advance(count)
        sent += count
        if not count:
            break
    async with job.step() as step:
        answers = await platform.take_answers(step.session, directory, clock.now())
        refused = await queries.count_of(step.session, "refused")
    await asyncio.to_thread(directory.settle, answers.settled)
    summary = {"sent": sent, "answered": answers.taken, "unreadable": answers.unreadable, "refused": refused}
    return Outcome(summary, errors=answers.unreadable + refused)


PLATFORM = JobType("atena.platform", "共通基盤への宛名情報連携", exchange, key=lambda _: "atena.platform")


async def check_platform(database: Database, settings: Settings, clock: Clock) -> Check:
    """Say whether messages were refused, or are lost."""
    async with database.read() as session:
        waiting = await queries.count_of(session, "waiting")
        refused = await queries.count_of(session, "refused")
        lost = await queries.count_of(session, "sent", clock.now() - PATIENCE)
    if refused or lost:
        message = f"拒否 {refused:,} 件、2日を過ぎて応答のないもの {lost:,} 件があります。"
        return Check(NAME, CheckState.FAILED, message)
    if waiting and not settings[PLATFORM_DIR]:
        message = f"連携フォルダー（platform_dir）が設定されていないため、{waiting:,} 件が送れません。"
        return Check(NAME, CheckState.WARNING, message)
    return Check(NAME, CheckState.OK, "拒否も、応答のないものもありません。")


async def _number(job: Job) -> int:
    async with job.step() as step:
        return await queries.number(step.session, BATCH)


def _directory(settings: Settings) -> Directory:
    if not settings[PLATFORM_DIR]:
        raise PlatformNotSet
    return Directory(Path(settings[PLATFORM_DIR]))
