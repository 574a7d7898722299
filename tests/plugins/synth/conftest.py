"""Small cities, made once and read back."""

from pathlib import Path

import pytest

from plugins.synth.api import CityFiles, Fault, Plan, read_city, write_city


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> CityFiles:
    """A city with every fault."""
    return _city(tmp_path_factory.mktemp("city") / "out", 3_000, frozenset(fault.value for fault in Fault))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> CityFiles:
    """A city without faults."""
    return _city(tmp_path_factory.mktemp("clean") / "out", 1_500, frozenset())


def _city(out: Path, people: int, faults: frozenset[str]) -> CityFiles:
    write_city(Plan(people, year=2025, seed=7, faults=faults), out)
    return read_city(out)
