"""What a merge of one person gathers: facts with origins, claims, findings, documents used and put aside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Facts = dict[str, Any]
Origin = dict[str, Any]


class Claim(NamedTuple):
    """A relative whom the taxpayer claims; `path` is where the relative stands in the facts.

    `stated` is the blind index of a number that nobody here holds.
    """

    relative_id: int | None
    role: str
    document_id: int | None
    path: str
    stated: str = ""


class Found(NamedTuple):
    """Something that a person must look at; details are codes, paths and ids, no personal data."""

    code: str
    documents: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    details: Mapping[str, Any] = {}


@dataclass(slots=True)
class Merged:
    """The basis of one person, and what was found on the way.

    `documents` are those that gave something. Not frozen: a city has many.
    """

    facts: Facts = field(default_factory=dict)
    origins: dict[str, list[Origin]] = field(default_factory=dict)
    aside: list[dict[str, Any]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)

    def give(self, path: str, value: Any, document: int, item: str, rule: str) -> None:
        """State a fact that one document gives."""
        put(self.facts, path, value)
        self.origins[path] = [{"document": document, "item": item, "rule": rule}]

    def mark(self, path: str, document: int, item: str, rule: str) -> None:
        """State that something holds."""
        self.give(path, value=True, document=document, item=item, rule=rule)

    def come(self, path: str, origin: Origin) -> None:
        """Note one more origin of a fact."""
        self.origins.setdefault(path, []).append(origin)

    def find(
        self,
        code: str,
        documents: Collection[int] = (),
        others: Collection[int] = (),
        **details: Any,
    ) -> None:
        """Note something to look at."""
        self.findings.append(Found(code, tuple(sorted(documents)), tuple(sorted(others)), details))


def put(facts: Facts, path: str, value: Any) -> None:
    """Put a value at a path such as `casualty.net_loss`."""
    key, _, part = path.partition(".")
    if part:
        facts.setdefault(key, {})[part] = value
    else:
        facts[key] = value


def look(facts: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path; None where there is none."""
    key, _, part = path.partition(".")
    value = facts.get(key)
    if not part:
        return value
    return value.get(part) if isinstance(value, dict) else None


def relatives_in(facts: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the spouse and the other relatives of facts."""
    spouse = [facts["spouse"]] if "spouse" in facts else []
    return [*spouse, *facts.get("dependants", ())]
