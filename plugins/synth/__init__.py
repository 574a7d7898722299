"""A synthetic city (synth): writes the real files of a year with known truth and planted faults."""

from collections.abc import Sequence

import click

from core.hooks import hook
from plugins.synth.commands import synth


@hook
def requires() -> Sequence[str]:
    return ("shiryo", "shikakeisan")


@hook
def commands() -> Sequence[click.Command]:
    return [synth]
