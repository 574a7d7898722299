"""The types of return forms."""

from datetime import datetime
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row
from strawberry.scalars import JSON

from core.access.journal import PersonalData
from core.graphql.fields import column
from core.graphql.scalars import FiscalYear
from plugins.shikakeisan.forms.catalogue import Condition
from plugins.shikakeisan.forms.numbers import form_number
from plugins.shikakeisan.forms.service import FORM_TYPE
from plugins.shikakeisan.permissions import FORMS


@strawberry.type(description="住民税申告書の作成条件")
class ReturnFormCondition:
    """A condition that an officer may choose."""

    code: str = column(FORMS, "コード")
    side: str = column(FORMS, "include（作成する者）又はexclude（除く者）")
    is_default: bool = column(FORMS, "選ばないときの条件か")
    label: str = column(FORMS, "名称")
    law: str = column(FORMS, "根拠条文")

    @classmethod
    def of(cls, one: Condition) -> "ReturnFormCondition":
        """Make it of the data."""
        return cls(code=one.code, side=one.side, is_default=one.default, label=one.label, law=one.law)


@strawberry.type(description="作成条件に当たる人数")
class ReturnFormConditionCount:
    """Of how many people of the base a condition holds by itself."""

    condition: ReturnFormCondition = column(FORMS, "条件")
    people: int = column(FORMS, "人数")


@strawberry.type(description="住民税申告書の作成前の件数")
class ReturnFormCount:
    """What would be made now."""

    people: int = column(FORMS, "条件に当たる人数")
    already: int = column(FORMS, "うち、すでにこの年度の申告書を作成した人数")
    new: int = column(FORMS, "新しく作成する件数。作成のときexpectedCountとして送る")
    conditions: list[ReturnFormConditionCount] = column(FORMS, "条件ごとの人数")


@strawberry.type(description="住民税申告書の作成")
class ReturnFormRun:
    """One making of forms, in numbers."""

    id: int = column(FORMS, "番号")
    tax_year: FiscalYear = column(FORMS, "課税年度")
    included: list[str] = column(FORMS, "作成する条件")
    excluded: list[str] = column(FORMS, "除く条件")
    counts: JSON = column(FORMS, "件数（made 作成、already 作成済み、held_… 発送保留）")
    files: JSON = column(FORMS, "印刷ファイルの名前とSHA-256")
    made_by: str = column(FORMS, "作成した職員の職員番号")
    made_at: datetime = column(FORMS, "作成日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "ReturnFormRun":
        """Make it of a row of `form_run`."""
        return cls(
            id=row.id,
            tax_year=FiscalYear(row.tax_year),
            included=list(row.included),
            excluded=list(row.excluded),
            counts=JSON(row.counts),
            files=JSON(row.files),
            made_by=row.made_by,
            made_at=row.made_at,
        )


@strawberry.type(description="個人の住民税申告書")
class ReturnForm(PersonalData):
    """A form that was made for a person."""

    journal_type: ClassVar[str] = FORM_TYPE

    number: str = column(FORMS, "申告書の番号（年度4桁・通番7桁・検査数字）")
    tax_year: FiscalYear = column(FORMS, "課税年度")
    run_id: int = column(FORMS, "作成の番号")
    sent_to: str = column(
        FORMS, "送り先の決まり方（home 住所、delivery_address 送付先、tax_agent 納税管理人など）"
    )
    made_by: str = column(FORMS, "作成した職員の職員番号")
    made_at: datetime = column(FORMS, "作成日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "ReturnForm":
        """Make it of a row of `form` with its run."""
        return cls(
            number=form_number(row.tax_year, row.serial),
            tax_year=FiscalYear(row.tax_year),
            run_id=row.run_id,
            sent_to=row.sent_to,
            made_by=row.made_by,
            made_at=row.made_at,
        )

    def journal_id(self) -> str:
        """Return the number of the form."""
        return self.number
