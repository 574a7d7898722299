"""The type of an assessment: one revision of one person's tax of a year."""

from datetime import datetime
from enum import Enum
from functools import partial
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.scalars import FiscalYear, Yen
from plugins.atena.api import Person, person_today
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.explaining import Explanation, explain_revision
from plugins.shikakeisan.assessment.origins import origins_of
from plugins.shikakeisan.assessment.outcome import GROUND_LABELS, OUTCOME_LABELS, Ground, Outcome
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE
from plugins.shikakeisan.assessment.tables import FIGURES
from plugins.shikakeisan.base.graphql.common import OfYearAndPerson
from plugins.shikakeisan.graphql import FactOrigin, Figure
from plugins.shikakeisan.permissions import ASSESSMENT
from plugins.shikakeisan.rules import RULES
from plugins.shikakeisan.service import ROOT
from plugins.shikakeisan.sql import happened


@strawberry.enum(description="未決定の理由")
class UndecidedGround(Enum):
    """Why nothing could be decided."""

    NO_DOCUMENT = strawberry.enum_value("NO_DOCUMENT", description=GROUND_LABELS[Ground.NO_DOCUMENT])
    FACTS_INVALID = strawberry.enum_value("FACTS_INVALID", description=GROUND_LABELS[Ground.FACTS_INVALID])
    MERGE_FINDING = strawberry.enum_value("MERGE_FINDING", description=GROUND_LABELS[Ground.MERGE_FINDING])


@strawberry.enum(description="賦課決定の結果")
class AssessmentOutcome(Enum):
    """What was decided."""

    TAXED = strawberry.enum_value("taxed", description=OUTCOME_LABELS[Outcome.TAXED])
    NON_TAXABLE = strawberry.enum_value("non_taxable", description=OUTCOME_LABELS[Outcome.NON_TAXABLE])
    UNDECIDED = strawberry.enum_value("undecided", description=OUTCOME_LABELS[Outcome.UNDECIDED])


@strawberry.type(description="賦課決定の数値")
class AssessmentAmount:
    """One figure of a revision."""

    name: str = column(ASSESSMENT, "名前。explanationのfigureとして送る")
    label: str = column(ASSESSMENT, "名称")
    law: str = column(ASSESSMENT, "根拠条文")
    yen: Yen = column(ASSESSMENT, "円")


@strawberry.type(description="賦課決定の1つの版")
class Assessment(OfYearAndPerson):
    """A revision; the latest one is in force."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    row: strawberry.Private[Any]
    tax_year: FiscalYear = column(ASSESSMENT, "課税年度")
    revision: int = column(ASSESSMENT, "版")
    outcome: AssessmentOutcome = column(ASSESSMENT, "結果")
    ground: str = column(ASSESSMENT, "非課税又は未決定の理由のコード。課税のときは空")
    ground_label: str = column(ASSESSMENT, "非課税又は未決定の理由")
    reason: str = column(ASSESSMENT, "決定又は更正の理由")
    rules_version: str = column(ASSESSMENT, "計算した規則の版")
    decided_at: datetime = column(ASSESSMENT, "決定日時")
    superseded_at: datetime | None = column(ASSESSMENT, "次の版に替わった日時。有効な版はnull")
    payable: Yen = column(ASSESSMENT, "納付する額")
    annual_total: Yen = column(ASSESSMENT, "年税額")
    city_total: Yen = column(ASSESSMENT, "市町村民税額")
    pref_total: Yen = column(ASSESSMENT, "道府県民税額")
    forest: Yen = column(ASSESSMENT, "森林環境税額")
    total_income_all: Yen = column(ASSESSMENT, "合計所得金額")

    @classmethod
    def of(cls, row: Row[Any]) -> "Assessment":
        """Make it of a row of `queries`."""
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            revision=row.revision,
            outcome=AssessmentOutcome(row.outcome),
            ground=row.ground,
            ground_label=GROUND_LABELS[Ground(row.ground)],
            reason=row.reason,
            rules_version=row.rules_version,
            decided_at=row.decided_at,
            superseded_at=happened(row.superseded_at),
            payable=Yen(row.payable),
            annual_total=Yen(row.annual_total),
            city_total=Yen(row.city_total),
            pref_total=Yen(row.pref_total),
            forest=Yen(row.forest),
            total_income_all=Yen(row.total_income_all),
        )

    @door(ASSESSMENT, "本人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)

    @door(ASSESSMENT, "おもな数値（0円のものを除く）")
    def amounts(self) -> list[AssessmentAmount]:
        """Return the figures that stand in columns."""
        found = ((RULES[name], getattr(self.row, name)) for name in FIGURES)
        return [
            AssessmentAmount(name=r.name, label=r.label, law=r.law, yen=Yen(yen)) for r, yen in found if yen
        ]

    @door(ASSESSMENT, "数値の計算過程。事実の出どころまで開く。計算していないときはnull")
    async def explanation(self, info: Info, figure: str = ROOT) -> Figure | None:
        """Return the figure calculated again from the stored facts, with all that it came from."""
        found = await explain_revision(info.context.read, self.row, figure)
        return None if found is None else Figure.of(found.node, partial(_origins, found))

    @door(ASSESSMENT, "この年度の版のすべて（古い順）")
    async def history(self, info: Info) -> list["Assessment"]:
        """Return all revisions."""
        rows = await queries.history(info.context.read, self.row.tax_year, self.row.person_id)
        return [Assessment.of(row) for row in rows]


def _origins(explanation: Explanation, name: str) -> list[FactOrigin]:
    found = origins_of(name, explanation.origins, explanation.facts)
    return [
        FactOrigin(
            path=origin.path,
            kind=origin.kind,
            document_id=origin.document_id,
            item=origin.item,
            rule=origin.rule,
            decision_id=origin.decision_id,
        )
        for origin in found
    ]
