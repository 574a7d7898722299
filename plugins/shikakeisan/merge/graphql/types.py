"""The types of the merge: basis, facts with origins, claims, findings, decisions."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row
from strawberry.scalars import JSON

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.scalars import FiscalYear
from plugins.atena.api import Person, person_today
from plugins.shikakeisan.base.graphql.common import FindingState, OfYearAndPerson
from plugins.shikakeisan.facts.vocabulary import RELATIVE_BY_PATH
from plugins.shikakeisan.merge import listing
from plugins.shikakeisan.merge.book import finding_kinds, rule_texts
from plugins.shikakeisan.merge.decisions import DECISION_TYPE
from plugins.shikakeisan.merge.graphql.loaders import DocumentById
from plugins.shikakeisan.merge.labels import ROLES, fact_label, finding_text, item_label
from plugins.shikakeisan.merge.paths import DEPENDANTS, outward, person_in, relative_of
from plugins.shikakeisan.merge.service import BASIS_TYPE
from plugins.shikakeisan.merge.settling import FINDING_TYPE
from plugins.shikakeisan.permissions import MERGE_READ
from plugins.shikakeisan.sql import happened
from plugins.shiryo.api import Document


async def documents_in(info: Info, ids: Sequence[int]) -> list[Document]:
    """Return documents in the order of their numbers."""
    found = [await info.context.loader(DocumentById).load(each) for each in ids]
    return [each for each in found if each is not None]


async def path_of(info: Info, path: str) -> str:
    """Return a path of a decision as people write it; empty where the relative is nobody known here."""
    person_id = relative_of(path)
    if not person_id:
        return outward(path, {})
    person = await person_today(info, person_id)
    return outward(path, {} if person is None else {person_id: person.atena_number})


@strawberry.type(description="併合した事実の出どころ")
class MergedOrigin:
    """Where a fact comes from: a document, an officer's decision, or the register."""

    document_id: int | None = column(MERGE_READ, "資料番号。資料でないときはnull")
    item: str = column(MERGE_READ, "資料又は台帳の項目")
    item_label: str = column(MERGE_READ, "項目の名称")
    rule: str = column(MERGE_READ, "併合の規則")
    rule_text: str = column(MERGE_READ, "規則の内容")
    law: str = column(MERGE_READ, "根拠条文")
    decision_id: int | None = column(MERGE_READ, "職員の決定の番号")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "MergedOrigin":
        """Make it of one origin as it is stored."""
        rule, item = rule_texts().get(said.get("rule", "")), said.get("item", "")
        return cls(
            document_id=said.get("document"),
            item=item,
            item_label=item_label(item, () if rule is None else rule.kinds),
            rule=said.get("rule", ""),
            rule_text="" if rule is None else rule.text,
            law="" if rule is None else rule.law,
            decision_id=said.get("decision"),
        )

    @door(MERGE_READ, "資料")
    async def document(self, info: Info) -> Document | None:
        """Return the document itself."""
        if self.document_id is None:
            return None
        return await info.context.loader(DocumentById).load(self.document_id)


@strawberry.type(description="併合した事実")
class MergedFact:
    """One fact, with all that it was made of."""

    path: str = column(MERGE_READ, "事実の位置。職員の決定で送る。誰か分からない親族は空")
    label: str = column(MERGE_READ, "名称")
    value: JSON = column(MERGE_READ, "値。親族は項目を持つ")
    origins: list[MergedOrigin] = column(MERGE_READ, "出どころ")


@strawberry.type(description="併合に使わなかった資料と、その規則")
class DocumentAside:
    """A document that gave nothing."""

    document_id: int = column(MERGE_READ, "資料番号")
    rule: str = column(MERGE_READ, "規則")
    rule_text: str = column(MERGE_READ, "規則の内容")
    law: str = column(MERGE_READ, "根拠条文")

    @door(MERGE_READ, "資料")
    async def document(self, info: Info) -> Document | None:
        """Return the document itself."""
        return await info.context.loader(DocumentById).load(self.document_id)


@strawberry.type(description="扶養の申出（ある納税義務者が、ある人を配偶者・扶養親族等とする）")
class RelativeClaim(PersonalData):
    """Who claims whom, on which document."""

    journal_type: ClassVar[str] = BASIS_TYPE

    row: strawberry.Private[Any]
    tax_year: FiscalYear = column(MERGE_READ, "課税年度")
    role: str = column(MERGE_READ, "区分")
    role_label: str = column(MERGE_READ, "区分の名称")
    path: str = column(MERGE_READ, "納税義務者の事実での位置")

    @classmethod
    def of(cls, row: Row[Any]) -> "RelativeClaim":
        """Make it of a row of `listing`."""
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            role=row.role,
            role_label=ROLES[row.role],
            path=row.path,
        )

    def journal_id(self) -> str:
        """Return year and taxpayer."""
        return f"{self.row.tax_year}:{self.row.taxpayer_id}"

    @door(MERGE_READ, "申し出た納税義務者")
    async def taxpayer(self, info: Info) -> Person | None:
        """Return the claimant as of today."""
        return await person_today(info, self.row.taxpayer_id)

    @door(MERGE_READ, "申し出られた人。誰か分からないときはnull")
    async def relative(self, info: Info) -> Person | None:
        """Return the relative as of today."""
        return None if self.row.relative_id is None else await person_today(info, self.row.relative_id)

    @door(MERGE_READ, "申出のある資料")
    async def document(self, info: Info) -> Document | None:
        """Return the document."""
        if self.row.document_id is None:
            return None
        return await info.context.loader(DocumentById).load(self.row.document_id)


@strawberry.type(description="資料併合の確認事項")
class MergeFinding(PersonalData):
    """Something that a person must look at."""

    journal_type: ClassVar[str] = FINDING_TYPE

    row: strawberry.Private[Any]
    id: int = column(MERGE_READ, "番号")
    version: int = column(MERGE_READ, "版。操作のときexpectedVersionとして送る")
    tax_year: FiscalYear = column(MERGE_READ, "課税年度")
    code: str = column(MERGE_READ, "コード")
    message: str = column(MERGE_READ, "内容")
    law: str = column(MERGE_READ, "根拠条文")
    is_blocking: bool = column(MERGE_READ, "終わるまで税額を決定しないか")
    state: FindingState = column(MERGE_READ, "状態")
    owner: str = column(MERGE_READ, "担当の職員番号")
    opened_at: datetime = column(MERGE_READ, "発生日時")
    reason: str = column(MERGE_READ, "完了の理由")
    proposed_by: str = column(MERGE_READ, "提案した職員の職員番号")
    closed_by: str = column(MERGE_READ, "確認した職員の職員番号")
    closed_at: datetime | None = column(MERGE_READ, "完了日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "MergeFinding":
        """Make it of a row of `listing`."""
        kind = finding_kinds()[row.code]
        plain = ("id", "version", "code", "is_blocking", "owner", "opened_at", "reason")
        people = ("proposed_by", "closed_by", "closed_at")
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            message=finding_text(row.code, row.details),
            law=kind.law,
            state=FindingState(row.state),
            **{name: getattr(row, name) for name in (*plain, *people)},
        )

    def journal_id(self) -> str:
        """Return the number of the finding."""
        return str(self.id)

    @door(MERGE_READ, "本人")
    async def person(self, info: Info) -> Person | None:
        """Return the taxpayer as of today."""
        return await person_today(info, self.row.person_id)

    @door(MERGE_READ, "関係するほかの人")
    async def others(self, info: Info) -> list[Person]:
        """Return the other persons concerned."""
        found = [await person_today(info, each) for each in self.row.others]
        return [each for each in found if each is not None]

    @door(MERGE_READ, "申し出られた親族")
    async def relative(self, info: Info) -> Person | None:
        """Return the relative whom the finding is about, where it is one who is known here."""
        relative = person_in(str(self.row.details.get("relative", "")))
        return None if relative is None else await person_today(info, relative)

    @door(MERGE_READ, "資料")
    async def documents(self, info: Info) -> list[Document]:
        """Return the documents of all sides."""
        return await documents_in(info, self.row.documents)

    @door(MERGE_READ, "職員の決定に合わないときの、事実の位置")
    async def path(self, info: Info) -> str:
        """Return which fact a decision is about; empty where the finding is not about one."""
        details = self.row.details
        return await path_of(info, str(details.get("path", ""))) if "decision" in details else ""

    @door(MERGE_READ, "職員の決定に合わないときの、その決定の番号")
    def decision_id(self) -> int | None:
        """Return the decision that the finding is about."""
        found: int | None = self.row.details.get("decision")
        return found


@strawberry.type(description="事実についての職員の決定、又はその提案")
class FactDecision(PersonalData):
    """An officer's value for a fact."""

    journal_type: ClassVar[str] = DECISION_TYPE

    row: strawberry.Private[Any]
    id: int = column(MERGE_READ, "番号")
    tax_year: FiscalYear = column(MERGE_READ, "課税年度")
    label: str = column(MERGE_READ, "事実の名称")
    value: JSON | None = column(MERGE_READ, "値。nullは事実をなくす")
    seen: JSON | None = column(MERGE_READ, "提案のときに併合が示していた値")
    reason: str = column(MERGE_READ, "理由")
    document_id: int | None = column(MERGE_READ, "根拠の資料番号")
    ends_id: int | None = column(MERGE_READ, "取り消そうとする決定の番号")
    proposed_by: str = column(MERGE_READ, "提案した職員の職員番号")
    approved_by: str = column(MERGE_READ, "承認した職員の職員番号。提案のうちは空")
    known_from: datetime = column(MERGE_READ, "記録日時")
    known_to: datetime | None = column(MERGE_READ, "終わった日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "FactDecision":
        """Make it of a row of `listing`."""
        plain = ("id", "value", "seen", "reason", "document_id", "ends_id", "proposed_by")
        return cls(
            row=row,
            label=fact_label(row.path),
            tax_year=FiscalYear(row.tax_year),
            approved_by=row.approved_by,
            known_from=row.known_from,
            known_to=happened(row.known_to),
            **{name: getattr(row, name) for name in plain},
        )

    def journal_id(self) -> str:
        """Return the number of the decision."""
        return str(self.id)

    @door(MERGE_READ, "事実の位置。親族はspouse、dependants[宛名番号]")
    async def path(self, info: Info) -> str:
        """Return the path as people write it."""
        return await path_of(info, self.row.path)


@strawberry.type(description="併合結果: 1人の1年度の事実と、その出どころ")
class MergedBasis(OfYearAndPerson):
    """What the documents of a person came to."""

    journal_type: ClassVar[str] = BASIS_TYPE

    row: strawberry.Private[Any]
    tax_year: FiscalYear = column(MERGE_READ, "課税年度")
    merge_version: str = column(MERGE_READ, "併合の規則の版")
    known_from: datetime = column(MERGE_READ, "記録日時")
    known_to: datetime | None = column(MERGE_READ, "次の併合結果に替わった日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "MergedBasis":
        """Make it of a row of `listing`."""
        return cls(
            row=row,
            tax_year=FiscalYear(row.tax_year),
            merge_version=row.merge_version,
            known_from=row.known_from,
            known_to=happened(row.known_to),
        )

    @door(MERGE_READ, "本人")
    async def person(self, info: Info) -> Person | None:
        """Return the person as of today."""
        return await person_today(info, self.row.person_id)

    @door(MERGE_READ, "事実。出どころの資料まで開く")
    async def facts(self, info: Info) -> list[MergedFact]:
        """Return the facts, those of relatives one by one."""
        row = self.row
        claims = await listing.claims_by(info.context.read, row.tax_year, [row.person_id], row.known_from)
        names = {
            claim.path: await path_of(info, f"dependants[{claim.relative_id or 0}]")
            for claim in claims
            if claim.path.startswith(DEPENDANTS)
        }
        return list(_facts(row.facts, row.origins, names))

    @door(MERGE_READ, "使った資料")
    async def documents(self, info: Info) -> list[Document]:
        """Return the documents that gave something."""
        return await documents_in(info, self.row.documents)

    @door(MERGE_READ, "使わなかった資料")
    def aside(self) -> list[DocumentAside]:
        """Return the documents that gave nothing, each with the rule that says why."""
        texts = rule_texts()
        return [
            DocumentAside(
                document_id=one["document"],
                rule=one["rule"],
                rule_text=texts[one["rule"]].text,
                law=texts[one["rule"]].law,
            )
            for one in self.row.aside
        ]

    @door(MERGE_READ, "この人の扶養の申出")
    async def claims(self, info: Info) -> list[RelativeClaim]:
        """Return whom the person claimed while this basis was known."""
        row = self.row
        rows = await listing.claims_by(info.context.read, row.tax_year, [row.person_id], row.known_from)
        return [RelativeClaim.of(row) for row in rows]

    @door(MERGE_READ, "この人の確認事項（解消したものを除く）")
    async def findings(self, info: Info) -> list[MergeFinding]:
        """Return what is to be looked at."""
        wanted = listing.Wanted(self.row.tax_year, person_id=self.row.person_id)
        rows = await listing.list_findings(info.context.read, wanted, after=0, limit=1_000)
        return [MergeFinding.of(row) for row in rows if row.state != FindingState.GONE.value]


def _facts(
    facts: Mapping[str, Any], origins: Mapping[str, Any], names: Mapping[str, str]
) -> Iterator[MergedFact]:
    for path, label, value in _leaves(facts):
        said = [origin for at in origins if at == path or at.startswith(f"{path}.") for origin in origins[at]]
        shown = names.get(path, "") if path.startswith(DEPENDANTS) else path
        yield MergedFact(path=shown, label=label, value=value, origins=[MergedOrigin.of(one) for one in said])


def _leaves(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for key, value in facts.items():
        if key == "spouse":
            yield "spouse", "配偶者", _labelled(value)
        elif key == "dependants":
            for place, one in enumerate(value):
                yield f"dependants[{place}]", f"親族{place + 1}", _labelled(one)
        elif isinstance(value, dict):
            for name, part in value.items():
                yield f"{key}.{name}", fact_label(f"{key}.{name}"), part
        else:
            yield key, fact_label(key), value


def _labelled(relative: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: {"label": RELATIVE_BY_PATH[name].label, "value": value} for name, value in relative.items()}
