"""What resolvers of every room do alike."""

from enum import Enum
from typing import Any

import strawberry

from core.access.journal import PersonalData
from core.graphql.pages import Page
from plugins.shikakeisan import states
from plugins.shikakeisan.states import FINDING_LABELS

BY_ID = (int,)
"""The sort key of a list in the order of ids."""


@strawberry.enum(description="確認事項の状態")
class FindingState(Enum):
    """How far a finding of any room is."""

    OPEN = strawberry.enum_value("open", description=FINDING_LABELS[states.FindingState.OPEN])
    PROPOSED = strawberry.enum_value("proposed", description=FINDING_LABELS[states.FindingState.PROPOSED])
    CLOSED = strawberry.enum_value("closed", description=FINDING_LABELS[states.FindingState.CLOSED])
    GONE = strawberry.enum_value("gone", description=FINDING_LABELS[states.FindingState.GONE])


class OfYearAndPerson(PersonalData):
    """Mixin of types that are made of a row about one person in one year: so the access log names them."""

    row: Any

    def journal_id(self) -> str:
        """Return year and person."""
        return f"{self.row.tax_year}:{self.row.person_id}"


def after_id(page: Page) -> int:
    """Return the id behind which a page begins, where the lowest ids come first."""
    return 0 if page.after is None else int(str(page.after[0]))


def before_id(page: Page) -> int | None:
    """Return the id before which a page begins, where the highest ids come first; None for the first page."""
    return None if page.after is None else int(str(page.after[0]))
