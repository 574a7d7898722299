"""Reading a city back: what its truth says, for proofs and benchmarks of those who take the files in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from plugins.synth.faults.kinds import Fault


@dataclass(frozen=True, slots=True)
class CityFiles:
    """A city on disk; `truth` has the lines of truth.jsonl by kind: city, person, document, fault."""

    out: Path
    truth: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def deliveries(self) -> list[tuple[Path, Mapping[str, Any]]]:
        """Each delivery: its folder and its manifest, in the order of the folders."""
        paths = sorted(self.out.glob("*/*/manifest.json"))
        return [(path.parent, orjson.loads(path.read_bytes())) for path in paths]

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return the lines of a JSON-lines file of the city."""
        return _lines(self.out / name)

    def faults(self, fault: Fault) -> list[Mapping[str, Any]]:
        """Return where one kind of fault was planted."""
        return [one for one in self.truth["fault"] if one["fault"] == fault]


def read_city(out: Path) -> CityFiles:
    """Read the truth of a city (in memory: for cities that are proofs, not for a million people)."""
    truth: dict[str, list[dict[str, Any]]] = {"city": [], "person": [], "document": [], "fault": []}
    for line in _lines(out / "truth.jsonl"):
        truth[line["kind"]].append(line)
    return CityFiles(out, truth)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]
