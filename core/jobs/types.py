"""What a plug-in says about a kind of long work."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class JobType:
    """A kind of job: a stable name (`audit.verify`), its Japanese label, and the coroutine that does it."""

    name: str
    label: str
    run: Callable[[Any], Awaitable[None]]
