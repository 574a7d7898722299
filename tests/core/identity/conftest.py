"""Identity on the real database: only core's own branch of migrations is needed."""

from collections.abc import Sequence
from pathlib import Path

import pytest

import core
from core.storage.migrations import Migrations


@pytest.fixture(scope="session")
def branches() -> Sequence[Migrations]:
    return [Migrations("core", Path(core.__file__).parent / "migrations" / "versions", "core")]
