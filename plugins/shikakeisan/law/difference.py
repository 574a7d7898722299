"""What a year changes: the tables that differ from the year before, with the amending law."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from plugins.shikakeisan.law.years import Entry, Year, known_years, load_year


@dataclass(frozen=True, slots=True)
class Change:
    """One table that differs. ``before`` or ``after`` is ``None`` where the law does not have it."""

    name: str
    label: str
    law: str
    before: Any
    after: Any
    amended: str | None


def changes(before: Year, after: Year) -> list[Change]:
    """Tables that differ between two years, in the order of the later file."""
    names = [*after.entries, *(name for name in before.entries if name not in after.entries)]
    found = (_change(name, before, after) for name in names)
    return [change for change in found if change.before != change.after]


def _change(name: str, before: Year, after: Year) -> Change:
    old, new = before.entries.get(name), after.entries.get(name)
    shown = after.entries[name] if new else before.entries[name]
    amended = new.amended if new else after.absent.get(name)
    return Change(name, shown.label, shown.law, _figures(old), _figures(new), amended)


def _figures(entry: Entry | None) -> Any:
    return None if entry is None else (entry.value, entry.unit)


def amendment_faults() -> list[str]:
    """A table that differs from the year before names the amending law; one that does not differ names
    none."""
    faults = []
    years = [load_year(year) for year in known_years()]
    for before, after in pairwise(years):
        changed = {change.name: change.amended for change in changes(before, after)}
        faults += [f"{after.label} {name} に改正法がありません" for name, law in changed.items() if not law]
        faults += [
            f"{after.label} {name} は前年と同じなのに改正法があります"
            for name, entry in after.entries.items()
            if entry.amended and name not in changed
        ]
    return faults


def years_of_change(reads: tuple[str, ...]) -> list[str]:
    """Labels of the years in which a table that the rule reads differs from the year before."""
    years = [load_year(year) for year in known_years()]
    return [
        after.label
        for before, after in pairwise(years)
        if any(change.name in reads for change in changes(before, after))
    ]
