"""`juminzei plugins list | enable | disable`: what is installed, what is switched on."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import click

from core.errors import StartError
from core.loading import available
from core.plugins import PLUGINS
from core.runtime import Runtime
from core.settings import CONFIG
from schema.build import build_runtime
from schema.compose import compose_schema

LINE = re.compile(r"^plugins\s*=\s*\[[^\]]*\]", re.MULTILINE)


@click.group("plugins")
def plugins_group() -> None:
    """プラグインの一覧・有効化・無効化。"""


@plugins_group.command("list")
@click.pass_obj
def list_plugins(runtime: Runtime) -> None:
    """入っているプラグインと状態を表示します。"""
    for name in sorted({*available(), *runtime.plugins}):
        click.echo(f"{'on ' if name in runtime.plugins else 'off'}  {name}")


@plugins_group.command("enable")
@click.argument("name")
@click.pass_obj
def enable(runtime: Runtime, name: str) -> None:
    """プラグインを有効にします(次の起動から)。"""
    chosen = runtime.settings[PLUGINS]
    _choose(runtime, chosen if name in chosen else (*chosen, name))


@plugins_group.command("disable")
@click.argument("name")
@click.pass_obj
def disable(runtime: Runtime, name: str) -> None:
    """プラグインを無効にします(次の起動から。表とデータは残ります)。"""
    chosen = runtime.settings[PLUGINS]
    if name not in chosen:
        raise StartError(f"plug-in {name} is not enabled")
    _choose(runtime, [other for other in chosen if other != name])


def _choose(runtime: Runtime, chosen: Sequence[str]) -> None:
    """Try the new combination first, then write it: an impossible one never reaches the file."""
    environ = runtime.settings.sources.environ
    if PLUGINS.variable in environ:
        raise StartError(f"{PLUGINS.variable} is set in the environment and would win over the file")
    compose_schema(build_runtime({**environ, PLUGINS.variable: ",".join(chosen)}))
    write_choice(Path(runtime.settings[CONFIG]), chosen)
    click.echo(f"plugins = {', '.join(chosen)}")


def write_choice(file: Path, chosen: Sequence[str]) -> None:
    """Put the list of enabled plug-ins into the TOML file, leaving every other line as it is."""
    line = f"plugins = {json.dumps(list(chosen))}"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    changed, found = LINE.subn(line, text)
    # a top-level key must stand before the first table, so a new one goes to the top
    file.write_text(changed if found else f"{line}\n{text}", encoding="utf-8")
