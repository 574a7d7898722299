"""賦課計算 (shikakeisan): the rules of the tax, from the facts about a person to every figure."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from core.graphql.parts import GraphQLParts
from core.hooks import hook
from plugins.shikakeisan.commands import COMMANDS
from plugins.shikakeisan.graphql import ShikakeisanQuery
from plugins.shikakeisan.pages import rule_pages


@hook
def policy() -> Sequence[Path]:
    return [Path(__file__).parent / "policy.csv"]


@hook
def graphql() -> GraphQLParts:
    return GraphQLParts(query=(ShikakeisanQuery,))


@hook
def commands() -> Sequence[click.Command]:
    return COMMANDS


@hook
def pages() -> Mapping[str, str]:
    return rule_pages()
