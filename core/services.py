"""Long-lived companions of the server (the audit sealer, the job worker), run while it serves."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A named coroutine function that runs until cancelled; after a crash it is logged and started again."""

    name: str
    run: Callable[[], Awaitable[None]]
