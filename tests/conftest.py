"""Fixtures for all tests: the database, the whole house, and a watch over the hooks that were answered."""

pytest_plugins = ["core.testing.database", "core.testing.hook_monitor", "schema.testing"]
