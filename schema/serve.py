"""Serves the composed schema: opens the database, starts the services, answers HTTP until told to stop."""

import asyncio
import multiprocessing
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import click
import uvicorn
import uvloop
from starlette.types import ASGIApp

from core.commands.refusals import early_line, tell
from core.errors import JuminzeiError, StartError
from core.garbage import set_program_aside
from core.graphql.answers import log_unexpected
from core.runtime import Runtime
from core.services import keep_running
from schema.application import build_application
from schema.build import build_runtime
from schema.protocol import HouseProtocol
from schema.settings import HOST, PORT, TLS_CERTIFICATE, TLS_KEY, TRUSTED_PROXIES, WORKERS
from schema.transport import check_transport, has_tls
from schema.workers import REFUSED, keep_workers, stop_signals

DRAIN_SECONDS = 10
"""How long requests under way may take to finish when the server stops."""


@click.command("serve")
@click.pass_obj
def serve(runtime: Runtime) -> None:
    """GraphQL サーバーを起動します。"""
    with stop_signals(), listen(runtime) as listening, runtime.database_address():
        run_workers(runtime, listening, lambda: click.echo(url_of(listening, tls=has_tls(runtime))))


def listen(runtime: Runtime) -> socket.socket:
    """Bind the address of the settings; raises StartError if it may not or cannot be served."""
    check_transport(runtime)
    try:
        return socket.create_server((runtime.settings[HOST], runtime.settings[PORT]), backlog=1024)
    except OSError as error:
        place = f"{runtime.settings[HOST]}:{runtime.settings[PORT]}"
        raise StartError(f"cannot listen on {place}: {error.strerror}") from None


def url_of(listening: socket.socket, *, tls: bool = False) -> str:
    """Return where the bound socket answers GraphQL."""
    host, port = listening.getsockname()
    return f"{'https' if tls else 'http'}://{host}:{port}/graphql"


def run_workers(runtime: Runtime, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve in this process, or in as many others as the settings say, all on one socket.

    Raises StartError, before `announce` and before any worker is started, when the deployment is not fit.
    """
    count = runtime.settings[WORKERS]
    if count == 1:
        serve_here(runtime, listening, announce)
        return
    asyncio.run(_rehearse(runtime))
    announce()
    keep_workers(count, work, (dict(runtime.settings.sources.environ), listening))


def serve_here(runtime: Runtime, listening: socket.socket, announce: Callable[[], None]) -> None:
    """Serve in this process until SIGINT or SIGTERM, or until the process that started it is gone."""
    multiprocessing.set_start_method(
        "spawn", force=True
    )  # a forked process would hold the clients' connections
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(runtime, listening, announce))


def work(environ: dict[str, str], listening: socket.socket) -> None:
    """Be one worker: what is refused at the start is one line here too."""
    with stop_signals():
        try:
            serve_here(build_runtime(environ), listening, _say_nothing)
        except (StartError, JuminzeiError) as error:
            tell(early_line(error))
            raise SystemExit(REFUSED) from None
        except KeyboardInterrupt:
            return


@asynccontextmanager
async def application(runtime: Runtime) -> AsyncIterator[ASGIApp]:
    """Lend the ready application with its services running."""
    async with runtime.open_database() as database:
        app = await build_application(runtime, database)
        services = runtime.plugins.gather("services", runtime=runtime, database=database)
        async with keep_running(services):
            set_program_aside()
            yield app


def config_of(runtime: Runtime, app: ASGIApp) -> uvicorn.Config:
    """Return how uvicorn is to serve: nothing is taken from its own environment variables."""
    proxies = list(runtime.settings[TRUSTED_PROXIES])
    certificate, key = runtime.settings[TLS_CERTIFICATE], runtime.settings[TLS_KEY]
    return uvicorn.Config(
        app,
        http=HouseProtocol,
        ws="none",
        lifespan="off",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ssl_certfile=certificate if has_tls(runtime) else None,
        ssl_keyfile=key if has_tls(runtime) else None,
    )


class HouseServer(uvicorn.Server):
    """Stops on a signal and then returns, so that all that was opened is closed; uvicorn would raise."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take SIGINT and SIGTERM, and the end of the parent, for the wish to stop."""
        loop = asyncio.get_running_loop()
        parent = multiprocessing.parent_process()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        if parent is not None:
            loop.add_reader(parent.sentinel, self._stop_with_parent, parent.sentinel)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)

    def _stop_with_parent(self, sentinel: int) -> None:
        asyncio.get_running_loop().remove_reader(sentinel)
        self.should_exit = True


async def _serve(runtime: Runtime, listening: socket.socket, announce: Callable[[], None]) -> None:
    asyncio.get_running_loop().set_exception_handler(_log_quietly)
    async with application(runtime) as app:
        announce()
        await HouseServer(config_of(runtime, app)).serve(sockets=[listening])


def _say_nothing() -> None:
    """Announce nothing: the process that started the workers has done it."""


async def _rehearse(runtime: Runtime) -> None:
    """Find out whether a worker could serve, without serving."""
    async with runtime.open_database() as database:
        await build_application(runtime, database)
        runtime.plugins.gather("services", runtime=runtime, database=database)


def _log_quietly(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log what nobody waited for as everything unforeseen is logged: kind and place, never the text."""
    log_unexpected(context.get("exception") or RuntimeError(), "-")
