"""Running a file of examples: what is equal, what differs, and what is kept without being counted."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from plugins.shikakeisan.cases.compare import Figure, figures
from plugins.shikakeisan.cases.thresholds import is_threshold, threshold_figures
from plugins.shikakeisan.cases.translate import Run, runs
from plugins.shikakeisan.errors import RuleError
from plugins.shikakeisan.service import assess


class CaseFileError(RuleError):
    """The file of examples cannot be read."""

    code = "CASE_FILE_INVALID"
    message = "計算例のファイルを読めません。1行に1つの JSON オブジェクトを書いてください。"


@dataclass(slots=True)
class Verdict:
    """What became of one example."""

    case: str
    compared: list[tuple[int, Figure]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    kept: str | None = None

    @property
    def differing(self) -> list[tuple[int, Figure]]:
        """Figures that are not equal, with their fiscal year."""
        return [(year, figure) for year, figure in self.compared if not figure.equal]

    @property
    def passed(self) -> bool:
        """Every printed figure is equal and at least one was compared."""
        return bool(self.compared) and not self.differing and not self.errors


def read_cases(path: Path) -> Iterator[dict[str, Any]]:
    """Examples of a file, one JSON object per line. Raises :class:`CaseFileError`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            try:
                case = json.loads(line, parse_float=Decimal)
            except json.JSONDecodeError as error:
                raise CaseFileError from error
            if not isinstance(case, dict) or not {"id", "fiscal_year", "facts", "expected"} <= case.keys():
                raise CaseFileError
            yield case


def run_cases(cases: Iterable[Mapping[str, Any]]) -> Iterator[Verdict]:
    """Run every example."""
    for case in cases:
        yield run_case(case)


def run_case(case: Mapping[str, Any]) -> Verdict:
    """Run one example in every year in which it holds.

    ``excluded`` of the example names printed figures that are kept but not compared, each with its reason
    (the page contradicts the law, or the figure is the income tax's).
    """
    verdict = Verdict(str(case["id"]))
    excluded = case.get("excluded", {})
    expected = {key: value for key, value in case["expected"].items() if key not in excluded}
    verdict.notes += [f"{key}: {reason}" for key, reason in excluded.items()]
    calculations = list(runs(case)) if expected else []
    for calculation in calculations:
        _run(calculation, expected, verdict)
    if not verdict.compared and not verdict.errors:
        verdict.kept = case.get("kept") or _reason(case, calculations)
    return verdict


def _run(run: Run, expected: Mapping[str, Any], verdict: Verdict) -> None:
    found = list(threshold_figures(expected, run.fiscal_year, run.municipality))
    plain = {key: value for key, value in expected.items() if not is_threshold(key)}
    if plain:
        outcome = assess(run.fiscal_year, run.municipality, run.facts)
        verdict.errors += [f"{fault.path} {fault.code}" for fault in outcome.errors]
        if not outcome.errors:
            found += figures(plain, outcome.values, run.part)
    verdict.compared += [(run.fiscal_year, figure) for figure in found if not figure.note]
    verdict.notes += [figure.key for figure in found if figure.note and figure.key not in verdict.notes]


def _reason(case: Mapping[str, Any], calculations: list[Run]) -> str:
    if not case["expected"]:
        return "計算結果が印刷されていない"
    return "比べられる数値がない" if calculations else "年度のファイルがない年の計算例"
