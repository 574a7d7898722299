"""Memos (メモ): short notes that clerks leave on a person. The hooks it answers, nothing else."""

from collections.abc import Sequence
from pathlib import Path

from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.storage.migrations import Migrations
from juminzei_memo.graphql import MemoMutation, PersonMemos
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
    return Migrations("memo", FOLDER / "migrations", "memo", grants="SELECT, INSERT")


@hook
def graphql() -> GraphQLParts:
    return GraphQLParts(mutation=(MemoMutation,), additions={Person: PersonMemos})
