"""Fixtures for tests of core and of plug-ins: `pytest_plugins = ["core.testing.database"]`."""
