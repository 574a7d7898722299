"""Retries need the migrations of the whole house."""

from collections.abc import Sequence

import pytest

from core.storage.migrations import Migrations


@pytest.fixture(scope="session")
def branches(house_branches: Sequence[Migrations]) -> Sequence[Migrations]:
    return house_branches
