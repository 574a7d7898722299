"""The plug-ins of a deployment, loaded: a thin, typed face over pluggy's manager."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

import pluggy

from core.settings import Setting, names

PLUGINS: Setting[tuple[str, ...]] = Setting(
    "plugins",
    names,
    ("atena", "audit", "shikakeisan", "shiryo", "synth"),
    "the plug-ins that are switched on (an allow-list)",
)
REQUIRED_PLUGINS: Setting[tuple[str, ...]] = Setting(
    "required_plugins", names, ("audit",), "plug-ins without which this deployment refuses to start"
)


class Plugins:
    """The enabled plug-ins, in the order of their requirements: each stands after what it needs."""

    def __init__(self, manager: pluggy.PluginManager, order: Sequence[str]) -> None:
        self.manager = manager
        self.order = tuple(order)

    def __contains__(self, name: str) -> bool:
        return name in self.order

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)

    def answers(self, hook: str, **arguments: object) -> list[Any]:
        """Call `hook` and return the answers in the order of requirements."""
        found: list[Any] = getattr(self.manager.hook, hook)(**arguments)
        return found

    def gather(self, hook: str, **arguments: object) -> list[Any]:
        """Call a hook whose answers are sequences and return them joined."""
        return list(chain.from_iterable(self.answers(hook, **arguments)))

    async def run(self, hook: str, **arguments: object) -> list[Any]:
        """Call a hook whose answers are awaitables and await them one after another."""
        return [await answer for answer in self.answers(hook, **arguments)]
