"""Loads the plug-ins that the settings allow; anything misspelt, missing or unknown stops the start."""

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from core import builtin, hooks
from core.errors import StartError
from core.plugins import Plugins

ENTRY_POINTS = "juminzei.plugins"
CORE = "core"


def available() -> Mapping[str, EntryPoint]:
    """Return all installed plug-ins by name, enabled or not; none is imported."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def load(enabled: Iterable[str], required: Iterable[str] = ()) -> Plugins:
    """Load the `enabled` plug-ins; raises StartError naming the plug-in and what is wrong with it."""
    installed = available()
    wanted = tuple(dict.fromkeys(enabled))
    for name in required:
        if name not in wanted:
            raise StartError(f"plug-in {name} is required by this deployment but not enabled")
    for name in wanted:
        if name not in installed:
            raise StartError(f"unknown plug-in {name} (see `juminzei plugins list`)")
    return assemble({name: _import(installed[name]) for name in wanted})


def assemble(modules: Mapping[str, object]) -> Plugins:
    """Make Plugins of core and the loaded modules; the way in for tests, which have no entry points."""
    modules = {CORE: builtin, **modules}
    order = _order(_manager(modules))
    # pluggy calls the last registered first, so registering backwards answers in the order of requirements
    return Plugins(_manager({name: modules[name] for name in reversed(order)}), order)


def _manager(modules: Mapping[str, object]) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    try:
        for name, module in modules.items():
            manager.register(module, name)
        for specs in manager.hook.hook_specs():
            manager.add_hookspecs(specs)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        name = _name_of(error.plugin, modules)
        raise StartError(f"plug-in {name}: {' '.join(str(error).split())}") from None
    return manager


def _name_of(plugin: object, modules: Mapping[str, object]) -> str:
    return next((name for name, module in modules.items() if module is plugin), "?")


def _import(point: EntryPoint) -> object:
    try:
        module: object = point.load()
    except Exception as error:  # whatever a foreign module raises, the administrator gets one line
        raise StartError(f"plug-in {point.name} cannot be loaded: {type(error).__name__}: {error}") from error
    return module


def _order(manager: pluggy.PluginManager) -> Sequence[str]:
    enabled = [name for name, _ in manager.list_name_plugin()]
    needs: dict[str, Any] = {
        answer.plugin_name: answer.function() for answer in manager.hook.requires.get_hookimpls()
    }
    ordered: list[str] = []
    for name in enabled:
        _place(name, needs, ordered, (), enabled)
    return ordered


def _place(
    name: str,
    needs: Mapping[str, Iterable[str]],
    ordered: list[str],
    trail: tuple[str, ...],
    enabled: Sequence[str],
) -> None:
    if name in trail:
        raise StartError(f"plug-ins require each other: {' → '.join((*trail, name))}")
    for need in needs.get(name, ()):
        if need not in enabled:
            raise StartError(f"plug-in {name} requires {need}, which is not enabled")
        _place(need, needs, ordered, (*trail, name), enabled)
    if name not in ordered:
        ordered.append(name)
