"""Bench-only plug-in: twelve instalments (期別) on a person, with a table of their own."""

from collections.abc import Sequence
from pathlib import Path

from bench_instalments.graphql import PersonInstalments
from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.storage.migrations import Migrations
from plugins.atena.api import Person

FOLDER = Path(__file__).parent


@hook
def requires() -> Sequence[str]:
    return ["atena"]


@hook
def policy() -> Sequence[Path]:
    return [FOLDER / "policy.csv"]


@hook
def migrations() -> Migrations:
    return Migrations("bench", FOLDER / "migrations", "bench")


@hook
def graphql() -> GraphQLParts:
    return GraphQLParts(additions={Person: PersonInstalments})
