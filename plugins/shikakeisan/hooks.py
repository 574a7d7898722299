"""The hooks that 賦課計算 calls; a plug-in that needs them answers with `@hook` functions of these names.

All but `recipients` are awaited inside the transaction of the change: what a plug-in writes is committed with
it, and an error undoes both.
"""

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from core.hooks import spec
from core.storage.database import ReadSession, WriteSession
from plugins.shikakeisan.errors import ReductionShareError
from plugins.shikakeisan.facts.vocabulary import MAX_COUNT


@dataclass(frozen=True, slots=True)
class Reduction:
    """減免 (地方税法323条・45条) by a decision: the share of one person's tax of a year that is taken off.

    The share is above nil, at most all, in a fraction with a denominator up to 150. Raises
    ReductionShareError.
    """

    person_id: int
    share: Fraction
    decision: str

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or self.share.denominator > MAX_COUNT:
            raise ReductionShareError


@dataclass(frozen=True, slots=True)
class Recipient:
    """Another system that gets decided tax: a stable code, its Japanese name, and the columns it may have."""

    code: str
    name: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class Change:
    """A new revision of a person's tax of a year; `before` is 0 for the first one."""

    tax_year: int
    person_id: int
    before: int
    revision: int


@spec
def reductions(
    session: ReadSession, tax_year: int, person_ids: Sequence[int]
) -> Awaitable[Sequence[Reduction]]:
    """Say which of these persons' tax is lowered by a decision."""
    raise NotImplementedError


@spec
def base_frozen(session: WriteSession, tax_year: int) -> Awaitable[None]:
    """Hear that the base of 1 January stands."""
    raise NotImplementedError


@spec
def assessments_decided(session: WriteSession, changes: Sequence[Change]) -> Awaitable[None]:
    """Hear of first revisions, in blocks as the initial run writes them."""
    raise NotImplementedError


@spec
def assessments_revised(session: WriteSession, changes: Sequence[Change]) -> Awaitable[None]:
    """Hear of revisions after the first."""
    raise NotImplementedError


@spec
def close_done(session: WriteSession, closing_id: int, cut_off: datetime) -> Awaitable[None]:
    """Hear that a close was made."""
    raise NotImplementedError


@spec
def correction_effects(
    session: ReadSession, tax_year: int, person_id: int, difference: Mapping[str, int]
) -> Awaitable[Sequence[str]]:
    """Say in Japanese what a correction will lead to: notices, collection changes, offices that are told."""
    raise NotImplementedError


@spec
def notices_served(
    session: ReadSession, tax_year: int, person_ids: Sequence[int]
) -> Awaitable[Mapping[int, date]]:
    """Say on which day the first notice of the year was served on each of these persons, where known."""
    raise NotImplementedError


@spec
def recipients() -> Sequence[Recipient]:
    """Name the systems that get files of decided tax at the first decision and at each close."""
    raise NotImplementedError
