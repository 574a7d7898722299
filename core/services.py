"""Long-lived companions of the server (the audit sealer, the job worker), run while it serves."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

log = logging.getLogger(__name__)
PAUSE_AFTER_CRASH = 5


@dataclass(frozen=True, slots=True)
class Service:
    """A named coroutine function that runs until cancelled; after a crash it is logged and started again."""

    name: str
    run: Callable[[], Awaitable[None]]


@asynccontextmanager
async def keep_running(services: Sequence[Service]) -> AsyncIterator[None]:
    """Run the services beside the block; they are cancelled, and waited for, when it ends."""
    tasks = [asyncio.create_task(_keep(service), name=service.name) for service in services]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _keep(service: Service) -> None:
    while True:
        try:
            await service.run()
        except Exception as error:  # noqa: BLE001  # one companion must not take the server down
            log.error("service %s crashed: %s", service.name, type(error).__name__)
        await asyncio.sleep(PAUSE_AFTER_CRASH)
