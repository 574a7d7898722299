"""The outermost layer of the server: every answer is JSON with a code, and carries the same safe headers.

It catches what nobody else did, so that no text of an exception, which may quote a person's data, reaches a
client or, by way of the HTTP server's own log, a file.
"""

from collections.abc import MutableMapping
from ipaddress import ip_address
from typing import Any
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from core.errors import JuminzeiError, NotFound
from core.graphql.answers import HEADERS, log_unexpected, refusal_response
from core.graphql.errors import BadRequest, MethodNotAllowed


class UnknownPath(NotFound):
    """There is nothing at this URL."""

    message = "このURLには何もありません。"


class WrongMethod(MethodNotAllowed):
    """The URL answers to other methods, which the header `Allow` names."""

    message = "このURLでは使用できないメソッドです。"


REFUSALS: dict[int, type[JuminzeiError]] = {404: UnknownPath, 405: WrongMethod}


class SafeAnswers:
    """Wraps the application; pure ASGI, so that a cancelled request is cancelled inside as well."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        scope = {**scope, "client": _known_client(scope)}
        has_begun = False

        async def send_safely(message: MutableMapping[str, Any]) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, send_safely)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - nothing may pass here
            correlation_id = str(uuid4())
            log_unexpected(error, correlation_id)
            if not has_begun:
                answer = refusal_response(JuminzeiError(), correlation_id)
                await answer(scope, receive, send_safely)


async def refuse(_: Request, error: Exception) -> Response:
    """Answer what the routing refuses (no such path, other method) in our form."""
    status = error.status_code if isinstance(error, HTTPException) else 400
    answer = refusal_response(REFUSALS.get(status, BadRequest)(), str(uuid4()))
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


def _known_client(scope: Scope) -> tuple[str, int] | None:
    """Return the client's address if it is one: a proxy's header may hold anything, and the log keeps it."""
    client: tuple[str, int] | None = scope.get("client")
    try:
        return client and (str(ip_address(client[0])), client[1])
    except ValueError:
        return None
