"""`juminzei settings`: every setting with its value, where that comes from, its default and its purpose."""

import json
from collections.abc import Mapping
from pathlib import Path

import click

from core.runtime import Runtime
from core.settings import Settings

HIDDEN = "••••••"


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1設定1行のJSONで出力")
@click.pass_obj
def show_settings(runtime: Runtime, *, as_json: bool) -> None:
    """設定の一覧: 値、決まった場所、既定値、説明を表示します。"""
    for row in describe(runtime.settings):
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _as_text(row))


def describe(settings: Settings) -> list[Mapping[str, str]]:
    """Return one row per declared setting, by name; the values of secrets are hidden."""
    return [
        {
            "setting": name,
            "variable": setting.variable,
            "value": HIDDEN if setting.secret and settings[setting] else text_of(settings[setting]),
            "from": settings.sources.origin(setting),
            "default": "" if setting.secret else text_of(setting.default),
            "help": setting.help,
        }
        for name, setting in sorted(settings.declared.items())
    ]


def text_of(value: object) -> str:
    """Return a value as one would write it into an environment variable; a path not given is empty."""
    if value == Path():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _as_text(row: Mapping[str, str]) -> str:
    origin = "default" if row["from"] == "default" else f"from {row['from']}, default {row['default']!r}"
    value = click.style(row["value"], bold=True)
    return f"{row['setting']} = {value}  ({origin})\n    {row['variable']}: {row['help']}"
