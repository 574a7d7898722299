"""The page docs/settings.md, made from the declared settings."""

from collections.abc import Iterable
from typing import Any

from core.commands.settings import text_of
from core.settings import Setting

HEAD = """# Settings

Made by `juminzei docs build` from the declarations; do not edit. A setting is read from its environment
variable, else from the TOML file (`juminzei.toml`, or `JUMINZEI_CONFIG`), else it has its default. A value
that cannot be read, or a name that nobody declared, stops the start with one line and exit code 2.
`juminzei settings` prints the values in force and where each comes from; secrets are hidden.

| setting | variable | default | what it is for |
| --- | --- | --- | --- |
"""


def settings_page(declared: Iterable[Setting[Any]]) -> str:
    """Return the page as Markdown."""
    return HEAD + "".join(map(_row, sorted(declared, key=lambda setting: setting.name)))


def _row(setting: Setting[Any]) -> str:
    default = "(secret)" if setting.secret else _code(text_of(setting.default))
    return f"| `{setting.name}` | `{setting.variable}` | {default} | {setting.help} |\n"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""
