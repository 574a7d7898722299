"""The storage tests bring their own branch of migrations: they must not depend on any plug-in."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.storage.migrations import Migrations


@pytest.fixture(scope="session")
def sample() -> Migrations:
    path = Path(__file__).parent / "sample"
    return Migrations("sample", path, "sample", table_grants={"trace": "SELECT, INSERT (operation)"})


@pytest.fixture(scope="session")
def branches(sample: Migrations) -> Sequence[Migrations]:
    return [sample]
