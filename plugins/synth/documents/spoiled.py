"""Faults in documents: what the victims' papers say wrongly, twice, or say and then take back."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeAlias

from plugins.synth.block import Block
from plugins.synth.documents.model import PENSION, SALARY, Document
from plugins.synth.documents.senders import employer
from plugins.synth.documents.slips import relatives_of
from plugins.synth.documents.view import View
from plugins.synth.faults.kinds import Fault
from plugins.synth.people.claims import Claims, is_low
from plugins.synth.people.model import Role
from plugins.synth.people.numbers import with_wrong_check

Papers: TypeAlias = list[Document]


class Planted(NamedTuple):
    """A fault with its place: people by serial, documents by id, or the delivery and file."""

    fault: Fault
    people: list[int]
    documents: list[str]
    folder: str = ""
    file: str = ""


def spoil(block: Block, view: View, papers: Papers) -> tuple[Papers, list[Planted]]:
    """Return a person's documents as they arrive, with the faults that strike this person."""
    planted: list[Planted] = []
    for fault, victims in block.victims.items():
        if view.person.serial in victims:
            before = {paper.id: paper for paper in papers}
            papers = _SPOIL[fault](block, view, papers)
            shown = [paper.id for paper in papers if before.get(paper.id) is not paper]
            planted.append(Planted(fault, [view.person.serial], shown or [paper.id for paper in papers]))
    return papers, planted


def _cancelled(_block: Block, view: View, papers: Papers) -> Papers:
    """Another employer sends a slip by mistake, and takes it back in a second file."""
    sender = employer(view.plan.employers - 1)
    first = next(paper for paper in papers if paper.kind == SALARY)
    wrong = {
        **first.record,
        "payer_name": sender.name,
        "payer_address": sender.address,
        "payer_number": sender.corporate_number,
        "designation_number": sender.code,
        "recipient_number": f"{view.person.serial:08d}-x",
    }
    number = f"{view.person.serial:08d}"
    slip = first._replace(id=f"{number}-x", folder=sender.folder, record=wrong)
    taken_back = slip._replace(
        id=f"{number}-c", file="data/315_torikeshi.csv", record={**wrong, "correction": "3"}
    )
    return [*papers, slip, taken_back]


def _duplicate(_block: Block, _view: View, papers: Papers) -> Papers:
    """The payer sends the same pension again in another file."""
    first = next(paper for paper in papers if paper.kind == PENSION)
    again = first._replace(id=f"{first.id}-again", file="data/377_saisou.csv")
    return [*papers, again]


def _wrong_check(_block: Block, view: View, papers: Papers) -> Papers:
    wrong = {"my_number": f"0{with_wrong_check(view.person.my_number)}"}
    return [_with(paper, wrong) if paper.kind == SALARY else paper for paper in papers]


def _namesake(_block: Block, _view: View, papers: Papers) -> Papers:
    """Without a My Number only the address tells the two apart."""
    return [_with(paper, {"my_number": ""}) for paper in papers]


def _as_it_is(_block: Block, _view: View, papers: Papers) -> Papers:
    return papers


def _second_claimant(block: Block, view: View, papers: Papers) -> Papers:
    """The lesser earner states the children too."""
    home = next(home for home in block.households if home.number == view.person.household)
    children = [one for one in home.members if one.role is Role.CHILD and is_low(one)]
    record = relatives_of(Claims(dependants=children))
    return [_with(paper, record) if paper.kind == SALARY else paper for paper in papers]


def _with(paper: Document, items: Mapping[str, str | int]) -> Document:
    return paper._replace(record={**paper.record, **items})


_SPOIL: Mapping[Fault, Callable[[Block, View, Papers], Papers]] = {
    Fault.CANCELLED_SLIP: _cancelled,
    Fault.DUPLICATE_PENSION: _duplicate,
    Fault.WRONG_CHECK_DIGIT: _wrong_check,
    Fault.NAMESAKE: _namesake,
    Fault.MOVED_2_JANUARY: _as_it_is,
    Fault.TWO_CLAIMANTS: _second_claimant,
}
