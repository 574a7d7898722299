"""Trial calculations are asked over HTTP of a whole deployment, with the migrations of all plug-ins."""

from collections.abc import Sequence

import pytest

from core.storage.migrations import Migrations


@pytest.fixture(scope="session")
def branches(house_branches: Sequence[Migrations]) -> Sequence[Migrations]:
    return house_branches
