"""Serves the composed schema: opens the database, starts the services, answers HTTP until told to stop."""

import asyncio
import multiprocessing
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click
import uvicorn
import uvloop
from starlette.applications import Starlette

from core.errors import StartError
from core.runtime import Runtime
from core.services import keep_running
from schema.application import build_application
from schema.build import build_runtime
from schema.settings import HOST, PORT, WORKERS


@click.command("serve")
@click.pass_obj
def serve(runtime: Runtime) -> None:
    """GraphQL サーバーを起動します。"""
    with listen(runtime) as listening, runtime.database_address():
        click.echo(url_of(listening))
        run_workers(runtime, listening)


def listen(runtime: Runtime) -> socket.socket:
    """Bind the address of the settings; raises StartError if somebody else has it."""
    try:
        return socket.create_server((runtime.settings[HOST], runtime.settings[PORT]), backlog=1024)
    except OSError as error:
        place = f"{runtime.settings[HOST]}:{runtime.settings[PORT]}"
        raise StartError(f"cannot listen on {place}: {error.strerror}") from None


def url_of(listening: socket.socket) -> str:
    """Return where the bound socket answers GraphQL."""
    host, port = listening.getsockname()
    return f"http://{host}:{port}/graphql"


def run_workers(runtime: Runtime, listening: socket.socket) -> None:
    """Serve in this process, or in as many as the settings say, all on one socket."""
    spawn = multiprocessing.get_context("spawn")
    given = (dict(runtime.settings.sources.environ), listening)
    others = [
        spawn.Process(target=_work, args=given, daemon=True) for _ in range(runtime.settings[WORKERS] - 1)
    ]
    for other in others:
        other.start()
    serve_here(runtime, listening)
    for other in others:
        other.terminate()
        other.join()


def serve_here(runtime: Runtime, listening: socket.socket) -> None:
    """Serve in this process until SIGINT or SIGTERM."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(runtime, listening))


@asynccontextmanager
async def application(runtime: Runtime) -> AsyncIterator[Starlette]:
    """Lend the ready application with its services running."""
    async with runtime.open_database() as database:
        app = await build_application(runtime, database)
        services = runtime.plugins.gather("services", runtime=runtime, database=database)
        async with keep_running(services):
            yield app


async def _serve(runtime: Runtime, listening: socket.socket) -> None:
    async with application(runtime) as app:
        config = uvicorn.Config(
            app,
            http="httptools",
            lifespan="off",
            access_log=False,
            server_header=False,
            log_level="warning",
            timeout_graceful_shutdown=10,
        )
        await uvicorn.Server(config).serve(sockets=[listening])


def _work(environ: dict[str, str], listening: socket.socket) -> None:
    serve_here(build_runtime(environ), listening)
