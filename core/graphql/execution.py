"""Runs one prepared operation: one transaction, the journal, the access log, then the answer.

The order matters: the lines of the access log are written in the transaction of the work and before the
answer exists for anybody; without them there is neither a commit nor data.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLError, OperationType

from core.access.journal import AccessRecord, Journal, current_journal
from core.errors import JuminzeiError, Unavailable
from core.graphql.answers import (
    BadValue,
    body_of,
    error_entries,
    headers_of,
    log_unexpected,
    refusals_of,
)
from core.graphql.context import Mark, RequestContext
from core.graphql.documents import PreparedDocument
from core.graphql.idempotency import StoredAnswer, Ticket, claim, keep
from core.graphql.records import AccessNotRecorded, RecordAccess, Trace, records_of, refusal_records
from core.graphql.request import GraphQLRequest
from core.graphql.schema import PREPARED, HouseSchema
from core.graphql.values import place_errors
from core.runtime import Runtime
from core.settings import Settings
from core.storage.database import Database, WriteSession

REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Call:
    """One operation to run, access granted; a mutation whose answer may be kept has a ticket."""

    document: PreparedDocument
    request: GraphQLRequest
    trace: Trace
    ticket: Ticket | None = None

    @property
    def is_mutation(self) -> bool:
        """Tell whether the operation may write."""
        return self.document.kind is OperationType.MUTATION


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class _RollBack(Exception):
    """Leaves the transaction with nothing done, and keeps the errors of the execution."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Executor:
    """Runs operations of one schema on one database."""

    schema: HouseSchema
    database: Database
    settings: Settings
    record_access: RecordAccess
    deployment: Runtime | None = None
    mark: Mark | None = None

    async def run(self, call: Call) -> Answer:
        """Run a query or mutation and answer it; a failed mutation leaves nothing behind but its lines."""
        try:
            async with self.database.transaction() as session:
                return Answer(await self._answer(call, session))
        except _RollBack as failed:
            return await self._failed(call, failed.errors)

    async def record_refusal(self, trace: Trace, document: PreparedDocument | None, code: str) -> None:
        """Write the lines of a refusal in a transaction of their own."""
        records = (
            refusal_records(trace, None, "", {}, code)
            if document is None
            else refusal_records(trace, document.kind, document.name, document.reads, code)
        )
        async with self.database.transaction() as session:
            await self.record(session, records, trace.correlation_id)

    async def record(
        self, session: WriteSession, records: Sequence[AccessRecord], correlation_id: str
    ) -> None:
        """Write lines of the access log; raises AccessNotRecorded, or Unavailable without a database."""
        if not records:
            return
        try:
            await self.record_access(session, records)
        except Unavailable:
            raise
        except Exception as error:
            log_unexpected(error, correlation_id)
            raise AccessNotRecorded from error

    def context(self, call: Call, session: WriteSession | None, journal: Journal) -> RequestContext:
        """Make what the resolvers of `call` get."""
        return RequestContext(
            settings=self.settings,
            clock=call.trace.clock,
            actor=call.trace.actor,
            session=session,
            correlation_id=call.trace.correlation_id,
            is_mutation=call.is_mutation,
            origin=call.trace.origin,
            reason=call.trace.reason,
            journal=journal,
            database=self.database,
            deployment=self.deployment,
            marking=self.mark,
        )

    async def _answer(self, call: Call, session: WriteSession) -> bytes:
        if call.ticket is not None:
            stored = await claim(session, call.ticket)
            if stored is not None:
                return await self._replay(call, session, stored)
        journal = Journal()
        with journaling(journal):
            result = await self.schema.execute(
                call.document.text,
                dict(call.request.variables),
                self.context(call, session, journal),
                operation_name=call.document.operation,
                operation_extensions={PREPARED: call.document.ast},
            )
        content: dict[str, Any] = {"data": result.data}
        if result.errors:
            if call.is_mutation or any(_is_fatal(refusal) for refusal in refusals_of(result.errors)):
                raise _RollBack(result.errors)
            content["errors"] = error_entries(result.errors, call.trace.correlation_id)
        body = body_of(content)
        records = list(
            records_of(
                call.trace, call.document.name, call.document.reads, journal, is_query=not call.is_mutation
            )
        )
        await self.record(session, records, call.trace.correlation_id)
        if call.ticket is not None:
            await keep(session, call.ticket, body, records)
        return body

    async def _replay(self, call: Call, session: WriteSession, stored: StoredAnswer) -> bytes:
        """Answer again with the stored bytes: the data are shown again, so that is recorded again."""
        records = [
            call.trace.record(operation=call.document.name, result=REPLAYED, **access)
            for access in stored.accesses
        ]
        await self.record(session, records, call.trace.correlation_id)
        return stored.body

    async def _failed(self, call: Call, errors: list[GraphQLError]) -> Answer:
        place_errors(errors, self.schema.core, call.request.variables)
        refusals = refusals_of(errors)
        worst = max(refusals, key=lambda refusal: refusal.status)
        if not isinstance(worst, Unavailable):
            await self.record_refusal(call.trace, call.document, worst.code)
        content = {"data": None, "errors": error_entries(errors, call.trace.correlation_id)}
        return Answer(body_of(content), _status_of(worst), headers_of(worst))


@contextmanager
def journaling(journal: Journal) -> Iterator[None]:
    """Make `journal` the one that objects with personal data enter themselves in."""
    token = current_journal.set(journal)
    try:
        yield
    finally:
        current_journal.reset(token)


def _is_fatal(refusal: JuminzeiError) -> bool:
    """A query answers what it can beside a refusal; after anything else its transaction is not sound."""
    return type(refusal) is JuminzeiError or isinstance(refusal, Unavailable | BadValue)


def _status_of(worst: JuminzeiError) -> int:
    if isinstance(worst, Unavailable | BadValue):
        return worst.status
    return 200
