"""Settings: environment beats file beats default; a bad or unknown one stops the start with one line."""

from pathlib import Path

import pytest

from core.errors import StartError
from core.settings import CONFIG, Setting, Settings, Sources, boolean, names, one_of, whole

PORT = Setting("port", whole(0, 65535), 8000, "port to listen on")
COLOUR = Setting("colour", one_of("red", "blue"), "red", "a colour")
LIST = Setting("list", names, ("a",), "some names")
SWITCH = Setting("switch", boolean, False, "on or off")
SECRET = Setting("token", str, "", "a secret", secret=True, env="SECRET_TOKEN")
DECLARED = (CONFIG, PORT, COLOUR, LIST, SWITCH, SECRET)


def read(tmp_path: Path, toml: str = "", **environ: str) -> Settings:
    file = tmp_path / "juminzei.toml"
    file.write_text(toml, encoding="utf-8")
    return Settings(DECLARED, Sources({CONFIG.variable: str(file), **environ}))


def test_default_without_file_or_variable(tmp_path: Path) -> None:
    settings = Settings(DECLARED, Sources({CONFIG.variable: str(tmp_path / "none.toml")}))
    assert settings[PORT] == 8000
    assert settings.sources.origin(PORT) == "default"


def test_file_beats_default_and_environment_beats_file(tmp_path: Path) -> None:
    assert read(tmp_path, "port = 1")[PORT] == 1
    settings = read(tmp_path, "port = 1", JUMINZEI_PORT="2")
    assert settings[PORT] == 2
    assert settings.sources.origin(PORT) == "JUMINZEI_PORT"


@pytest.mark.parametrize(
    ("setting", "toml", "value"),
    [
        (LIST, 'list = ["x", "y"]', ("x", "y")),
        (LIST, 'list = "x, y"', ("x", "y")),
        (SWITCH, "switch = true", True),
        (COLOUR, 'colour = "blue"', "blue"),
    ],
)
def test_toml_values(tmp_path: Path, setting: Setting[object], toml: str, value: object) -> None:
    assert read(tmp_path, toml)[setting] == value


def test_own_variable_name(tmp_path: Path) -> None:
    assert read(tmp_path, SECRET_TOKEN="s")[SECRET] == "s"


@pytest.mark.parametrize(
    ("toml", "environ", "place"),
    [
        ("port = 70000", {}, "setting port"),
        ('port = "many"', {}, "setting port"),
        ('colour = "green"', {}, "setting colour"),
        ('switch = "perhaps"', {}, "setting switch"),
        ("prot = 1", {}, "unknown setting prot"),
        ("", {"JUMINZEI_PROT": "1"}, "unknown environment variable JUMINZEI_PROT"),
        ("port = ", {}, "not readable as TOML"),
    ],
)
def test_a_bad_setting_is_one_line(tmp_path: Path, toml: str, environ: dict[str, str], place: str) -> None:
    with pytest.raises(StartError, match=place) as refusal:
        read(tmp_path, toml, **environ)
    assert "\n" not in str(refusal.value).replace("not readable as TOML", "")


def test_a_refused_value_is_not_echoed(tmp_path: Path) -> None:
    with pytest.raises(StartError) as refusal:
        read(tmp_path, 'colour = "hunter2"')
    assert "hunter2" not in str(refusal.value)
