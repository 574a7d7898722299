"""HTTP/1.1 as this house speaks it: uvicorn's protocol with bounds where it has none.

uvicorn waits for ever for the end of a head, takes heads of any length and answers malformed bytes with plain
text. Here a head has a time and a length, and a refusal is JSON with a code and a correlation id, as
everywhere. A stream is ended, not waited for, when the server stops.
"""

import asyncio
from typing import Any
from uuid import uuid4

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from core.errors import JuminzeiError
from core.graphql.answers import HEADERS, body_of, refusal_entry
from core.graphql.errors import BadRequest, RequestTimeout

HEAD_BYTES = 32_768
"""How long request line, headers and trailers of one request may be, together."""
HEAD_SECONDS = 10.0
"""How long a connection may take from its opening, or from its next request's first byte, to a whole head."""
DRAIN_SECONDS = 10.0
"""How long a client may go on sending a body whose answer it already has."""


class HeadTooLarge(JuminzeiError):
    """The head of the request is longer than `details["limit"]` bytes."""

    code = "HEADERS_TOO_LARGE"
    message = "リクエストのヘッダーが大きすぎます。"
    status = 431


class HouseProtocol(HttpToolsProtocol):
    """One connection. uvicorn makes it, calls it and closes it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_message = False
        self._head_complete = False
        self._head_bytes = 0
        self._is_broken = False
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Give the client some time to say what it wants."""
        super().connection_made(transport)
        self._wait(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the clock."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, and count it as long as the head is not complete."""
        if self.transport.is_closing() or self._is_broken:
            return
        if not self._head_complete:
            self._head_bytes += len(data)
            if self._waiting is None:
                self._wait(HEAD_SECONDS)
        super().data_received(data)
        if not self._head_complete and self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(HeadTooLarge(limit=HEAD_BYTES))

    def on_message_begin(self) -> None:
        """Start a request."""
        super().on_message_begin()
        self._in_message = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer behind a body in chunks."""
        if self._head_complete:
            self._head_bytes += len(name) + len(value)
            if self._head_bytes > HEAD_BYTES:
                raise httptools.HttpParserError("too many trailers")
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Let the application begin."""
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > HEAD_BYTES:
            self._head_bytes = size
            raise httptools.HttpParserError("head too large")
        super().on_headers_complete()
        self._head_complete = True
        self._head_bytes = 0
        self._stop_waiting()

    def on_message_complete(self) -> None:
        """The request is whole; the next one may follow."""
        self._in_message = self._head_complete = False
        self._head_bytes = 0
        self._stop_waiting()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer left; a body that is still on its way has some time to arrive, and is thrown away."""
        if self._head_complete and self.cycle.response_complete:
            self._wait(DRAIN_SECONDS)
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer bytes that are not HTTP, or not HTTP that we take."""
        too_large = self._head_bytes > HEAD_BYTES
        self._refuse(HeadTooLarge(limit=HEAD_BYTES) if too_large else BadRequest(rule="http"))

    def shutdown(self) -> None:
        """The server stops: requests may finish, streams (begun and without an end) are closed."""
        super().shutdown()
        if self._is_answering() and self.cycle.response_started:
            self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(seconds, self._too_late)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_late(self) -> None:
        self._waiting = None
        if self._in_message and not self._head_complete:
            self._refuse(RequestTimeout(rule="head"))
        elif not self._is_answering():
            self.transport.close()

    def _refuse(self, refusal: JuminzeiError) -> None:
        """End the connection, with an answer if it is this request's turn to get one."""
        if self._is_answering() and not self._head_complete:  # the next request is bad: answers go first
            self._is_broken = True
            self.cycle.keep_alive = False
            return
        if self._head_complete == self._is_answering() and not self._has_begun():
            self.transport.write(_answer(refusal))
        self.transport.close()

    def _is_answering(self) -> bool:
        cycle = self._cycle()
        return cycle is not None and not cycle.response_complete

    def _has_begun(self) -> bool:
        """Tell whether something of the answer in hand, or of one before it, is still on its way."""
        return self._is_answering() and (self.cycle.response_started or bool(self.pipeline))

    def _cycle(self) -> RequestResponseCycle | None:
        """Return the latest request that reached the application: none at first, whatever uvicorn states."""
        return self.cycle


def _answer(refusal: JuminzeiError) -> bytes:
    correlation_id = str(uuid4())
    body = body_of({"errors": [refusal_entry(refusal, correlation_id)]})
    headers = {
        **HEADERS,
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(body)),
        "x-correlation-id": correlation_id,
        "connection": "close",
    }
    lines = [f"{name}: {value}\r\n".encode() for name, value in headers.items()]
    return b"".join([STATUS_LINE[refusal.status], *lines, b"\r\n", body])
