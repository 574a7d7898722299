"""From the journal of a request to lines of the access log: types, ids, names of fields; never the data."""

from collections.abc import Awaitable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from graphql import OperationType

from core.access.actor import Actor
from core.access.journal import AccessRecord, Journal
from core.clock import Clock
from core.errors import JuminzeiError
from core.storage.database import WriteSession

OK = "ok"
READ = "read"
WRITE = "write"


class AccessNotRecorded(JuminzeiError):
    """The access log could not be written, so nothing is shown."""

    code = "ACCESS_NOT_RECORDED"
    message = "アクセス記録を保存できないため、処理を中止しました。"
    status = 503


class RecordAccess(Protocol):
    """Writes lines of the access log in the caller's transaction."""

    def __call__(self, session: WriteSession, records: Sequence[AccessRecord], /) -> Awaitable[object]: ...


@dataclass(frozen=True, slots=True)
class Trace:
    """Who asks, from where and why: what all lines of one request have in common."""

    clock: Clock
    actor: Actor
    correlation_id: str
    origin: str = ""
    reason: str = ""

    def record(
        self,
        action: str,
        operation: str,
        object_type: str = "",
        object_ids: Sequence[str] = (),
        fields: Sequence[str] = (),
        result: str = OK,
    ) -> AccessRecord:
        """Make one line."""
        return AccessRecord(
            at=self.clock.now(),
            actor=self.actor,
            action=action,
            operation=operation,
            object_type=object_type,
            object_ids=tuple(object_ids),
            fields=tuple(fields),
            result=result,
            correlation_id=self.correlation_id,
            reason=self.reason,
            origin=self.origin,
        )


def records_of(
    trace: Trace, operation: str, reads: Mapping[str, Sequence[str]], journal: Journal, *, is_query: bool
) -> Iterator[AccessRecord]:
    """Make the lines of an operation that was answered.

    `reads` are the personal types it asked for, with the fields. A query that found none of a type still
    gives a line: somebody looked. What was seen beside the types asked for counts too.
    """
    for kind in dict.fromkeys([*(reads if is_query else ()), *journal.read]):
        yield trace.record(READ, operation, kind, tuple(journal.read.get(kind, ())), reads.get(kind, ()))
    for kind, written in journal.written.items():
        fields = sorted(set().union(*written.values()))
        yield trace.record(WRITE, operation, kind, tuple(written), fields)


def refusal_records(
    trace: Trace, kind: OperationType | None, operation: str, reads: Mapping[str, Sequence[str]], code: str
) -> list[AccessRecord]:
    """Make the lines of an operation that was refused: one for each personal type that it asked for."""
    action = WRITE if kind is OperationType.MUTATION else READ
    types = reads or {"": ()}
    return [trace.record(action, operation, name, (), fields, code) for name, fields in types.items()]
