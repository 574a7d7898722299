"""What a resolver gets: the one who asks, one session, the journal, the loaders of this request."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import strawberry

from core.access.actor import Actor
from core.access.journal import Journal
from core.clock import Clock
from core.graphql.loaders import Loader
from core.runtime import Runtime
from core.settings import Settings
from core.storage.database import Database, ReadSession, WriteSession
from core.work import Work

L = TypeVar("L", bound=Loader[Any, Any])
Mark = Callable[[str], bytes]


@dataclass(slots=True)
class RequestContext:
    """Everything one request carries; `info.context` in every resolver.

    A subscription has no session: it may wait for hours. Its resolvers open one when they need it.
    """

    settings: Settings
    clock: Clock
    actor: Actor
    session: WriteSession | None
    correlation_id: str
    is_mutation: bool
    origin: str = ""
    reason: str = ""
    journal: Journal = field(default_factory=Journal)
    database: Database | None = None
    deployment: Runtime | None = None
    marking: Mark | None = None
    _loaders: dict[type, Any] = field(default_factory=dict)

    @property
    def runtime(self) -> Runtime:
        """The deployment, for services that call hooks."""
        if self.deployment is None:
            raise RuntimeError("this context was made without a deployment")
        return self.deployment

    @property
    def mark(self) -> Mark:
        """Marks a text so that this deployment, and nobody else, knows it again."""
        if self.marking is None:
            raise RuntimeError("this context was made without keys")
        return self.marking

    @property
    def read(self) -> ReadSession:
        """The session for reading; every resolver may use it, also side by side."""
        if self.session is None:
            raise RuntimeError("a subscription reads in `open_session()`")
        return self.session

    @property
    def write(self) -> WriteSession:
        """The session for writing; only a mutation has one."""
        if self.session is None or not self.is_mutation:
            raise RuntimeError("only a mutation has a write session")
        return self.session

    @property
    def work(self) -> Work:
        """What a service needs to change something; only a mutation has it."""
        return Work(self.write, self.journal, self.actor.number, self.clock.now())

    def open_session(self) -> AbstractAsyncContextManager[WriteSession]:
        """Lend a short transaction of its own, committed at the end of the block.

        For the resolvers of subscriptions, and for what must stay when the request itself is refused and
        rolled back: a failed sign-in still counts.
        """
        if self.database is None:
            raise RuntimeError("this context was made without a database")
        return self.database.transaction()

    def loader(self, kind: type[L]) -> L:
        """Return this request's loader of the given class, so that keys are gathered across the answer."""
        found: L | None = self._loaders.get(kind)
        if found is None:
            found = self._loaders[kind] = kind(self.read)
        return found


Info = strawberry.Info[RequestContext, None]
