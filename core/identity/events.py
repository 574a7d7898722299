"""Security events: sign-ins, refusals, lock-outs and changes of permission, as lines of the access log."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.access.actor import Actor
from core.access.journal import AccessRecord
from core.clock import Clock
from core.storage.database import WriteSession

Recorder = Callable[[WriteSession, Sequence[AccessRecord]], Awaitable[None]]


@dataclass(frozen=True)
class Events:
    """Writes events of one request or command, in the transaction of what they tell about."""

    record: Recorder
    clock: Clock
    operation: str
    correlation_id: str
    origin: str = ""
    reason: str = ""

    async def write(
        self,
        session: WriteSession,
        actor: Actor,
        action: str,
        *object_ids: str,
        kind: str = "staff",
        fields: Sequence[str] = (),
        result: str = "ok",
    ) -> None:
        """Write one event; `object_ids` are staff numbers, or ids of the given `kind`."""
        event = AccessRecord(
            at=self.clock.now(),
            actor=actor,
            action=action,
            operation=self.operation,
            object_type=kind,
            object_ids=object_ids,
            fields=tuple(fields),
            result=result,
            correlation_id=self.correlation_id,
            reason=self.reason,
            origin=self.origin,
        )
        await self.record(session, [event])
