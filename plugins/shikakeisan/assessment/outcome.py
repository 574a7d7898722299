"""What is decided about a person: taxed, non-taxable for a ground, or undecided for a reason."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugins.shikakeisan.facts.findings import Finding


class Outcome(StrEnum):
    """Everybody of the base has exactly one. Who pays 均等割 alone is taxed."""

    TAXED = "taxed"
    NON_TAXABLE = "non_taxable"
    UNDECIDED = "undecided"


class Ground(StrEnum):
    """Why somebody is not taxed, or why nothing can be decided yet. Stable codes, also in files of others."""

    NONE = ""
    WELFARE = "WELFARE"
    PERSON_LIMIT = "PERSON_LIMIT"
    BELOW_LIMIT = "BELOW_LIMIT"
    CLAIMED = "CLAIMED"
    MINOR = "MINOR"
    OUTSIDE = "OUTSIDE"
    NO_DOCUMENT = "NO_DOCUMENT"
    FACTS_INVALID = "FACTS_INVALID"
    MERGE_FINDING = "MERGE_FINDING"


UNDECIDED = frozenset({Ground.NO_DOCUMENT, Ground.FACTS_INVALID, Ground.MERGE_FINDING})

OUTCOME_LABELS: Mapping[Outcome, str] = {
    Outcome.TAXED: "課税",
    Outcome.NON_TAXABLE: "非課税",
    Outcome.UNDECIDED: "未決定",
}
GROUND_LABELS: Mapping[Ground, str] = {
    Ground.NONE: "",
    Ground.WELFARE: "生活扶助（地方税法295条1項1号）",
    Ground.PERSON_LIMIT: "障害者・未成年者・寡婦・ひとり親で限度額以下（同法295条1項2号）",
    Ground.BELOW_LIMIT: "均等割の非課税限度額以下（同法295条3項）",
    Ground.CLAIMED: "所得の資料がなく、他の者の扶養親族等として申し出られている（同法295条3項）",
    Ground.MINOR: "所得の資料がない未成年者（同法295条1項2号）",
    Ground.OUTSIDE: "賦課期日に課税する理由がない（同法294条・318条）",
    Ground.NO_DOCUMENT: "未申告（所得の資料がなく、誰の扶養親族等でもない）",
    Ground.FACTS_INVALID: "併合した事実に矛盾がある",
    Ground.MERGE_FINDING: "資料併合の確認事項が残っている",
}


@dataclass(frozen=True, slots=True)
class Decided:
    """What would be, or was, decided about one person; `figures` are the yen that stand in columns.

    `faults` names what is wrong with the facts where the ground is FACTS_INVALID.
    """

    outcome: Outcome
    ground: Ground
    figures: Mapping[str, int]
    rules_version: str
    faults: Sequence[Finding] = ()


def outcome_of(ground: Ground) -> Outcome:
    """Return the outcome that a ground stands for."""
    if ground is Ground.NONE:
        return Outcome.TAXED
    return Outcome.UNDECIDED if ground in UNDECIDED else Outcome.NON_TAXABLE


_NO_INCOME = frozenset({"donation_furusato", "one_stop"})
"""What an 申告特例通知 tells: nothing about income."""


def is_stated(facts: Collection[str], *, has_documents: bool) -> bool:
    """Tell whether somebody stated the person's income, be it nil. `facts` are the names of merged facts.

    The register's own facts (`taxpayer`) are no statement, and neither is an 申告特例通知 alone.
    """
    said = set(facts) - {"taxpayer"}
    return bool(said - _NO_INCOME) if said else has_documents
