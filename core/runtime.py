"""The running deployment: settings, clock, plug-ins, policy, and the way to its database."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from core.access.policy import Policy
from core.clock import Clock
from core.plugins import Plugins
from core.settings import DATA_DIR, PROFILE, Settings
from core.storage.address import ServerAddress, external_address
from core.storage.database import Database
from core.storage.embedded import embedded_server


@dataclass(frozen=True)
class Runtime:
    """Everything that commands, services and jobs share. Made once, by `schema.main`."""

    settings: Settings
    plugins: Plugins
    policy: Policy
    clock: Clock = field(default_factory=Clock)

    @property
    def is_production(self) -> bool:
        """Tell whether every convenience must be refused."""
        return self.settings[PROFILE] == "production"

    @contextmanager
    def database_address(self) -> Iterator[ServerAddress]:
        """Lend the database's address; an embedded server runs at least as long as the block."""
        given = external_address(self.settings)
        if given is not None:
            yield given
            return
        with embedded_server(self.settings[DATA_DIR]) as address:
            yield address

    @asynccontextmanager
    async def open_database(self) -> AsyncIterator[Database]:
        """Lend the database as the application's role."""
        with self.database_address() as address:
            database = Database(address.app_url)
            try:
                yield database
            finally:
                await database.close()
