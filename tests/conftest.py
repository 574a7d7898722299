"""Fixtures for all tests: the database house stands in `core.testing.database`."""

pytest_plugins = ["core.testing.database"]
