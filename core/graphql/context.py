"""What a resolver gets: the one who asks, one session, the journal, the loaders of this request."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

import strawberry

from core.access.actor import Actor
from core.access.journal import Journal
from core.clock import Clock
from core.graphql.loaders import Loader
from core.settings import Settings
from core.storage.database import ReadSession, WriteSession

L = TypeVar("L", bound=Loader[Any, Any])


@dataclass(slots=True)
class RequestContext:
    """Everything one request carries; `info.context` in every resolver."""

    settings: Settings
    clock: Clock
    actor: Actor
    session: WriteSession
    correlation_id: str
    is_mutation: bool
    origin: str = ""
    reason: str = ""
    journal: Journal = field(default_factory=Journal)
    _loaders: dict[type, Any] = field(default_factory=dict)

    @property
    def read(self) -> ReadSession:
        """The session for reading; every resolver may use it, also side by side."""
        return self.session

    @property
    def write(self) -> WriteSession:
        """The session for writing; only a mutation has one."""
        if not self.is_mutation:
            raise RuntimeError("a query has no write session")
        return self.session

    def loader(self, kind: type[L]) -> L:
        """Return this request's loader of the given class, so that keys are gathered across the answer."""
        found: L | None = self._loaders.get(kind)
        if found is None:
            found = self._loaders[kind] = kind(self.session)
        return found


Info = strawberry.Info[RequestContext, None]
