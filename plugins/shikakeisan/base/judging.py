"""Who is taxed here on 1 January, decided for a whole city by one statement.

地方税法318条 (賦課期日), 294条1項1号 (住所), 2号 (家屋敷・事務所), 3項 (居住の認定), 4項 (他団体の課税).
Who moves in on 1 January lives here on it, who moves out or dies on it does not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SmallInteger,
    Subquery,
    and_,
    case,
    cast,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from plugins.atena.api import Among, census
from plugins.shikakeisan.base.municipality import tax_wards
from plugins.shikakeisan.base.standing import Circumstance, Reason, Standing
from plugins.shikakeisan.base.tables import circumstance
from plugins.shikakeisan.tables import KNOWN

RESIDENT, NON_RESIDENT = "resident", "non_resident"
ONCE = literal_column("0", Integer)
"""As an OFFSET: what is decided of a person is worked out once, not again at every place that asks for it."""
GONE = (Reason.LINKED, Reason.DIED, Reason.BORN_AFTER)
"""Whoever is outside for one of these is not taxed for a house either."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Of which year and municipality; `primaries`: whose other number somebody with circumstances is."""

    tax_year: int
    municipality_code: str
    primaries: Mapping[int, int]

    @property
    def day(self) -> date:
        """Return 賦課期日."""
        return date(self.tax_year, 1, 1)

    def people(self, among: Among) -> Subquery:
        """Give the wanted people as rows of the base, without keys and clock."""
        said, stated = census(self.day, among).subquery("said"), self._circumstances()
        reason = self._reason(said, stated)
        judged = (
            select(said, *stated.c, reason.label("reason"))
            .select_from(said.outerjoin(stated, stated.c.owner_id == said.c.person_id))
            .offset(ONCE)
            .subquery("judged")
        )
        return self._rows(judged).subquery("wanted")

    def _circumstances(self) -> Subquery:
        """Gather what is approved by person; of another number it counts for the primary."""
        one, kind = circumstance.c, circumstance.c.kind
        linked = (
            func.unnest(
                cast(literal(list(self.primaries)), ARRAY(BigInteger)),
                cast(literal(list(self.primaries.values())), ARRAY(BigInteger)),
            )
            .table_valued("person_id", "primary_id", name="linked")
            .render_derived()
        )
        owner = func.coalesce(linked.c.primary_id, one.person_id)
        is_house = kind == Circumstance.HOUSE.value
        return (
            select(
                owner.label("owner_id"),
                func.bool_or(kind == Circumstance.WELFARE.value).label("is_welfare"),
                func.bool_or(kind == Circumstance.TAXED_ELSEWHERE.value).label("is_elsewhere"),
                func.max(one.ward_code).filter(kind == Circumstance.LIVES_HERE.value).label("home_ward"),
                func.array_agg(distinct(one.ward_code)).filter(is_house).label("houses"),
                func.min(one.ward_code).filter(is_house).label("first_house"),
            )
            .select_from(circumstance.outerjoin(linked, linked.c.person_id == one.person_id))
            .where(one.tax_year == self.tax_year, KNOWN)
            .group_by(owner)
            .subquery("stated")
        )

    def _reason(self, said: Subquery, stated: Subquery) -> ColumnElement[str]:
        """Say why somebody is not taxed here as one who lives here; empty if they are."""
        of, moved_out = said.c, and_(said.c.kind == NON_RESIDENT, said.c.was_resident)
        return case(
            (of.primary_id.is_not(None), Reason.LINKED.value),
            (of.death_date <= self.day, Reason.DIED.value),
            (of.birth_date > self.day, Reason.BORN_AFTER.value),
            (stated.c.is_elsewhere, Reason.TAXED_ELSEWHERE.value),
            (or_(stated.c.home_ward.is_not(None), self._is_here(of)), ""),
            (of.kind == RESIDENT, Reason.OTHER_MUNICIPALITY.value),
            (moved_out, Reason.MOVED_OUT.value),
            (of.kind == NON_RESIDENT, ""),
            (of.first_kind == RESIDENT, Reason.MOVED_IN_AFTER.value),
            else_=Reason.NO_GROUND.value,
        )

    def _rows(self, judged: Subquery) -> Select[Any]:
        of = judged.c
        has_house = and_(of.houses.is_not(None), of.reason.not_in([reason.value for reason in GONE]))
        standing = case(
            (and_(of.reason == "", self._is_here(of)), Standing.RESIDENT.value),
            (of.reason == "", Standing.REGISTERED.value),
            (has_house, Standing.HOUSE_ONLY.value),
            else_=Standing.OUTSIDE.value,
        )
        ward = case(
            (self._is_here(of), of.municipality_code),
            (of.reason == "", func.coalesce(of.home_ward, self.municipality_code)),
            (has_house, of.first_house),
            else_=func.coalesce(of.municipality_code, ""),
        )
        placed = select(
            judged, standing.label("standing"), ward.label("ward_code"), has_house.label("has_house")
        )
        return _columns(placed.offset(ONCE).subquery("placed"))

    def _is_here(self, of: Any) -> ColumnElement[bool]:
        ours = {self.municipality_code, *tax_wards(self.municipality_code)}
        return and_(of.kind == RESIDENT, of.municipality_code.in_(sorted(ours)))


def _columns(placed: Subquery) -> Select[Any]:
    """Give the columns of `base_person`, in the order of COLUMNS."""
    of = placed.c
    outside = of.standing == Standing.OUTSIDE.value
    elsewhere = case(
        (of.standing == Standing.HOUSE_ONLY.value, of.houses),
        else_=func.array_remove(of.houses, of.ward_code),
    )
    wards = case((of.has_house, func.cardinality(elsewhere)), else_=0)
    return select(
        of.person_id,
        of.standing,
        case((outside, of.reason), else_="").label("reason"),
        of.ward_code,
        func.coalesce(of.household_number, "").label("household_number"),
        func.coalesce(of.relation, "").label("relation"),
        of.birth_date,
        of.sex,
        of.death_date,
        of.is_protected,
        func.coalesce(of.is_welfare, False).label("is_welfare"),
        cast(wards, SmallInteger).label("house_wards"),
    )


COLUMNS = (
    *("person_id", "standing", "reason", "ward_code", "household_number", "relation"),
    *("birth_date", "sex", "death_date", "is_protected", "is_welfare", "house_wards"),
)
"""What the base says of a person."""
