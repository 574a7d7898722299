"""Subscriptions as Server-Sent Events (the "distinct connections" mode of graphql-sse).

A stream holds no transaction while it waits. It ends when the client goes, when the source ends, or within
ten seconds after its session or permission did; no event is sent without having asked about those.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from typing import Any

from starlette.types import Receive, Send
from strawberry.types import ExecutionResult

from core.access.actor import Actor
from core.access.journal import Journal
from core.errors import JuminzeiError
from core.graphql.answers import HEADERS, body_of, error_entries, log_unexpected, refusal_entry
from core.graphql.errors import TooManyStreams
from core.graphql.execution import Call, Executor, journaling
from core.graphql.records import records_of
from core.graphql.schema import PREPARED

HEARTBEAT_SECONDS = 5.0
RECHECK_SECONDS = 10.0
HEARTBEAT = b":\n\n"
COMPLETE = b"event: complete\ndata:\n\n"


class StreamSlots:
    """Counts the open streams of each actor."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open: Counter[str] = Counter()

    @contextmanager
    def taken(self, actor: Actor) -> Iterator[None]:
        """Hold one of the actor's places; raises TooManyStreams."""
        name = f"{actor.kind}:{actor.number}"
        if self.open[name] >= self.limit:
            raise TooManyStreams(limit=self.limit)
        self.open[name] += 1
        try:
            yield
        finally:
            self.open[name] -= 1
            self.open += Counter()  # forget those at zero


class EventStream:
    """One subscription on its way to one client; `recheck` raises when the actor may listen no longer."""

    def __init__(self, executor: Executor, call: Call, recheck: Callable[[], Awaitable[None]]) -> None:
        self.executor = executor
        self.call = call
        self.recheck = recheck
        self.journal = Journal()

    async def serve(self, receive: Receive, send: Send) -> None:
        """Send events until one of the ends."""
        headers = {
            **HEADERS,
            "content-type": "text/event-stream; charset=utf-8",
            "x-correlation-id": self.call.trace.correlation_id,
            "x-accel-buffering": "no",
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw})
        gone = asyncio.ensure_future(_wait_for_disconnect(receive))
        try:
            async with aclosing(self._chunks(gone)) as chunks:
                async for chunk in chunks:
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except OSError:
            return  # the client went while we were sending
        finally:
            await _stopped(gone)

    async def _chunks(self, gone: asyncio.Future[None]) -> AsyncGenerator[bytes]:
        """Yield events and heartbeats, and at the end a reason if there is one."""
        try:
            async with aclosing(self._results(gone)) as results:
                async for result in results:
                    yield HEARTBEAT if result is None else _next(await self._content(result))
        except JuminzeiError as refusal:
            yield _next({"errors": [refusal_entry(refusal, self.call.trace.correlation_id)]})
        except Exception as error:  # noqa: BLE001 - the head is sent: the last event has to say it
            log_unexpected(error, self.call.trace.correlation_id)
            yield _next({"errors": [refusal_entry(JuminzeiError(), self.call.trace.correlation_id)]})
        yield COMPLETE

    async def _results(self, gone: asyncio.Future[None]) -> AsyncGenerator[ExecutionResult | None]:
        """Yield results as they come and None when nothing came for a while."""
        loop = asyncio.get_running_loop()
        checked = loop.time()
        with journaling(self.journal):
            source = await self._subscribe()
            upcoming = asyncio.ensure_future(anext(source, None))
        try:
            while not gone.done():
                await asyncio.wait(
                    {upcoming, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                if upcoming.done() or loop.time() - checked >= RECHECK_SECONDS:
                    await self.recheck()
                    checked = loop.time()
                if not upcoming.done():
                    yield None
                    continue
                result = upcoming.result()
                if result is None:
                    return
                yield result
                with journaling(self.journal):
                    upcoming = asyncio.ensure_future(anext(source, None))
        finally:
            await _stopped(upcoming)
            await source.aclose()

    async def _subscribe(self) -> Any:
        return await self.executor.schema.stream(
            self.call.document.text,
            dict(self.call.request.variables),
            self.executor.context(self.call, None, self.journal),
            operation_name=self.call.document.operation,
            operation_extensions={PREPARED: self.call.document.ast},
        )

    async def _content(self, result: ExecutionResult) -> Mapping[str, object]:
        """Make the content of one event, its access recorded before it is sent."""
        document, trace = self.call.document, self.call.trace
        records = list(records_of(trace, document.name, document.reads, self.journal, is_query=False))
        if records:
            async with self.executor.database.transaction() as session:
                await self.executor.record(session, records, trace.correlation_id)
        self.journal.read.clear()
        self.journal.written.clear()
        if result.errors:
            return {"data": result.data, "errors": error_entries(result.errors, trace.correlation_id)}
        return {"data": result.data}


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stopped(task: asyncio.Future[Any]) -> None:
    """Cancel a task and wait until it is gone."""
    task.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await task


def _next(content: Mapping[str, object]) -> bytes:
    return b"event: next\ndata: " + body_of(content) + b"\n\n"
