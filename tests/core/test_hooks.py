"""The page of hooks and the hooks agree, argument by argument."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from core import hooks

PAGE = (Path(__file__).parents[2] / "docs" / "hooks.md").read_text(encoding="utf-8")
SPECS = {
    name: function
    for name, function in vars(hooks).items()
    if inspect.isfunction(function) and hasattr(function, f"{hooks.PROJECT}_spec")
}


@pytest.mark.parametrize("function", SPECS.values(), ids=SPECS)
def test_every_hook_is_documented_with_its_exact_arguments(function: Callable[..., object]) -> None:
    arguments = ", ".join(inspect.signature(function).parameters)
    assert f"### {function.__name__}({arguments})\n" in PAGE


def test_no_other_hook_is_documented() -> None:
    assert set(re.findall(r"^### (\w+)\(", PAGE, re.MULTILINE)) == set(SPECS)
