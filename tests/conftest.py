"""Fixtures for all tests: the database, the whole house, and a watch over the hooks that were answered."""

import signal

pytest_plugins = ["core.testing.database", "core.testing.hook_monitor", "schema.testing"]


def pytest_configure() -> None:
    """Let processes that tests start hear Ctrl-C, also where a script started pytest in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
