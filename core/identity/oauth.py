"""The way in for programs: `POST /oauth/token` (RFC 6749 §4.4) and `POST /oauth/introspect` (RFC 7662)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from core.errors import Unauthenticated, Unavailable
from core.graphql.request import BODY_SECONDS
from core.identity.checks import SCOPE
from core.identity.client_queries import ClientState
from core.identity.clients import ClientDesk
from core.identity.events import Events
from core.identity.identity import Identity

MOST_BYTES = 8192
MOST_FIELDS = 10
FORM = "application/x-www-form-urlencoded"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}

Answer = Callable[[ClientDesk, Mapping[str, str]], Awaitable[Mapping[str, object]]]


class OAuthError(Exception):
    """A refusal in the words of RFC 6749 §5.2; the text never quotes what was sent."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.description = description
        self.status = status


def oauth_routes(identity: Identity) -> Sequence[BaseRoute]:
    """Return the routes of one deployment."""
    return [
        Route("/oauth/token", _endpoint(identity, "oauth.token", _token), methods=["POST"]),
        Route("/oauth/introspect", _endpoint(identity, "oauth.introspect", _introspect), methods=["POST"]),
    ]


def _endpoint(identity: Identity, operation: str, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        correlation_id = str(uuid4())
        origin = request.client.host if request.client else ""
        events = Events(identity.record, identity.clock, operation, correlation_id, origin)
        headers = {**NO_STORE, "X-Correlation-Id": correlation_id}
        try:
            content = await answer(ClientDesk(identity, events), await _form(request))
        except OAuthError as refusal:
            status, headers = refusal.status, {**headers, **_challenge(refusal.status)}
            content = {"error": refusal.error, "error_description": refusal.description}
            return JSONResponse({**content, "correlation_id": correlation_id}, status, headers)
        except Unavailable:
            content = {"error": "temporarily_unavailable", "correlation_id": correlation_id}
            return JSONResponse(content, Unavailable.status, {**headers, "Retry-After": "5"})
        return JSONResponse(content, headers=headers)

    return respond


async def _token(desk: ClientDesk, form: Mapping[str, str]) -> Mapping[str, object]:
    if "grant_type" not in form:
        raise OAuthError("invalid_request", "grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise OAuthError("unsupported_grant_type", "only client_credentials is offered")
    wanted = frozenset(form.get("scope", "").split(" ")) - {""}
    client = await _admitted(desk, form)
    if not all(SCOPE.fullmatch(scope) for scope in wanted):
        raise OAuthError("invalid_scope", "a scope is {system id}:{resource}:{operation}")
    try:
        token, scopes = await desk.issue(client, wanted)
    except LookupError:
        raise OAuthError("invalid_scope", "a scope is not registered for this client") from None
    life = int(desk.identity.tokens.life.total_seconds())
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": life,
        "scope": " ".join(sorted(scopes)),
    }


async def _introspect(desk: ClientDesk, form: Mapping[str, str]) -> Mapping[str, object]:
    if "token" not in form:
        raise OAuthError("invalid_request", "token is missing")
    await _admitted(desk, form)
    return await desk.introspect(form["token"])


async def _admitted(desk: ClientDesk, form: Mapping[str, str]) -> ClientState:
    """Return the program that asks; only `client_secret_jwt` is accepted."""
    if form.get("client_assertion_type") != ASSERTION or not form.get("client_assertion"):
        raise OAuthError("invalid_client", "client_secret_jwt (RFC 7523) is required", 401)
    try:
        client = await desk.admit(form["client_assertion"])
    except Unauthenticated:
        raise OAuthError("invalid_client", "the assertion does not hold", 401) from None
    if form.get("client_id", client.id) != client.id:
        raise OAuthError("invalid_client", "the assertion does not hold", 401)
    return client


async def _form(request: Request) -> Mapping[str, str]:
    """Read the form by ourselves: small, UTF-8, each field once. Raises OAuthError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise OAuthError("invalid_request", f"the body must be {FORM}", 415)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(request)
    except TimeoutError:
        raise OAuthError("invalid_request", "the body did not arrive in time", 408) from None
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise OAuthError("invalid_request", "the body cannot be read as a form in UTF-8") from None
    form = dict(fields)
    if len(form) != len(fields):
        raise OAuthError("invalid_request", "a parameter is given twice")
    return form


async def _body(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise OAuthError("invalid_request", "the body is too large", 413)
    return body


def _challenge(status: int) -> Mapping[str, str]:
    return {"WWW-Authenticate": 'Bearer realm="juminzei"'} if status == 401 else {}
