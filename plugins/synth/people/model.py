"""A synthetic person: who, where, since when, and the income of the year. Yen are integers."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from plugins.synth.people.places import Home
from plugins.synth.people.words import VARIANTS, Word

MALE, FEMALE = "1", "2"
_VARIANTS = str.maketrans(VARIANTS)


class Role(StrEnum):
    """Place in the household."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"


class Stay(StrEnum):
    """What ties a person to the city around 1 January (賦課期日)."""

    RESIDENT = "resident"
    IN_THAT_YEAR = "moved_in_that_year"
    IN_ON_1_JANUARY = "moved_in_1_january"
    IN_ON_2_JANUARY = "moved_in_2_january"
    OUT_ON_31_DECEMBER = "moved_out_31_december"
    OUT_ON_2_JANUARY = "moved_out_2_january"
    NON_RESIDENT = "non_resident"
    """住登外: registered elsewhere, taxed here (地方税法294条3項)."""


ELSEWHERE = frozenset({Stay.IN_ON_2_JANUARY, Stay.OUT_ON_31_DECEMBER})
"""Stays of people whom another municipality taxes."""


class Job(NamedTuple):
    """Pay from one employer; the main one gets the year-end adjustment (年末調整)."""

    employer: int
    pay: int
    social_insurance: int
    is_main: bool

    @property
    def code(self) -> str:
        """指定番号 of the employer."""
        return f"{self.employer + 1:012d}"


class Annuity(NamedTuple):
    """公的年金等 from one payer."""

    fund: int
    amount: int
    social_insurance: int


class Trade(NamedTuple):
    """A business (営業等)."""

    revenue: int
    expense: int


@dataclass(slots=True)
class Person:
    """One person; what a later step decides is filled in by that step."""

    serial: int
    household: int
    role: Role
    family: Word
    given: Word
    sex: str
    birth: date
    age: int
    """Age on 31 December of the income year, as the law counts (年齢計算ニ関スル法律)."""
    my_number: str
    stay: Stay
    home: Home
    earlier: Home | None
    """The home before a move within the city or from another municipality, or the one after moving out."""
    since: date
    """First day at `home`; who moved out: first day at `earlier`."""
    died: date | None = None
    jobs: list[Job] = field(default_factory=list)
    annuities: list[Annuity] = field(default_factory=list)
    trade: Trade | None = None

    @property
    def atena_number(self) -> str:
        """宛名番号 of the register."""
        return f"{self.serial:015d}"

    @property
    def name(self) -> str:
        """Family and given name with a full-width space between."""
        return f"{self.family.written}　{self.given.written}"

    @property
    def register_name(self) -> str:
        """The name as the register has it: in one household of three with a variant glyph."""
        return self.name.translate(_VARIANTS) if self.household % 3 == 0 else self.name

    @property
    def kana(self) -> str:
        """Reading in full-width kana."""
        return f"{self.family.read}　{self.given.read}"

    @property
    def profit(self) -> int:
        """事業所得."""
        return self.trade.revenue - self.trade.expense if self.trade else 0

    @property
    def salary(self) -> int:
        """給与収入 of all employers."""
        return sum(job.pay for job in self.jobs)

    @property
    def pension(self) -> int:
        """公的年金等の収入 of all payers."""
        return sum(annuity.amount for annuity in self.annuities)

    def is_alive_on(self, day: date) -> bool:
        """Tell whether the person lives on a day."""
        return self.died is None or self.died >= day

    def is_taxed_here(self, tax_day: date) -> bool:
        """Tell whether the city taxes this person: lives here (or is 住登外) on 1 January."""
        return self.stay not in ELSEWHERE and (self.died is None or self.died > tax_day)
