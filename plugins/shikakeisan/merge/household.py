"""What the rules need to know of a relative: from the paper, the register, and the household of 1 January."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from plugins.shikakeisan.facts.dates import age_on
from plugins.shikakeisan.merge.book import Book
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.papers import TAX_RETURN
from plugins.shikakeisan.merge.people import BasePerson
from plugins.shikakeisan.merge.stated import SPOUSE, UNDER16, Stated


class Household:
    """What is worked out for the relatives of one taxpayer."""

    def __init__(self, book: Book, person: BasePerson, merged: Merged) -> None:
        self.book = book
        self.person = person
        self.merged = merged
        self.first_day = date(person.tax_year - 1, 1, 1)
        self.last_day = date(person.tax_year - 1, 12, 31)

    def living(self, one: Stated) -> bool:
        """Tell whether somebody can be a relative of the year; find who cannot."""
        if one.kin is not None and one.kin.person_id == self.person.person_id:
            self.merged.find("RELATIVE_IS_SELF", [one.paper.id], role=one.role)
            return False
        born, died = self.birth(one), one.kin.death_date if one.kin is not None else None
        if (died is not None and died < self.first_day) or (born is not None and born > self.last_day):
            others = [one.kin.person_id] if one.kin is not None else []
            self.merged.find("RELATIVE_NOT_LIVING", [one.paper.id], others, role=one.role)
            return False
        return True

    def birth(self, one: Stated) -> date | None:
        """Return the birth date: of the register, else of the document."""
        if one.kin is not None and one.kin.birth_date is not None:
            return one.kin.birth_date
        said = one.said.get("birth")
        return None if said is None else date.fromisoformat(str(said))

    def fact(self, one: Stated) -> dict[str, Any]:
        """Return the fact of one relative, as far as the paper and the register tell."""
        fact: dict[str, Any] = {}
        born = self.birth(one)
        if born is not None:
            died = one.kin.death_date if one.kin is not None else None
            fact["age"] = _age(born, self.last_day if died is None else min(died, self.last_day))
            self._compare_birth(one)
        elif one.role == UNDER16:
            fact["category"] = "under16"
        relation = one.said.get("relation")
        if relation and one.role != SPOUSE:
            fact["relation"] = self.book.codes.words.get(str(relation), str(relation))
        cohabit = self._cohabit(one)
        if cohabit is not None:
            fact["cohabit"] = cohabit
        fact.update(_health(one.said))
        fact.update(self._abroad(one.said))
        fact.update(self._income(one))
        return fact

    def _compare_birth(self, one: Stated) -> None:
        said = one.said.get("birth")
        if said is not None and one.kin is not None and one.kin.birth_date not in (None, _day(str(said))):
            self.merged.find("RELATIVE_BIRTH_DIFFERS", [one.paper.id], [one.kin.person_id], role=one.role)

    def _cohabit(self, one: Stated) -> bool | None:
        said = one.said
        if one.paper.kind == TAX_RETURN:
            return said.get("apart") != "1"
        if "cohabit" in said:
            return bool(said["cohabit"] == "1")
        kin, own = one.kin, self.person.household_number
        if kin is None or not kin.household_number or not own:
            return None
        return kin.household_number == own

    def _abroad(self, said: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
        code = said.get("residence") or said.get("overseas")
        if code in self.book.codes.abroad:
            yield "overseas", True
            if code in self.book.codes.qualified_abroad:
                yield "overseas_qualified", True

    def _income(self, one: Stated) -> Iterator[tuple[str, int]]:
        said = one.said.get("income")
        if one.role == SPOUSE and said is None:
            said = one.paper.items.get("spouse_income")
        wants_own = one.role == SPOUSE or str(one.said.get("special_relative", "0")) != "0"
        if said is None and wants_own and one.kin is not None and one.kin.income:
            said = one.kin.income
        if isinstance(said, int) and said:
            yield "total_income", max(said, 0)


def _health(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if said.get("special_disabled") == "1" or said.get("disability") == "2":
        yield "disability", "special"
    elif said.get("disabled") == "1" or said.get("disability") == "1":
        yield "disability", "ordinary"


@lru_cache(maxsize=65_536)
def _age(born: date, day: date) -> int:
    return max(age_on(born, day), 0)


def _day(text: str) -> date:
    return date.fromisoformat(text)
