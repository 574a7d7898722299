"""Trial calculation by GraphQL: every figure with its label, article and explanation, and what-if."""

from collections.abc import Callable
from typing import Any

import strawberry
from strawberry.scalars import JSON

from core.graphql.fields import column, door
from core.graphql.scalars import FiscalYear, Yen
from plugins.shikakeisan.engine.explain import Node
from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.permissions import TRIAL
from plugins.shikakeisan.service import ROOT, Cause, compare, explain


@strawberry.type(description="事実の誤り")
class FactFinding:
    """What is wrong with one fact."""

    path: str = column(TRIAL, "事実の位置")
    code: str = column(TRIAL, "誤りの種類")
    message: str = column(TRIAL, "説明")

    @classmethod
    def of(cls, finding: Finding) -> "FactFinding":
        """Make it of a finding of validation."""
        return cls(path=finding.path, code=finding.code, message=finding.message)


@strawberry.type(description="事実の出どころ")
class FactOrigin:
    """Where a fact of a stored assessment comes from. A trial has none: the caller brought its facts."""

    path: str = column(TRIAL, "事実の位置")
    kind: str = column(
        TRIAL, "種類（document 課税資料、decision 職員の決定、register 新年度個人基本、relief 減免）"
    )
    document_id: int | None = column(TRIAL, "資料番号")
    item: str = column(TRIAL, "資料の項目")
    rule: str = column(TRIAL, "併合の規則")
    decision_id: int | None = column(TRIAL, "職員の決定の番号")


Origins = Callable[[str], list[FactOrigin]]
"""Gives the origins of a quantity by its name."""


def _no_origins(_name: str) -> list[FactOrigin]:
    return []


@strawberry.type(description="数値とその根拠")
class Figure:
    """One quantity of the calculation: opened by `children` down to the facts."""

    name: str = column(TRIAL, "名前")
    label: str = column(TRIAL, "名称")
    law: str = column(TRIAL, "根拠条文（事実は空）")
    unit: str = column(TRIAL, "単位（円、人、可否、番号）")
    stated: bool = column(TRIAL, "事実又は指定された値")
    values: list[Yen] = column(TRIAL, "値。親族や納期ごとの値は複数")
    node: strawberry.Private[Node]
    find_origins: strawberry.Private[Origins]

    @classmethod
    def of(cls, node: Node, find_origins: Origins = _no_origins) -> "Figure":
        """Make it of a node of the explanation; `find_origins` leads on from its facts."""
        return cls(
            name=node.name,
            label=node.label,
            law=node.law,
            unit=node.unit,
            stated=node.stated,
            values=_yen(node.value),
            node=node,
            find_origins=find_origins,
        )

    @door(TRIAL, "この値を求めた値")
    def children(self) -> list["Figure"]:
        """Return what the rule read."""
        return [Figure.of(child, self.find_origins) for child in self.node.children]

    @door(TRIAL, "この値を求めるのに使った年度の表")
    def parameters(self) -> JSON:
        """Return the figures of the year that the rule read."""
        return JSON(dict(self.node.parameters))

    @door(TRIAL, "事実の出どころ（賦課決定の事実のとき）")
    def origins(self) -> list[FactOrigin]:
        """Return where a fact comes from; a quantity that was calculated has none."""
        return self.find_origins(self.name) if self.stated else []


@strawberry.type(description="試算の結果")
class TrialAssessment:
    """The figures asked for, or what is wrong with the facts."""

    figures: list[Figure] = column(TRIAL, "求めた数値。事実に誤りがあれば空")
    errors: list[FactFinding] = column(TRIAL, "事実の誤り")


@strawberry.type(description="二つの試算で違う数値")
class FigureDifference:
    """A quantity that differs, in the order of calculation: causes stand before effects."""

    name: str = column(TRIAL, "名前")
    label: str = column(TRIAL, "名称")
    law: str = column(TRIAL, "根拠条文")
    before: list[Yen] = column(TRIAL, "前の値")
    after: list[Yen] = column(TRIAL, "後の値")

    @classmethod
    def of(cls, cause: Cause) -> "FigureDifference":
        """Make it of a difference of the service."""
        before, after = _yen(cause.before), _yen(cause.after)
        return cls(name=cause.name, label=cause.label, law=cause.law, before=before, after=after)


@strawberry.type(description="「もし」の比較")
class TrialComparison:
    """What differs between two sets of facts, or what is wrong with them."""

    differences: list[FigureDifference] = column(TRIAL, "違う数値")
    errors: list[FactFinding] = column(TRIAL, "事実の誤り")


@strawberry.type
class ShikakeisanQuery:
    """Trial calculations."""

    @door(TRIAL, "事実から住民税を試算する。names は求める数値（省略すると納付する額）")
    def trial_assessment(
        self, year: FiscalYear, municipality: str, facts: JSON, names: list[str] | None = None
    ) -> TrialAssessment:
        """Return the figures with their explanation; refuses an unknown year, municipality or figure."""
        figures: list[Figure] = []
        for name in names or [ROOT]:
            found = explain(year, municipality, facts, name)
            if not isinstance(found, Node):
                return TrialAssessment(figures=[], errors=[FactFinding.of(fault) for fault in found])
            figures.append(Figure.of(found))
        return TrialAssessment(figures=figures, errors=[])

    @door(TRIAL, "二組の事実の試算を比べ、違う数値を計算の順に示す")
    def trial_comparison(
        self, year: FiscalYear, municipality: str, before: JSON, after: JSON
    ) -> TrialComparison:
        """Return every quantity that differs."""
        found = compare(year, municipality, before, after)
        differences = [FigureDifference.of(one) for one in found if isinstance(one, Cause)]
        errors = [FactFinding.of(one) for one in found if isinstance(one, Finding)]
        return TrialComparison(differences=differences, errors=errors)


def _yen(value: Any) -> list[Yen]:
    """Whole numbers of a value: one, or one per relative or instalment (of rows of rows, all in turn)."""
    if isinstance(value, list):
        return [number for part in value for number in _yen(part)]
    return [Yen(int(value))]
