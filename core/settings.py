"""Settings: from the environment (`JUMINZEI_…`) and one TOML file, each with a default and a help text.

A setting is declared once, as a module constant next to the code that reads it, and read by that constant:
`settings[PORT]` is an `int` for the type checker too. Environment beats file beats default. An unknown key,
or a value that cannot be read, stops the start with one line.
"""

import os
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from core.errors import StartError

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Setting(Generic[T_co]):
    """One setting: its name in the TOML file, how to read it, its default and what it is for."""

    name: str
    parse: Callable[[str], T_co]
    default: T_co
    help: str
    secret: bool = False
    env: str = ""

    @property
    def variable(self) -> str:
        """Return the name of its environment variable."""
        return self.env or f"JUMINZEI_{self.name.upper()}"


class Sources:
    """Where values come from: the environment, then one TOML file."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.file = Path(environ.get(CONFIG.variable, CONFIG.default))
        self.table = _read_table(self.file)

    def origin(self, setting: Setting[Any]) -> str:
        """Say where the value comes from: the variable's name, the file's, or `default`."""
        if setting.variable in self.environ:
            return setting.variable
        return str(self.file) if setting.name in self.table else "default"

    def read(self, setting: Setting[T]) -> T:
        """Read one setting; raises StartError, naming the setting but not the value, if it cannot be read."""
        raw = self.environ.get(setting.variable, self.table.get(setting.name))
        if raw is None:
            return setting.default
        try:
            return setting.parse(_as_text(raw))
        except (ValueError, KeyError):
            place = self.origin(setting)
            raise StartError(f"setting {setting.name} ({place}) cannot be read: {setting.help}") from None


class Settings:
    """The values of all declared settings; raises StartError on the first bad or unknown one."""

    def __init__(self, declared: Iterable[Setting[Any]], sources: Sources) -> None:
        self.declared = {setting.name: setting for setting in declared}
        self.sources = sources
        self._refuse_unknown()
        self._values = {name: sources.read(setting) for name, setting in self.declared.items()}

    def __getitem__(self, setting: Setting[T]) -> T:
        return cast("T", self._values[setting.name])

    def _refuse_unknown(self) -> None:
        keys = set(self.sources.table) - set(self.declared)
        if keys:
            raise StartError(f"{self.sources.file}: unknown setting {min(keys)} (see `juminzei settings`)")
        known = {setting.variable for setting in self.declared.values()}
        variables = {key for key in self.sources.environ if key.startswith("JUMINZEI_")} - known
        if variables:
            raise StartError(f"unknown environment variable {min(variables)} (see `juminzei settings`)")


def environment() -> Mapping[str, str]:
    """Return the process environment; the one place that reads it."""
    return os.environ


def boolean(text: str) -> bool:
    """Read `true` or `false`."""
    return {"true": True, "false": False}[text.lower()]


def names(text: str) -> tuple[str, ...]:
    """Read a list of names separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a reader that accepts only the given words."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """Make a reader of whole numbers from `least` to `most`."""

    def parse(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise ValueError(text)
        return value

    return parse


def _as_text(raw: object) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    return ",".join(map(str, raw)) if isinstance(raw, list) else str(raw)


def _read_table(file: Path) -> Mapping[str, object]:
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise StartError(f"{file}: not readable as TOML ({error})") from None


CONFIG = Setting("config", str, "juminzei.toml", "the TOML file with the settings")
PROFILE = Setting(
    "profile",
    one_of("production", "development", "demo"),
    "production",
    "production refuses every convenience; demo and development allow introspection and made-up keys",
)
DATA_DIR = Setting("data_dir", Path, Path(".juminzei"), "folder of the embedded database and of local keys")
