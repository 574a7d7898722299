"""What the rules need to know of a relative: from the paper, the register, and the household of 1 January."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from plugins.shikakeisan.facts.dates import age_on
from plugins.shikakeisan.merge.book import Book
from plugins.shikakeisan.merge.gathered import Facts, Merged, Origin
from plugins.shikakeisan.merge.papers import TAX_RETURN
from plugins.shikakeisan.merge.people import BasePerson
from plugins.shikakeisan.merge.stated import SPOUSE, UNDER16, Stated

TOTAL = "total_income_all"


@dataclass(slots=True)
class Relative:
    """A relative with the fact that the rules take, and where its parts come from."""

    stated: Stated
    fact: Facts
    origins: list[Origin]

    def take(self, item: str, rule: str) -> None:
        """Note that a part of the fact comes from the register, or from the relative's own documents."""
        self.origins.append({"item": item, "rule": rule})


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

    def relative(self, one: Stated) -> Relative:
        """Return one relative, as far as the paper and the register tell."""
        item = f"{one.said['role']}.{one.said['place']}"
        found = Relative(one, {}, [{"document": one.paper.id, "item": item, "rule": one.rule}])
        fact, said = found.fact, one.said
        self._age(found)
        relation = said.get("relation")
        if relation and one.role != SPOUSE:
            fact["relation"] = self.book.codes.words.get(str(relation), str(relation))
        self._cohabit(found)
        fact.update(_health(said))
        fact.update(self._abroad(said))
        self._income(found)
        return found

    def _age(self, found: Relative) -> None:
        one = found.stated
        born = self.birth(one)
        if born is not None:
            died = one.kin.death_date if one.kin is not None else None
            found.fact["age"] = _age(born, self.last_day if died is None else min(died, self.last_day))
            if one.kin is not None and one.kin.birth_date is not None:
                found.take("birth_date", "age_of_register")
            self._compare_birth(one)
        elif one.role == UNDER16:
            found.fact["category"] = "under16"

    def _compare_birth(self, one: Stated) -> None:
        said = one.said.get("birth")
        if said is not None and one.kin is not None and one.kin.birth_date not in (None, _day(str(said))):
            self.merged.find("RELATIVE_BIRTH_DIFFERS", [one.paper.id], [one.kin.person_id], role=one.role)

    def _cohabit(self, found: Relative) -> None:
        said, kin, own = found.stated.said, found.stated.kin, self.person.household_number
        if found.stated.paper.kind == TAX_RETURN:
            found.fact["cohabit"] = said.get("apart") != "1"
        elif "cohabit" in said:
            found.fact["cohabit"] = bool(said["cohabit"] == "1")
        elif kin is not None and kin.household_number and own:
            found.fact["cohabit"] = kin.household_number == own
            found.take("household", "cohabiting_by_register")

    def _abroad(self, said: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
        code = said.get("residence") or said.get("overseas")
        if code in self.book.codes.abroad:
            yield "overseas", True
            if code in self.book.codes.qualified_abroad:
                yield "overseas_qualified", True

    def _income(self, found: Relative) -> None:
        one = found.stated
        said = one.said.get("income")
        if one.role == SPOUSE and said is None:
            said = one.paper.items.get("spouse_income")
        wants_own = one.role == SPOUSE or str(one.said.get("special_relative", "0")) != "0"
        if said is None and wants_own and one.kin is not None and one.kin.income:
            said = one.kin.income
            found.take(TOTAL, "income_of_own_documents")
        if isinstance(said, int) and said:
            found.fact["total_income"] = max(said, 0)


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
