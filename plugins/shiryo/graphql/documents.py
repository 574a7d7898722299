"""The types of documents: the reading, the original beside it, where the document is attached."""

from datetime import date
from typing import Any, ClassVar

import strawberry
from sqlalchemy import Row

from core.access.journal import PersonalData
from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.masking import MASKED_TEXT
from plugins.atena.api import Person, open_keyring
from plugins.shiryo.graphql.keyings import Keying
from plugins.shiryo.graphql.loaders import (
    CandidatesByDocument,
    DispatchByDocument,
    FindingsByPlace,
    KeyingsByDocument,
)
from plugins.shiryo.graphql.people import Candidate, hides_places, person
from plugins.shiryo.permissions import DELIVERY, DOCUMENT, ORIGINAL
from plugins.shiryo.queries import documents, keying
from plugins.shiryo.service.showing import ReadItem, masked, masked_text, read_items

JOURNAL_TYPE = "shiryo.document"


@strawberry.type(description="取込時に見つかった誤り。値は含まない")
class Finding:
    """One fault of a file."""

    line: int = column(DELIVERY, "行（1から。ファイル全体のときは0）")
    column_number: int | None = column(DELIVERY, "列（1から）")
    item: str = column(DELIVERY, "項目名")
    code: str = column(DELIVERY, "コード")
    severity: str = column(DELIVERY, "重さ（fatal 受付を保留、error 記録を保留、warning 注意）")
    message: str = column(DELIVERY, "内容")

    @classmethod
    def of(cls, row: Row[Any]) -> "Finding":
        """Make a finding of a row of `shiryo.finding`."""
        return cls(
            line=row.line,
            column_number=row.column_number,
            item=row.item,
            code=row.code,
            severity=row.severity,
            message=row.message,
        )


@strawberry.type(description="金額")
class Amount:
    """One amount of a document in the vocabulary of the calculation."""

    name: str = column(DOCUMENT, "項目")
    yen: int = column(DOCUMENT, "円")


@strawberry.type(description="原本の1項目の読取結果。個人番号は伏せる")
class DocumentItem:
    """One item as it was read."""

    number: int = column(ORIGINAL, "様式の項目番号")
    label: str = column(ORIGINAL, "項目名")
    value: str = column(ORIGINAL, "値")

    @classmethod
    def of(cls, item: ReadItem) -> "DocumentItem":
        """Make an item of what the layout read."""
        return cls(number=item.number, label=item.label, value=item.value)


@strawberry.type(description="課税資料1件")
class Document(PersonalData):
    """A document as it was read; `id` also names it in the access log."""

    journal_type: ClassVar[str] = JOURNAL_TYPE

    row: strawberry.Private[Any]
    id: int = column(DOCUMENT, "資料番号")
    kind: str = column(DOCUMENT, "資料の種類")
    tax_year: int = column(DOCUMENT, "課税年度")
    line: int = column(DOCUMENT, "ファイルの行")
    action: str = column(DOCUMENT, "訂正表示（new 新規、add 追加、correct 訂正、cancel 取消）")
    name: str = column(DOCUMENT, "氏名（資料の文字のまま。番号らしい12桁は伏せる）")
    kana: str = column(DOCUMENT, "読み仮名")
    birth_date: date | None = column(DOCUMENT, "生年月日")
    is_held: bool = column(DOCUMENT, "保留中か（確認がすむまで賦課に使わない）")
    superseded_by: int | None = column(DOCUMENT, "この資料を訂正・取消した資料の番号")
    method: str | None = column(DOCUMENT, "名寄せの方法（my_number、four_items、officer）")
    score: int | None = column(DOCUMENT, "名寄せの点数")
    reasons: list[str] = column(DOCUMENT, "名寄せで一致した項目")
    amounts: list[Amount] = column(DOCUMENT, "金額")

    @classmethod
    def of(cls, row: Row[Any]) -> "Document":
        """Make a document of a row of `queries.documents`."""
        return cls(
            row=row,
            id=row.id,
            kind=row.kind,
            tax_year=row.tax_year,
            line=row.line,
            action=row.action,
            name=masked(row.name),
            kana=masked(row.kana),
            birth_date=row.birth_date,
            is_held=row.is_held,
            superseded_by=row.superseded_by,
            method=row.method,
            score=row.score,
            reasons=list(row.reasons or ()),
            amounts=[Amount(name=name, yen=yen) for name, yen in row.amounts.items()],
        )

    def journal_id(self) -> str:
        """Return the number of the document."""
        return str(self.id)

    @door(DOCUMENT, "住所（資料の文字のまま。番号らしい12桁と、支援措置の対象者の住所は伏せる）")
    async def address(self, info: Info) -> str:
        """Return the address that the document states; hidden ones ask for a permission and a reason."""
        return MASKED_TEXT if await hides_places(info, self.id) else masked(self.row.address)

    @door(DOCUMENT, "回送先の市区町村コード。支援措置の対象者のときは伏せる")
    async def forwarded_to(self, info: Info) -> str | None:
        """Return where the document goes."""
        code: str | None = self.row.forwarded_to
        return MASKED_TEXT if code is not None and await hides_places(info, self.id) else code

    @door(DOCUMENT, "回送した日。回送ファイルを作るまではnull")
    async def forwarded_on(self, info: Info) -> date | None:
        """Return the day on which the document left."""
        row = await info.context.loader(DispatchByDocument).load(self.id)
        found: date | None = None if row is None else row.sent_on
        return found

    @door(DOCUMENT, "この資料の版の一覧（古い順）。訂正・取消の前後の資料をすべて含む")
    async def revisions(self, info: Info) -> list["Document"]:
        """Return every document that this one superseded or was superseded by, and itself."""
        ids = await keying.revisions(info.context.read, self.id)
        rows = await documents.documents_by_id(info.context.read, ids)
        return [Document.of(rows[each]) for each in ids if each in rows]

    @door(DOCUMENT, "この資料の訂正の提案（新しい順）。確定したものも含む")
    async def keyings(self, info: Info) -> list[Keying]:
        """Return what was keyed to correct this document."""
        rows = await info.context.loader(KeyingsByDocument).load(self.id)
        return [Keying.of(row) for row in rows]

    @door(DOCUMENT, "名寄せされた個人")
    async def person(self, info: Info) -> Person | None:
        """Return the person whom the document is attached to."""
        return None if self.row.person_id is None else await person(info, self.row.person_id)

    @door(DOCUMENT, "名寄せの候補者（点数の高い順）")
    async def candidates(self, info: Info) -> list[Candidate]:
        """Return who the document may belong to."""
        rows = await info.context.loader(CandidatesByDocument).load(self.id)
        return [
            Candidate(person_id=row.person_id, score=row.score, reasons=list(row.reasons)) for row in rows
        ]

    @door(DOCUMENT, "この資料の行に見つかった誤り")
    async def findings(self, info: Info) -> list[Finding]:
        """Return what is wrong with the document's line."""
        rows = await info.context.loader(FindingsByPlace).load((self.row.file_id, self.line))
        return [Finding.of(row) for row in rows]

    @door(
        ORIGINAL,
        "受領した原本のこの資料の部分。個人番号は伏せる。支援措置の対象者のものは全体を伏せる。"
        "読めないバイトは\\xNN",
    )
    async def original(self, info: Info) -> str:
        """Return the received bytes as text; an address may stand anywhere in them."""
        if await hides_places(info, self.id):
            return MASKED_TEXT
        return await masked_text(info.context.read, open_keyring(info.context.settings), self.row)

    @door(ORIGINAL, "原本から読み取った全項目。個人番号と、支援措置の対象者の住所などは伏せる")
    async def items(self, info: Info) -> list[DocumentItem]:
        """Return all items, read from the original again."""
        keyring, hides = open_keyring(info.context.settings), await hides_places(info, self.id)
        items = await read_items(info.context.read, keyring, self.row, hides_places=hides)
        return [DocumentItem.of(item) for item in items]
