"""Whom the merge is about: the taxpayer as the base has them, and relatives as the register has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from plugins.shikakeisan.base.standing import Standing

MALE, FEMALE = "1", "2"


class BasePerson(NamedTuple):
    """A person of the base of 1 January; `relation` is the one to the head of the household."""

    person_id: int
    tax_year: int
    birth_date: date | None = None
    sex: str = ""
    death_date: date | None = None
    household_number: str = ""
    relation: str = ""
    standing: str = Standing.RESIDENT.value


class Kin(NamedTuple):
    """What the register tells of a relative who was recognised; `income` is the relative's own 合計所得金額.

    `income` is None where no document states the relative's income.
    """

    person_id: int
    birth_date: date | None = None
    sex: str = ""
    death_date: date | None = None
    household_number: str = ""
    relation: str = ""
    income: int | None = None


UNCERTAIN = Kin(0)
"""Several people hold the number that a document states."""

KinOf = Mapping[tuple[int, str, int], Kin]
"""Relatives by document, role and place on the document."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An officer's value for a fact. `value` None takes the fact away; `seen` is what the merge said then."""

    value: Any
    seen: Any = None
    id: int | None = None
