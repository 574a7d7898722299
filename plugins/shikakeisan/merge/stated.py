"""Relatives as papers name them: whose statement counts, and who stands on it."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from plugins.shikakeisan.facts.vocabulary import SPOUSES
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.papers import PENSION, RESIDENT_RETURN, SALARY, TAX_RETURN, Paper
from plugins.shikakeisan.merge.people import UNCERTAIN, Kin, KinOf

SPOUSE, DEPENDANT, UNDER16 = "spouse", "dependant", "under16"
EMPLOYEE, RETIRED = "family_employee", "retired_relative"
RULES = {
    TAX_RETURN: "relatives_of_return",
    RESIDENT_RETURN: "relatives_of_resident_return",
    SALARY: "relatives_of_main_slip",
    PENSION: "relatives_of_pension",
}
_CLAIMED = frozenset({"1", "3"})
_COUNTS = (
    *("specific_main", "elderly_main", "other_main", "under16_count"),
    *("specific_count", "elderly_count", "other_count"),
)


class Stated(NamedTuple):
    """A relative as a paper names them, with who it is; `kin` None where nobody was recognised."""

    paper: Paper
    role: str
    said: Mapping[str, Any]
    kin: Kin | None
    rule: str

    @property
    def key(self) -> Any:
        """Return what tells one relative from another."""
        if self.kin is not None:
            return self.kin.person_id
        return (
            self.said.get("number") or self.said.get("name") or (self.paper.id, self.role, self.said["place"])
        )

    @property
    def is_adjusting(self) -> bool:
        """Tell whether a return names the relative for 所得金額調整控除 alone (その他「調整」)."""
        return self.said.get("adjustment") == "1"


def source_of(papers: Sequence[Paper]) -> Paper | None:
    """Return the paper whose statement of relatives counts."""
    for paper in papers:
        if paper.kind == TAX_RETURN:
            return paper
        if paper.kind == RESIDENT_RETURN and (paper.relatives or paper.flag("spouse_claimed")):
            return paper
        if (paper.kind == PENSION or (paper.kind == SALARY and paper.is_main)) and states_any(paper):
            return paper
    return None


def states_any(paper: Paper) -> bool:
    """Tell whether a slip names or counts relatives, or claims a spouse."""
    return bool(paper.relatives or claims_spouse(paper)) or any(map(paper.number, _COUNTS))


def unheard_slips(papers: Sequence[Paper], source: Paper | None) -> list[Paper]:
    """Return slips of pay in 甲欄 that state relatives where the main employer's slip states none."""
    if source is not None and source.kind != PENSION:
        return []
    slips = [paper for paper in papers if paper.kind == SALARY and not paper.is_secondary]
    return [paper for paper in slips if not paper.is_main and states_any(paper)]


def claims_spouse(paper: Paper) -> str:
    """Return the item by which a paper claims a spouse, named or not; empty where it claims none."""
    claimed = {"1"} if paper.kind == RESIDENT_RETURN else _CLAIMED
    if paper.items.get("spouse_claimed") in claimed:
        return "spouse_claimed"
    is_deducted = paper.kind != RESIDENT_RETURN and paper.number("spouse_deduction") > 0
    return "spouse_deduction" if is_deducted else ""


def named_on(paper: Paper, rule: str, kin: KinOf, merged: Merged) -> list[Stated]:
    """Return the relatives of a paper, each once; 退職所得のある親族 in the role of their relation."""
    found: list[Stated] = []
    seen: set[Any] = set()
    for said in paper.relatives:
        role = str(said["role"])
        who = kin.get((paper.id, role, int(said["place"])))
        if who is UNCERTAIN:
            merged.find("RELATIVE_UNCERTAIN", [paper.id], role=role)
            who = None
        if role == RETIRED:
            role = SPOUSE if said.get("relation") in SPOUSES else DEPENDANT
        one = Stated(paper, role, said, who, rule)
        if role == EMPLOYEE or one.key not in seen:
            found.append(one)
        if role != EMPLOYEE:
            seen.add(one.key)
    return found
