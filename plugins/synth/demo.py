"""The year of the demonstration city, as clerks type it: from files to everybody's decided tax."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.demo.city import DemoCity
from plugins.shikakeisan.api import known_years
from plugins.synth.faults.kinds import Fault, of_employers
from plugins.synth.plan import Plan

MUNICIPALITY = "331007"
"""The city that all synthetic people live in."""
REGISTER = frozenset({"juki", "jutogai"})
"""Folders of a city that hold no documents."""
FAULTS = frozenset({Fault.MISSING_SENDER, Fault.TRUNCATED_FILE, Fault.CANCELLED_SLIP, Fault.TWO_CLAIMANTS})
"""What is left to do for whoever looks at the demonstration."""
ENOUGH_PEOPLE = 300
"""From this size on a city has somebody to be struck by each fault."""


def commands_of_a_year(city: DemoCity, folder: Path) -> Iterator[Sequence[str]]:
    """Give what is typed from the register's feed to the assessment of the present 課税年度."""
    tax_year = min(city.runtime.clock.today().year, max(known_years()))
    plan = Plan(city.people, tax_year, city.seed, FAULTS if city.people >= ENOUGH_PEOPLE else frozenset())
    year, out, late = str(tax_year), folder / "city", folder / "late"
    size = ("--people", str(plan.people), "--year", year, "--seed", str(plan.seed), "--workers", "1")
    yield ("synth", *size, "--faults", ",".join(sorted(plan.faults)) or "none", "--out", str(out))
    yield ("atena", "feed", str(out / "juki" / "feed.jsonl"))
    others, since = out / "jutogai" / "jutogai.jsonl", f"{tax_year - 1}-01-01"
    yield ("atena", "jutogai", str(others), "--valid-from", since)
    yield ("expect", str(out / "senders.jsonl"), "--year", year)
    _hold_back(plan, out / "kyuho", late)
    yield (
        "intake",
        *sorted(str(kind) for kind in out.iterdir() if kind.is_dir() and kind.name not in REGISTER),
    )
    yield ("year", "open", year, "--municipality", MUNICIPALITY)
    for stage in ("freeze", "merge", "assess"):
        yield ("year", stage, year)
    if late.exists():
        yield ("intake", str(late))
    yield ("year", "status", year)


def _hold_back(plan: Plan, delivered: Path, late: Path) -> None:
    """Let the truncated file come when all is decided: before, it would keep the year from being merged."""
    for code, fault in of_employers(plan).items():
        if fault is Fault.TRUNCATED_FILE:
            (delivered / code).rename(late)
