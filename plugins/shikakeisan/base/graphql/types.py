"""The types of the base: a person as of 1 January, circumstances and their proposals."""

from datetime import date, datetime
from enum import Enum
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.masking import MASKED_TEXT
from core.graphql.pages import Connection, connection, page_of
from core.graphql.scalars import FiscalYear
from plugins.atena.api import Person, is_hidden, person_on, person_today
from plugins.shikakeisan.base import circumstance_queries
from plugins.shikakeisan.base.circumstances import JOURNAL_TYPE as CIRCUMSTANCE_TYPE
from plugins.shikakeisan.base.graphql.common import OfYearAndPerson
from plugins.shikakeisan.base.service import PERSON_JOURNAL_TYPE
from plugins.shikakeisan.base.standing import (
    CIRCUMSTANCE_LABELS,
    REASON_LABELS,
    STANDING_LABELS,
    Circumstance,
    Reason,
    Standing,
)
from plugins.shikakeisan.permissions import BASE
from plugins.shikakeisan.sql import happened

ENTRY_CURSOR = (int, str)


@strawberry.enum(description="賦課期日（1月1日）の課税の区分")
class BaseStanding(Enum):
    """Why a person is in the base."""

    RESIDENT = strawberry.enum_value("resident", description=STANDING_LABELS[Standing.RESIDENT])
    REGISTERED = strawberry.enum_value("registered", description=STANDING_LABELS[Standing.REGISTERED])
    HOUSE_ONLY = strawberry.enum_value("house_only", description=STANDING_LABELS[Standing.HOUSE_ONLY])
    OUTSIDE = strawberry.enum_value("outside", description=STANDING_LABELS[Standing.OUTSIDE])


@strawberry.enum(description="個人基本の対象外の理由")
class BaseReason(Enum):
    """Why somebody is outside of the base."""

    LINKED = strawberry.enum_value("LINKED", description=REASON_LABELS[Reason.LINKED])
    DIED = strawberry.enum_value("DIED", description=REASON_LABELS[Reason.DIED])
    BORN_AFTER = strawberry.enum_value("BORN_AFTER", description=REASON_LABELS[Reason.BORN_AFTER])
    TAXED_ELSEWHERE = strawberry.enum_value(
        "TAXED_ELSEWHERE", description=REASON_LABELS[Reason.TAXED_ELSEWHERE]
    )
    OTHER_MUNICIPALITY = strawberry.enum_value(
        "OTHER_MUNICIPALITY", description=REASON_LABELS[Reason.OTHER_MUNICIPALITY]
    )
    MOVED_IN_AFTER = strawberry.enum_value("MOVED_IN_AFTER", description=REASON_LABELS[Reason.MOVED_IN_AFTER])
    MOVED_OUT = strawberry.enum_value("MOVED_OUT", description=REASON_LABELS[Reason.MOVED_OUT])
    NO_GROUND = strawberry.enum_value("NO_GROUND", description=REASON_LABELS[Reason.NO_GROUND])


@strawberry.enum(description="住民記録からは分からない事情")
class CircumstanceKind(Enum):
    """What officers may say of a person."""

    WELFARE = strawberry.enum_value("welfare", description=CIRCUMSTANCE_LABELS[Circumstance.WELFARE])
    HOUSE = strawberry.enum_value("house", description=CIRCUMSTANCE_LABELS[Circumstance.HOUSE])
    LIVES_HERE = strawberry.enum_value("lives_here", description=CIRCUMSTANCE_LABELS[Circumstance.LIVES_HERE])
    TAXED_ELSEWHERE = strawberry.enum_value(
        "taxed_elsewhere", description=CIRCUMSTANCE_LABELS[Circumstance.TAXED_ELSEWHERE]
    )


@strawberry.enum(description="事情の提案の状態")
class CircumstanceState(Enum):
    """How far a proposal of circumstances is."""

    PROPOSED = strawberry.enum_value("proposed", description="承認待ち")
    APPROVED = strawberry.enum_value("approved", description="承認済み")
    REJECTED = strawberry.enum_value("rejected", description="差戻し")
    WITHDRAWN = strawberry.enum_value("withdrawn", description="取下げ")


@strawberry.type(description="新年度個人基本の1人。賦課期日（1月1日）現在の内容")
class BasePerson(OfYearAndPerson):
    """A person of a base, as known during some time."""

    journal_type: ClassVar[str] = PERSON_JOURNAL_TYPE

    row: strawberry.Private[Any]
    tax_year: FiscalYear = column(BASE, "課税年度")
    standing: BaseStanding = column(BASE, "課税の区分")
    reason: str = column(BASE, "対象外の理由のコード。対象のときは空")
    reason_label: str = column(BASE, "対象外の理由")
    household_number: str = column(BASE, "1月1日の世帯番号")
    relation: str = column(BASE, "1月1日の続柄")
    birth_date: date | None = column(BASE, "生年月日（日や月が不詳のときは、その初めの日）")
    sex: str = column(BASE, "性別（0 不明、1 男、2 女、9 適用不能）")
    death_date: date | None = column(BASE, "死亡年月日（1月1日より後のこともある）")
    is_welfare: bool = column(BASE, "1月1日に生活扶助を受けていたか")
    house_wards: int = column(BASE, "家屋敷・事務所のある区の数（住所のある区を除く）")
    per_capita_lines: int = column(BASE, "均等割の数。住所のある区と、家屋敷・事務所のある区ごとに1")
    known_from: datetime = column(BASE, "この内容が記録された日時")
    known_to: datetime | None = column(BASE, "別の内容に替わった日時。今の内容はnull")

    @classmethod
    def of(cls, row: Row[Any]) -> "BasePerson":
        """Make it of a row of `base_person`."""
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            standing=BaseStanding(row.standing),
            reason=row.reason,
            reason_label=REASON_LABELS[Reason(row.reason)] if row.reason else "",
            household_number=row.household_number,
            relation=row.relation,
            birth_date=row.birth_date,
            sex=row.sex,
            death_date=row.death_date,
            is_welfare=row.is_welfare,
            house_wards=row.house_wards,
            per_capita_lines=_per_capita_lines(row),
            known_from=row.known_from,
            known_to=happened(row.known_to),
        )

    @door(BASE, "1月1日の区（市区町村）のコード。支援措置の対象者は、権限と理由（X-Reason）がなければ伏せる")
    async def ward_code(self, info: Info) -> str:
        """Return the ward; it tells a part of the address."""
        return MASKED_TEXT if await is_hidden(info, self.row.person_id) else str(self.row.ward_code)

    @door(BASE, "今日現在の個人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)

    @door(BASE, "1月1日現在の個人")
    async def person_on_tax_day(self, info: Info) -> Person | None:
        """Return the person as of 1 January; null if nothing is said of that day."""
        return await person_on(info, self.row.person_id, date(self.tax_year, 1, 1))


@strawberry.type(description="承認された事情")
class PersonCircumstance(PersonalData):
    """What officers said of a person, and another officer approved."""

    journal_type: ClassVar[str] = CIRCUMSTANCE_TYPE

    row: strawberry.Private[Any]
    tax_year: FiscalYear = column(BASE, "課税年度")
    kind: CircumstanceKind = column(BASE, "種類")
    known_from: datetime = column(BASE, "承認された日時")
    proposal_id: int = column(BASE, "承認された提案の番号")

    @classmethod
    def of(cls, row: Row[Any]) -> "PersonCircumstance":
        """Make it of a row of `circumstance`."""
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            kind=CircumstanceKind(row.kind),
            known_from=row.known_from,
            proposal_id=row.proposal_id,
        )

    def journal_id(self) -> str:
        """Return the number of the proposal."""
        return str(self.proposal_id)

    @door(BASE, "区のコード。場所のない事情は空。支援措置の対象者は伏せる")
    async def ward_code(self, info: Info) -> str:
        """Return the ward."""
        return await _ward(info, self.row)


@strawberry.type(description="提案の対象者の1人")
class CircumstanceEntry(PersonalData):
    """Whom a proposal is about."""

    journal_type: ClassVar[str] = CIRCUMSTANCE_TYPE

    row: strawberry.Private[Any]

    def journal_id(self) -> str:
        """Return the number of the proposal."""
        return str(self.row.proposal_id)

    @door(BASE, "区のコード。場所のない事情は空。支援措置の対象者は伏せる")
    async def ward_code(self, info: Info) -> str:
        """Return the ward."""
        return await _ward(info, self.row)

    @door(BASE, "今日現在の個人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)


@strawberry.type(description="事情の提案。全体を1件として、ほかの職員が承認する")
class CircumstanceProposal:
    """A circumstance of one or many people, to be said or taken back."""

    id: int = column(BASE, "番号")
    version: int = column(BASE, "版。操作のときexpectedVersionとして送る")
    tax_year: FiscalYear = column(BASE, "課税年度")
    kind: CircumstanceKind = column(BASE, "種類")
    action: str = column(BASE, "add 登録、end 取消し")
    source: str = column(BASE, "根拠（通知や一覧の名称）")
    people: int = column(BASE, "対象者の人数")
    state: CircumstanceState = column(BASE, "状態")
    proposed_by: str = column(BASE, "提案した職員の職員番号")
    proposed_at: datetime = column(BASE, "提案日時")
    decided_by: str = column(BASE, "承認又は差戻しをした職員の職員番号")
    decided_at: datetime | None = column(BASE, "承認又は差戻しの日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "CircumstanceProposal":
        """Make it of a row of `circumstance_proposal`."""
        year, kind = FiscalYear(row.tax_year), CircumstanceKind(row.kind)
        state = CircumstanceState(row.state)
        return cls(**{**row._mapping, "tax_year": year, "kind": kind, "state": state})

    @door(BASE, "対象者")
    async def entries(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[CircumstanceEntry]:
        """Return a page of the people."""
        page = page_of(info, first, after, ENTRY_CURSOR)
        last = (int(str(page.after[0])), str(page.after[1])) if page.after else (0, "")
        rows = await circumstance_queries.entries_page(info.context.read, self.id, last, page.size + 1)
        return connection(
            rows,
            page,
            node=lambda row: CircumstanceEntry(row=row),
            key=lambda row: (row.person_id, row.ward_code),
        )


async def _ward(info: Info, row: Row[Any]) -> str:
    """Return the ward of a circumstance; where there is none, nothing needs to be hidden."""
    hidden = bool(row.ward_code) and await is_hidden(info, row.person_id)
    return MASKED_TEXT if hidden else str(row.ward_code)


def _per_capita_lines(row: Row[Any]) -> int:
    """One for the ward lived in, one for each other ward with a house (地方税法294条1項、737条)."""
    lives_here = row.standing in (Standing.RESIDENT, Standing.REGISTERED)
    return int(row.house_wards) + int(lives_here)
