"""The explanation of a stored revision: its figure calculated again, down to the facts and their origins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Row

from core.errors import JuminzeiError
from core.storage.database import ReadSession
from plugins.shikakeisan.assessment.outcome import UNDECIDED, Ground
from plugins.shikakeisan.assessment.reading import origins_by_basis, subjects_as_decided
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.engine.explain import Node
from plugins.shikakeisan.service import explain

WITHOUT_FIGURES = frozenset({Ground.OUTSIDE, *UNDECIDED})


class NotReproduced(JuminzeiError):
    """The rules of today give another figure from the stored facts: an explanation would be untrue."""

    code: ClassVar[str] = "REVISION_NOT_REPRODUCED"
    message: ClassVar[str] = "決定後に規則が変わったため、この数値の計算過程を再現できません。"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure with everything that it came from; `origins` by path as the merge wrote them."""

    node: Node
    facts: Mapping[str, Any]
    origins: Mapping[str, Any]


async def explain_revision(session: ReadSession, row: Row[Any], figure: str) -> Explanation | None:
    """Explain a figure of a revision; None where nothing was calculated.

    Raises FigureUnknownError, and NotReproduced if the figure is not the stored one.
    """
    if Ground(row.ground) in WITHOUT_FIGURES:
        return None
    year = await opened_year(session, row.tax_year)
    (subject,) = await subjects_as_decided(session, [row])
    facts = subject.complete_facts()
    node = explain(row.tax_year, year.municipality_code, facts, figure)
    if not isinstance(node, Node) or (figure in FIGURES and node.value != getattr(row, figure)):
        raise NotReproduced
    origins = await origins_by_basis(session, [row.basis_id] if row.basis_id else [])
    return Explanation(node, facts, origins.get(row.basis_id, {}))
