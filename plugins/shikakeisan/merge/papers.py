"""The documents of one person in the order in which they are heard; which of them are not heard at all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from plugins.shikakeisan.merge.gathered import Merged
from plugins.shiryo.api import DocumentFacts

SALARY, PENSION = "salary_report", "pension_report"
TAX_RETURN, RESIDENT_RETURN = "tax_return", "resident_return"
ONE_STOP, WITHHELD_LEVY, RETIREMENT, PUNCHED = (
    "one_stop_notice",
    "withheld_levy",
    "retirement_slip",
    "punched_slip",
)
SLIPS = frozenset({SALARY, PENSION})
_STANDS_FOR: Mapping[Any, str] = {"1": SALARY, "2": PENSION}
_RANKS = {
    TAX_RETURN: 0,
    RESIDENT_RETURN: 1,
    SALARY: 2,
    PENSION: 3,
    ONE_STOP: 4,
    WITHHELD_LEVY: 5,
    RETIREMENT: 6,
}
_TWICE = {
    SALARY: "SAME_PAYER_TWICE",
    PENSION: "SAME_PENSION_TWICE",
    ONE_STOP: "SAME_NOTICE_TWICE",
    WITHHELD_LEVY: "SAME_NOTICE_TWICE",
}
_LEFT = "2"
Said: TypeAlias = tuple[str, int, str, str]
"""Fact, yen, item; the rule where it is not that of the fact's group."""


class Paper:
    """A document as the merge hears it: a punched slip is the paper it stands for."""

    __slots__ = ("amounts", "document", "id", "is_main", "is_secondary", "items", "kind", "relatives")

    def __init__(self, document: DocumentFacts) -> None:
        self.document = document
        self.id = document.id
        self.items = document.items
        self.amounts = document.amounts
        self.relatives = document.relatives
        self.kind = document.kind
        if self.kind == PUNCHED:
            self.kind = _STANDS_FOR.get(self.items.get("slip"), _kind_of(self.amounts))
        self.is_secondary = self.items.get("secondary_column") == "1"
        self.is_main = False

    def flag(self, item: str) -> bool:
        """Tell whether a mark is set."""
        return self.items.get(item) == "1"

    def number(self, item: str) -> int:
        """Return a number; 0 where there is none."""
        value = self.items.get(item, 0)
        return value if isinstance(value, int) else 0

    @property
    def payer(self) -> str:
        """Return who pays, as far as the document tells; empty where it does not."""
        own = str(self.items.get("designation_number", ""))
        return own if own or self.document.kind == PUNCHED else self.document.sender_code

    @property
    def is_adjusted(self) -> bool:
        """Tell whether the employer made the year-end adjustment."""
        return self.number("deductions_total") > 0

    def says_the_same(self, other: "Paper") -> bool:
        """Tell whether two documents say the same, but for the number they came under."""
        return (
            self.amounts == other.amounts
            and self.relatives == other.relatives
            and _without_number(self.items) == _without_number(other.items)
        )


def heard(documents: Sequence[DocumentFacts], merged: Merged) -> list[Paper]:
    """Return the papers that are heard, the strongest first; the others are put aside, with findings."""
    papers = [Paper(document) for document in documents]
    if len(papers) > 1:
        papers.sort(key=lambda paper: (_RANKS[paper.kind], paper.id))
        papers = _once(papers, merged)
        papers = _last_return(papers, merged)
    return _with_main([paper for paper in papers if not _is_apart(paper, merged)], merged)


def _kind_of(amounts: Mapping[str, int]) -> str:
    return PENSION if "pension" in amounts and "salary" not in amounts else SALARY


def _without_number(items: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in items.items() if name != "recipient_number"}


def _is_apart(paper: Paper, merged: Merged) -> bool:
    if paper.kind != RETIREMENT:
        return False
    put_aside(merged, paper, "retirement_apart")
    return True


def put_aside(merged: Merged, paper: Paper, rule: str) -> None:
    """Note that a document gave nothing, and why."""
    merged.aside.append({"document": paper.id, "kind": paper.document.kind, "rule": rule})


def _once(papers: Sequence[Paper], merged: Merged) -> list[Paper]:
    """Look for the same payer twice; what says the same word for word is heard once."""
    by_payer: defaultdict[tuple[str, str], list[Paper]] = defaultdict(list)
    kept: list[Paper] = []
    for paper in papers:
        same = by_payer[paper.kind, paper.payer] if paper.payer and paper.kind in _TWICE else []
        twin = next((one for one in same if one.says_the_same(paper)), None)
        if twin is not None:
            put_aside(merged, paper, "same_document_twice")
            merged.find(_TWICE[paper.kind], [twin.id, paper.id], amount="once")
            continue
        if same and paper.kind in SLIPS and paper.document.action != "add":
            merged.find(_TWICE[paper.kind], [same[0].id, paper.id], amount="added")
        same.append(paper)
        kept.append(paper)
    _same_amounts(kept, merged)
    return kept


def _same_amounts(papers: Iterable[Paper], merged: Merged) -> None:
    """Two payers of one and the same pension: both count, and somebody looks."""
    seen: dict[tuple[int, int], Paper] = {}
    for paper in papers:
        amounts = (paper.amounts.get("pension", 0), paper.amounts.get("social_insurance", 0))
        if paper.kind != PENSION or not all(amounts):
            continue
        other = seen.setdefault(amounts, paper)
        if other.payer != paper.payer:
            merged.find("SAME_PENSION_OF_TWO_PAYERS", [other.id, paper.id])


def _last_return(papers: list[Paper], merged: Merged) -> list[Paper]:
    for kind in (TAX_RETURN, RESIDENT_RETURN):
        returns = [paper for paper in papers if paper.kind == kind]
        if len(returns) > 1:
            last = max(returns, key=lambda paper: (str(paper.items.get("filed_on", "")), paper.id))
            for paper in returns:
                if paper is not last:
                    put_aside(merged, paper, "last_return")
            merged.find("RETURN_TWICE", [paper.id for paper in returns])
            papers = [paper for paper in papers if paper.kind != kind or paper is last]
    return papers


def _with_main(papers: list[Paper], merged: Merged) -> list[Paper]:
    """Mark the slip of the main employer, and leave out pay that it includes already."""
    slips = [paper for paper in papers if paper.kind == SALARY and not paper.is_secondary]
    if not slips:
        return papers
    if len(slips) == 1:
        slips[0].is_main = True
        return papers
    main = max(slips, key=_mainness)
    main.is_main = True
    gone = _included(main, [paper for paper in slips if paper is not main], merged)
    rest = [paper for paper in papers if paper is not main and paper is not gone]
    place = next(place for place, paper in enumerate(papers) if paper.kind == SALARY)
    return [*rest[:place], main, *rest[place:]]


def _mainness(paper: Paper) -> tuple[bool, bool, int, int]:
    stays = paper.items.get("joined_or_left") != _LEFT
    return (paper.is_adjusted, stays, paper.amounts.get("salary", 0), -paper.id)


def _included(main: Paper, others: Sequence[Paper], merged: Merged) -> Paper | None:
    included = main.number("other_payer_payment")
    if not included:
        return None
    same = next((paper for paper in others if paper.amounts.get("salary") == included), None)
    if same is not None:
        put_aside(merged, same, "previous_pay_included")
    elif any(paper.items.get("joined_or_left") == _LEFT for paper in others):
        merged.find("PREVIOUS_PAY_DIFFERS", [main.id, *(paper.id for paper in others)])
    return same
