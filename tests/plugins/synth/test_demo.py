"""The demonstration: a year from files to decided tax, and queries that show it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
from click.testing import CliRunner

from core.clock import Clock
from core.demo.city import DemoCity
from core.runtime import Runtime
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL, ServerAddress
from core.storage.migrations import Migrations
from plugins.synth.demo import commands_of_a_year
from schema.build import build_runtime
from schema.main import build_cli
from schema.testing import environ_of, open_house


@pytest.fixture(scope="session")
def branches(house_branches: Sequence[Migrations]) -> Sequence[Migrations]:
    return house_branches


def made(folder: Path, address: ServerAddress, people: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Type `juminzei demo`; return its sheet."""
    urls = {DATABASE_URL.variable: address.app_url, DATABASE_OWNER_URL.variable: address.owner_url}
    environ = environ_of(folder, **urls)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    runtime = build_runtime(environ)
    words = ["demo", "--people", str(people), "--no-serve", "--json"]
    result = CliRunner().invoke(build_cli(runtime), words, obj=runtime)
    assert result.exit_code == 0, result.output
    return orjson.loads(result.stdout)


def answers(folder: Path, address: ServerAddress, sheet: Any) -> list[Any]:
    async def ask() -> list[Any]:
        tokens = {person["role"]: person["token"] for person in sheet["sign_ins"]}
        async with open_house(folder, address) as house:
            return [
                (await house.ask(one["query"], token=tokens[one["staff"]], **one["variables"])).json()
                for one in sheet["queries"]
            ]

    return asyncio.run(ask())


def test_every_query_of_the_demonstration_leads_from_tax_to_document(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = answers(tmp_path, address, made(tmp_path, address, 300, monkeypatch))

    assert not [answer for answer in found if "errors" in answer]
    tax, documents, year = (answer["data"] for answer in found[-3:])
    salary = tax["assessment"]["salaryIncome"]["children"][0]["children"][0]["children"][0]
    assert tax["assessment"]["outcome"] == "TAXED"
    assert salary["origins"][0]["kind"] == "document"
    ids = {one["id"] for one in documents["mergedBasis"]["documents"]}
    assert salary["origins"][0]["documentId"] in ids
    outcomes = {one["outcome"]: one["people"] for one in year["taxYear"]["outcomes"]}
    assert outcomes.keys() == {"TAXED", "NON_TAXABLE", "UNDECIDED"}
    assert all(outcomes.values())
    assert year["taxYear"]["blockingItems"] == 1
    assert {one["node"]["code"] for one in year["mergeFindings"]["edges"]} == {"TWO_CLAIMANTS"}


@pytest.mark.parametrize("people", [1, 12])
def test_a_city_of_few_has_its_year_decided_too(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    sheet = made(tmp_path, address, people, monkeypatch)
    again = made(tmp_path, address, people + 1, monkeypatch)

    assert sheet["people"] == again["people"] == people
    assert [one["title"] for one in sheet["queries"]] == [one["title"] for one in again["queries"]]
    assert not [answer for answer in answers(tmp_path, address, again) if "errors" in answer]


def test_the_truncated_file_is_held_back_until_all_is_decided(tmp_path: Path) -> None:
    runtime = cast("Runtime", SimpleNamespace(clock=Clock()))
    typed = []
    for words in commands_of_a_year(DemoCity(runtime, 300, 1), tmp_path):
        typed.append(words[:2])
        if words[0] == "synth":
            (tmp_path / "city" / "kyuho" / "000000000004").mkdir(parents=True)

    assert typed[-3:] == [("year", "assess"), ("intake", str(tmp_path / "late")), ("year", "status")]
    assert typed[4] == ("intake", str(tmp_path / "city" / "kyuho"))
