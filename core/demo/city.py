"""The synthetic city that `juminzei demo` makes: seeded, never a real person."""

from dataclasses import dataclass, field
from random import Random

from core.runtime import Runtime


@dataclass
class DemoCity:
    """What the plug-ins that make the city share: its size, one source of chance, and what is known so far.

    `samples` carries ids between plug-ins and into the queries to paste (for example `person`).
    """

    runtime: Runtime
    people: int
    seed: int
    samples: dict[str, str] = field(default_factory=dict)

    def random(self, purpose: str) -> Random:
        """Return a source of chance that depends only on the city's seed and on `purpose`."""
        return Random(f"{self.seed}:{purpose}")  # noqa: S311  # a synthetic city must be repeatable


@dataclass(frozen=True, slots=True)
class DemoQuery:
    """A query to paste: a Japanese title, the sign-in it is meant for, the text and its variables."""

    title: str
    staff: str
    query: str
    variables: dict[str, object]
