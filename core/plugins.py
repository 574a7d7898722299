"""The plug-ins of a deployment, loaded: a thin, typed face over pluggy's manager."""

from collections.abc import Iterator, Sequence
from itertools import chain
from types import ModuleType
from typing import Any

import pluggy


class Plugins:
    """The enabled plug-ins in the order of their requirements: a plug-in stands after what it needs."""

    def __init__(self, manager: pluggy.PluginManager, order: Sequence[str]) -> None:
        self.manager = manager
        self.order = tuple(order)

    def __contains__(self, name: str) -> bool:
        return name in self.order

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)

    def module(self, name: str) -> ModuleType:
        """Return the module of the enabled plug-in `name`."""
        module: ModuleType = self.manager.get_plugin(name)
        return module

    def answers(self, hook: str, **arguments: object) -> dict[str, Any]:
        """Call `hook` and return each plug-in's answer under its name, in the order of requirements."""
        caller = getattr(self.manager.hook, hook)
        impls = {impl.plugin_name: impl for impl in caller.get_hookimpls()}
        found = {name: impls[name] for name in self.order if name in impls}
        return {name: impl.function(**_wanted(impl, arguments)) for name, impl in found.items()}

    def gather(self, hook: str, **arguments: object) -> list[Any]:
        """Call a hook whose answers are sequences and return them joined."""
        return list(chain.from_iterable(self.answers(hook, **arguments).values()))


def _wanted(impl: pluggy.HookImpl, arguments: dict[str, object]) -> dict[str, object]:
    return {name: arguments[name] for name in impl.argnames}
