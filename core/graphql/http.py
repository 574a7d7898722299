"""`POST /graphql`: an ASGI application that answers every request with JSON (or an event stream).

In order: a correlation id; the request is read and checked; who asks; what the document needs; whether they
may; then it runs. Whatever is refused on the way is refused with a code, and the last line of defence turns
the unforeseen into an internal error without its text.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol
from uuid import uuid4

from graphql import OperationType
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from core.access.actor import Actor, ActorKind
from core.clock import Clock
from core.errors import JuminzeiError, RateLimited, Unauthenticated, Unavailable
from core.graphql.answers import json_response, log_unexpected, refusal_response
from core.graphql.console import Console
from core.graphql.documents import Documents, PreparedDocument
from core.graphql.errors import BadDocument, BadRequest
from core.graphql.execution import Call, Executor
from core.graphql.flood import Refusals, seconds_left
from core.graphql.idempotency import Ticket, ticket_for
from core.graphql.records import Trace
from core.graphql.request import GraphQLRequest, read_request
from core.graphql.settings import BODY_LIMIT, CONCURRENCY, STREAMS_PER_ACTOR
from core.graphql.streams import EventStream, StreamSlots
from core.settings import Settings

NOBODY = Actor(ActorKind.ANONYMOUS, "")


class Authenticate(Protocol):
    """Tells who asks: nobody in particular without a token; raises Unauthenticated for a bad one."""

    async def __call__(self, headers: Headers) -> Actor: ...


class GraphQLEndpoint:
    """The way in, for one schema. `console` is the page for people, given in demo and development only."""

    def __init__(
        self,
        executor: Executor,
        documents: Documents,
        authenticate: Authenticate,
        settings: Settings,
        clock: Clock,
        console: Console | None = None,
    ) -> None:
        self.executor = executor
        self.documents = documents
        self.authenticate = authenticate
        self.clock = clock
        self.console = console
        self.body_limit = settings[BODY_LIMIT]
        self.concurrency = settings[CONCURRENCY]
        self.slots = StreamSlots(settings[STREAMS_PER_ACTOR])
        self.refusals = Refusals()
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        correlation_id = str(uuid4())
        request = Request(scope, receive)
        try:
            if self.console is not None and self.console.wanted(request):
                response: Response | None = self.console.response()
            else:
                response = await self._respond(request, send, correlation_id)
        except ClientDisconnect:
            return
        except JuminzeiError as refusal:
            response = refusal_response(refusal, correlation_id)
        except Exception as error:  # noqa: BLE001 - the last line of defence: an answer, without the text
            log_unexpected(error, correlation_id)
            response = refusal_response(JuminzeiError(), correlation_id)
        if response is not None:
            await response(scope, receive, send)

    async def _respond(self, request: Request, send: Send, correlation_id: str) -> Response | None:
        asked = await read_request(request, self.body_limit)
        with self._place():
            call = await self._admit(request, asked, correlation_id)
            if call.document.kind is not OperationType.SUBSCRIPTION:
                answer = await self.executor.run(call)
                return json_response(answer.body, answer.status, correlation_id, answer.headers)
        with self.slots.taken(call.trace.actor):
            stream = EventStream(self.executor, call, lambda: self._recheck(request, call))
            await stream.serve(request.receive, send)
        return None

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.running >= self.concurrency:
            raise Unavailable
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1

    async def _admit(self, request: Request, asked: GraphQLRequest, correlation_id: str) -> Call:
        """Find out who asks for what and whether they may; a refusal is recorded."""
        origin = request.client.host if request.client else ""
        trace = Trace(self.clock, NOBODY, correlation_id, origin, asked.reason)
        document: PreparedDocument | None = None
        try:
            actor = await self.authenticate(request.headers)
            trace = Trace(self.clock, actor, correlation_id, origin, asked.reason)
            document = self._document(asked, actor)
            document.check_access(actor, asked.variables)
        except Unavailable:
            raise
        except JuminzeiError as refusal:
            await self._record_refusal(trace, document, refusal.code)
            raise
        return Call(document, asked, trace, self._ticket(request, asked, document, actor))

    async def _record_refusal(self, trace: Trace, document: PreparedDocument | None, code: str) -> None:
        """Record a refusal; raises RateLimited instead where nobody in particular sends too many."""
        if trace.actor.kind is ActorKind.ANONYMOUS:
            now = self.clock.now()
            left = self.refusals.take(trace.origin, now)
            if left < 0:
                raise RateLimited(retryAfter=seconds_left(now)) from None
            code = code if left else RateLimited.code
        await self.executor.record_refusal(trace, document, code)

    def _document(self, asked: GraphQLRequest, actor: Actor) -> PreparedDocument:
        try:
            return self.documents.find(asked)
        except BadDocument:
            if actor.kind is ActorKind.ANONYMOUS:  # what exists here is nobody's business before signing in
                raise Unauthenticated from None
            raise

    def _ticket(
        self, request: Request, asked: GraphQLRequest, document: PreparedDocument, actor: Actor
    ) -> Ticket | None:
        accepts_events = "text/event-stream" in request.headers.get("accept", "")
        if document.kind is OperationType.SUBSCRIPTION and not accepts_events:
            raise BadRequest(rule="accept-event-stream")
        if document.kind is not OperationType.MUTATION or document.no_store:
            return None
        return ticket_for(actor, request.headers.get("idempotency-key", ""), asked.digest())

    async def _recheck(self, request: Request, call: Call) -> None:
        actor = await self.authenticate(request.headers)
        call.document.check_access(actor, call.request.variables)
