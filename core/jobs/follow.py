"""Following a job from the terminal: a progress bar, plain lines, or JSON lines; Ctrl-C asks to cancel."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager, suppress

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from core.errors import JuminzeiError
from core.jobs import service
from core.jobs.report import as_json, one_line
from core.jobs.state import LABELS, JobStatus
from core.jobs.worker import Worker
from core.runtime import Runtime
from core.storage.database import Database

Show = Callable[[JobStatus], None]
TENTHS = 10


async def follow(runtime: Runtime, database: Database, job_id: int, *, json_lines: bool) -> JobStatus:
    """Show a job until it ends; work on it here unless another worker has it already.

    The first Ctrl-C asks to cancel. The second leaves: the job goes back to the queue.
    """
    worker = asyncio.create_task(Worker(runtime, database, only=job_id).run())
    try:
        with _shown(json_lines=json_lines) as show, _interrupts(database, job_id):
            async with aclosing(service.watch(database, job_id)) as statuses:
                async for status in statuses:
                    show(status)
        return status
    finally:
        worker.cancel()
        with suppress(asyncio.CancelledError):
            await worker


@contextmanager
def _shown(*, json_lines: bool) -> Iterator[Show]:
    console = Console()
    if json_lines:
        yield lambda status: click.echo(as_json(status))
    elif console.is_terminal:
        with _bar(console) as show:
            yield show
    else:
        yield _plain_lines()


@contextmanager
def _bar(console: Console) -> Iterator[Show]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("", total=None)

        def show(status: JobStatus) -> None:
            description = "  ".join((LABELS[status.state], status.message))
            bar.update(task, description=description, completed=status.done, total=status.total)

        yield show


def _plain_lines() -> Show:
    """Write a line when the state or the message changes, and for every tenth of the work."""
    said: list[object] = []

    def show(status: JobStatus) -> None:
        tenth = status.done * TENTHS // status.total if status.total else 0
        news = (status.state, status.message, tenth)
        if [news] != said:
            said[:] = [news]
            click.echo(one_line(status))

    return show


@contextmanager
def _interrupts(database: Database, job_id: int) -> Iterator[None]:
    """Let the first Ctrl-C ask to cancel the job, and the next one do what it always does."""
    loop = asyncio.get_running_loop()
    usual = signal.getsignal(signal.SIGINT)
    asked: list[asyncio.Task[None]] = []

    def ask(*_: object) -> None:
        signal.signal(signal.SIGINT, usual)
        loop.call_soon_threadsafe(lambda: asked.append(loop.create_task(_ask_to_cancel(database, job_id))))

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)


async def _ask_to_cancel(database: Database, job_id: int) -> None:
    click.echo(
        "中止を依頼しました。区切りのよいところで止まります(もう一度Ctrl-Cで表示を終えます)。", err=True
    )
    with suppress(JuminzeiError):
        async with database.transaction() as session:
            await service.cancel(session, job_id)
