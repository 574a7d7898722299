"""賦課計算 (shikakeisan): the rules of the tax, from the facts about a person to every figure."""

from collections.abc import Mapping, Sequence

import click

from core.hooks import hook
from plugins.shikakeisan.commands import COMMANDS
from plugins.shikakeisan.pages import rule_pages


@hook
def commands() -> Sequence[click.Command]:
    return COMMANDS


@hook
def pages() -> Mapping[str, str]:
    return rule_pages()
