"""Says at the end of a whole test run which hooks no test really had answered; then the run has failed.

A hook counts when some plug-in answered it in some worker. A run of chosen tests is not judged.
"""

import inspect
from typing import Any

import pluggy
import pytest

from core import hooks

SPECS = {
    name
    for name, function in vars(hooks).items()
    if inspect.isfunction(function) and hasattr(function, f"{hooks.PROJECT}_spec")
}
ANSWERED = "answered_hooks"


class HookMonitor:
    """Gathers the names of answered hooks, in each worker and in the process that controls them."""

    def __init__(self) -> None:
        self.answered: set[str] = set()
        self.patch = pytest.MonkeyPatch()

    def pytest_sessionstart(self) -> None:
        """Watch every manager of our hooks that is made from now on."""
        original = pluggy.PluginManager.__init__

        def watched(manager: pluggy.PluginManager, project_name: str) -> None:
            original(manager, project_name)
            if project_name == hooks.PROJECT:
                manager.add_hookcall_monitoring(_nothing, self.note)

        self.patch.setattr(pluggy.PluginManager, "__init__", watched)

    def note(self, outcome: pluggy.Result[Any], name: str, *_: object) -> None:
        """Note a hook that got an answer."""
        if outcome.exception is None and outcome.get_result():
            self.answered.add(name)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was gathered to the controller; the controller judges a whole run."""
        self.patch.undo()
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[ANSWERED] = sorted(self.answered)
        elif _is_whole(session.config) and SPECS - self.answered:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            print(f"\nhooks that no test had answered: {', '.join(sorted(SPECS - self.answered))}")  # noqa: T201

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take over what a worker of pytest-xdist gathered."""
        self.answered.update(getattr(node, "workeroutput", {}).get(ANSWERED, ()))


def pytest_configure(config: pytest.Config) -> None:
    """Register the monitor once per process."""
    config.pluginmanager.register(HookMonitor(), "hook_monitor")


def _is_whole(config: pytest.Config) -> bool:
    chosen = config.getoption("keyword") or config.getoption("lf")
    return config.args == config.getini("testpaths") and not chosen


def _nothing(*_: object) -> None:
    """What is done before a hook is called."""
