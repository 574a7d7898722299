"""Household and 支援措置 of a person, by GraphQL."""

import asyncio
from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import column, door
from plugins.atena.graphql.common import person_after
from plugins.atena.graphql.inputs import INPUT, item, required
from plugins.atena.graphql.loaders import (
    HouseholdByPerson,
    PersonByKey,
    PersonKey,
    ProtectionByPerson,
)
from plugins.atena.graphql.types import Person, open_end
from plugins.atena.history import FOREVER, Span
from plugins.atena.permissions import PERSON, PROTECTION_WRITE
from plugins.atena.queries.households import HEAD
from plugins.atena.service import protections


@strawberry.type(description="世帯員")
class HouseholdMember:
    """A person in a household."""

    person: Person = column(PERSON, "個人")
    relation: str = column(PERSON, "続柄（住民記録の表記のまま）")
    is_head: bool = column(PERSON, "世帯主か")
    valid_from: date = column(PERSON, "有効開始日")
    valid_to: date | None = column(PERSON, "有効終了日（この日を含まない）。終わりがないときはnull")


@strawberry.type(description="世帯。基準日と基準日時の時点の内容")
class Household:
    """Those who live together; the head comes first."""

    number: str = column(PERSON, "世帯番号")
    members: list[HouseholdMember] = column(PERSON, "世帯員（世帯主が先頭）")


@strawberry.type(description="支援措置。住所を他に知らせてはならない")
class Protection:
    """From when to when the address is hidden, and who said so."""

    valid_from: date = column(PERSON, "開始日")
    valid_to: date | None = column(PERSON, "終了日（この日を含まない）。終わりがないときはnull")
    by_register: bool = column(PERSON, "住民記録からの連携によるものか（falseは職員の登録）")


@strawberry.type
class PersonHousehold:
    """Fields of a person that come with the register feed."""

    @door(PERSON, "世帯。住登外者はnull")
    async def household(self, person: strawberry.Parent[Person], info: Info) -> Household | None:
        """Return the household as of the person's moment."""
        rows = await info.context.loader(HouseholdByPerson).load(PersonKey(person.id, person.moment))
        if not rows:
            return None
        members = list(await asyncio.gather(*(_member(info, row, person) for row in rows)))
        return Household(number=rows[0].household_number, members=members)

    @door(PERSON, "支援措置（警告）。今日の時点で対象の人だけ")
    async def protection(self, person: strawberry.Parent[Person], info: Info) -> Protection | None:
        """Return the protection of today, whatever day the person is asked as of."""
        row = await info.context.loader(ProtectionByPerson).load_today(info, person.id)
        if row is None:
            return None
        by_register = row.source != protections.OFFICER
        return Protection(valid_from=row.valid_from, valid_to=open_end(row.valid_to), by_register=by_register)


@strawberry.input(description="支援措置の登録（住登外者）")
class ProtectPersonInput:
    """Whose address to hide, and when."""

    atena_number: str = required("宛名番号")
    expected_version: int = required("画面に表示した版")
    valid_from: date = required("開始日")
    valid_to: date | None = item("終了日（この日を含まない）。省略すると終わりなし", default=None)


@strawberry.input(description="支援措置の終了（住登外者）")
class UnprotectPersonInput:
    """Whose address may be seen again, and since when."""

    atena_number: str = required("宛名番号")
    expected_version: int = required("画面に表示した版")
    ends_on: date = required("支援措置がなくなる最初の日")


@strawberry.type
class ProtectionMutation:
    """What changes 支援措置."""

    @door(PROTECTION_WRITE, "住登外者の支援措置を登録する。住民の支援措置は連携でのみ登録される")
    async def protect_person(self, info: Info, given: Annotated[ProtectPersonInput, INPUT]) -> Person:
        """Hide an address."""
        span = Span(given.valid_from, given.valid_to or FOREVER)
        await protections.protect(info.context.work, given.atena_number, given.expected_version, span)
        return await person_after(info, given.atena_number)

    @door(PROTECTION_WRITE, "住登外者の支援措置を終了する")
    async def unprotect_person(self, info: Info, given: Annotated[UnprotectPersonInput, INPUT]) -> Person:
        """Show an address again."""
        work = info.context.work
        await protections.unprotect(work, given.atena_number, given.expected_version, given.ends_on)
        return await person_after(info, given.atena_number)


async def _member(info: Info, row: Row[Any], seen_from: Person) -> HouseholdMember:
    """A member is shown as of the same moment; nobody is in a household without being known."""
    found = await info.context.loader(PersonByKey).load(PersonKey(row.person_id, seen_from.moment))
    if found is None:
        raise LookupError("a member of a household is not known at that moment")
    return HouseholdMember(
        person=Person.of(found, seen_from.moment),
        relation=row.relation,
        is_head=row.relation == HEAD,
        valid_from=row.valid_from,
        valid_to=open_end(row.valid_to),
    )
