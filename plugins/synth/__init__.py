"""A synthetic city (synth): writes the real files of a year with known truth and planted faults."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from core.demo.city import DemoCity
from core.hooks import hook
from plugins.synth.commands import synth
from plugins.synth.demo import commands_of_a_year


@hook
def requires() -> Sequence[str]:
    return ("shiryo", "shikakeisan")


@hook
def commands() -> Sequence[click.Command]:
    return [synth]


@hook
def demo_commands(city: DemoCity, folder: Path) -> Iterable[Sequence[str]]:
    return commands_of_a_year(city, folder)
