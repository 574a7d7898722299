"""`juminzei synth` as a person types it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from plugins.synth.api import read_city
from plugins.synth.commands import synth


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(synth, arguments)
    return result.exit_code, result.output


def test_it_writes_a_city_and_says_what_is_in_it(tmp_path: Path) -> None:
    out = tmp_path / "city"
    code, said = run(
        *("--people", "300", "--year", "2025", "--out", str(out), "--faults", "none", "--workers", "1")
    )

    counts = dict(line.split("\t") for line in said.splitlines())
    assert code == 0
    assert counts["人"] == "300"
    assert counts["不備"] == "0"
    assert int(counts["給与支払報告書"]) == sum(
        one["layout"] == "salary_report" for one in read_city(out).truth["document"]
    )


def test_single_faults_can_be_named(tmp_path: Path) -> None:
    out = tmp_path / "city"
    asked = ("--faults", "wrong-check-digit,truncated-file", "--workers", "1")
    code, _ = run(*("--people", "1000", "--year", "2025", "--out", str(out)), *asked)

    assert code == 0
    assert {one["fault"] for one in read_city(out).truth["fault"]} == {"wrong-check-digit", "truncated-file"}


@pytest.mark.parametrize(
    "wrong",
    [
        ("--people", "0"),
        ("--people", "1200001"),
        ("--year", "2020"),
        ("--faults", "flood"),
        ("--faults", "all,namesake"),
        ("--workers", "0"),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path: Path, wrong: tuple[str, str]) -> None:
    usual = {"--people": "10", "--year": "2025", "--out": str(tmp_path / "city")}
    arguments = [part for pair in ({**usual, wrong[0]: wrong[1]}).items() for part in pair]

    assert run(*arguments)[0] == 2
    assert not (tmp_path / "city").exists()
