"""Loading plug-ins: order of requirements, and one line for everything that is wrong."""

import types
from collections.abc import Callable

import pytest

from core.errors import StartError
from core.hooks import hook
from core.loading import assemble, load


def plugin(*functions: Callable[..., object], **named: Callable[..., object]) -> types.ModuleType:
    module = types.ModuleType("a_plugin")
    for function in functions:
        setattr(module, function.__name__, hook(function))
    for name, function in named.items():
        setattr(module, name, hook(function))
    return module


def needs(*names: str) -> types.ModuleType:
    return plugin(requires=lambda: names)


def test_answers_come_in_the_order_of_requirements() -> None:
    plugins = assemble({"top": needs("middle"), "base": plugin(), "middle": needs("base")})
    assert plugins.order == ("core", "base", "middle", "top")
    assert plugins.answers("requires") == [("base",), ("middle",)]


def test_a_misspelt_hook_stops_the_start() -> None:
    def grapqhl() -> None: ...

    with pytest.raises(StartError, match=r"plug-in typo: .*grapqhl"):
        assemble({"typo": plugin(grapqhl)})


def test_a_hook_with_an_argument_that_does_not_exist_stops_the_start() -> None:
    def services(rutnime: object) -> None: ...

    with pytest.raises(StartError, match=r"plug-in typo: .*rutnime"):
        assemble({"typo": plugin(services)})


def test_an_unknown_plugin_stops_the_start() -> None:
    with pytest.raises(StartError, match="unknown plug-in nowhere"):
        load(["nowhere"])


def test_a_missing_requirement_stops_the_start() -> None:
    with pytest.raises(StartError, match="plug-in top requires base, which is not enabled"):
        assemble({"top": needs("base")})


def test_a_required_plugin_must_be_enabled() -> None:
    with pytest.raises(StartError, match="plug-in audit is required"):
        load(["atena"], required=["audit"])


def test_requirements_in_a_circle_stop_the_start() -> None:
    with pytest.raises(StartError, match="a → b → a"):
        assemble({"a": needs("b"), "b": needs("a")})


def test_a_plugin_may_own_hooks_that_others_answer() -> None:
    specs = types.ModuleType("specs")
    exec(  # noqa: S102  # a module of specifications made on the spot
        "from core.hooks import spec\n@spec\ndef bell_rang(times: int) -> None: ...", specs.__dict__
    )
    heard: list[int] = []
    owner = plugin(hook_specs=lambda: specs)
    listener = plugin(requires=lambda: ("owner",))
    listener.bell_rang = hook(lambda times: heard.append(times))  # type: ignore[attr-defined]
    assemble({"listener": listener, "owner": owner}).answers("bell_rang", times=3)
    assert heard == [3]
