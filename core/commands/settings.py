"""`juminzei settings`: every setting with its value, where that comes from, its default and its purpose."""

import json

import click
from rich.console import Console
from rich.table import Table

from core.runtime import Runtime
from core.settings import Settings

HIDDEN = "••••••"


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="one JSON object per setting, for programs")
@click.pass_obj
def show_settings(runtime: Runtime, *, as_json: bool) -> None:
    """設定の一覧 (every setting: value, origin, default, help)"""
    rows = list(describe(runtime.settings))
    if as_json:
        for row in rows:
            click.echo(json.dumps(row, ensure_ascii=False))
        return
    table = Table("setting", "variable", "value", "from", "default", "what it is for")
    for row in rows:
        table.add_row(*row.values())
    Console().print(table)


def describe(settings: Settings) -> list[dict[str, str]]:
    """Return one row per declared setting; the values of secrets are hidden."""
    return [
        {
            "setting": name,
            "variable": setting.variable,
            "value": HIDDEN if setting.secret and settings[setting] else str(settings[setting]),
            "from": settings.sources.origin(setting),
            "default": "" if setting.secret else str(setting.default),
            "help": setting.help,
        }
        for name, setting in settings.declared.items()
    ]
