"""Closes and transfer files by GraphQL: looking only. Both are made at the terminal (`juminzei year`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import Row
from strawberry.scalars import JSON

from core.graphql.context import Info
from core.graphql.fields import column, door
from core.graphql.loaders import Loader
from core.graphql.pages import Connection, connection, page_of
from plugins.shikakeisan.base.graphql.common import BY_ID, before_id
from plugins.shikakeisan.closing import queries
from plugins.shikakeisan.permissions import CLOSING


@strawberry.enum(description="異動締めの種類")
class CloseKind(Enum):
    """Whether first decisions are among what was closed."""

    INITIAL = strawberry.enum_value("initial", description="当初分を含む")
    CHANGES = strawberry.enum_value("changes", description="異動分")


@strawberry.type(description="異動締め")
class Close:
    """Everything that was decided between two cut-offs."""

    id: int = column(CLOSING, "締めの番号")
    kind: CloseKind = column(CLOSING, "種類")
    previous_cut_off: datetime = column(CLOSING, "前回の締めの時刻")
    cut_off: datetime = column(CLOSING, "締めの時刻")
    counts: JSON = column(CLOSING, "件数と金額")
    closed_by: str = column(CLOSING, "締めた者")
    closed_at: datetime = column(CLOSING, "処理日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "Close":
        """Make it of a row of `closing`."""
        plain = ("id", "previous_cut_off", "cut_off", "closed_by", "closed_at")
        said: dict[str, Any] = {"kind": CloseKind(row.kind), "counts": JSON(row.counts)}
        return cls(**said, **{name: getattr(row, name) for name in plain})


@strawberry.enum(description="連携ファイルの受領の突合の結果")
class TransferReceiptResult(Enum):
    """What a recipient got, held against what was made."""

    AGREES = strawberry.enum_value("agrees", description="一致")
    DIFFERS = strawberry.enum_value("differs", description="不一致")
    EXPLAINED = strawberry.enum_value("explained", description="不一致を2人の職員が認めた")


class ReceiptByTransfer(Loader[int, Row[Any] | None]):
    """What a recipient said last of a file."""

    missing: Row[Any] | None = None

    async def fetch(self, keys: Sequence[int]) -> Mapping[int, Row[Any] | None]:
        """Return the rows of `queries`."""
        return {**await queries.last_receipts(self.session, keys)}


@strawberry.type(description="連携先による受領の確認")
class TransferReceipt:
    """What a recipient counted of a file, held against what was made."""

    result: TransferReceiptResult = column(CLOSING, "突合の結果")
    rows: int = column(CLOSING, "連携先が受領した件数")
    sha256: str | None = column(CLOSING, "連携先が計算したSHA-256")
    reason: str = column(CLOSING, "差を認めた理由")
    recorded_by: str = column(CLOSING, "記録した職員")
    recorded_at: datetime = column(CLOSING, "記録日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "TransferReceipt":
        """Make it of a row of `receipt`."""
        plain = ("rows", "reason", "recorded_by", "recorded_at")
        return cls(
            result=TransferReceiptResult(row.result),
            sha256=None if row.sha256 is None else row.sha256.hex(),
            **{name: getattr(row, name) for name in plain},
        )


@strawberry.type(description="連携ファイル")
class Transfer:
    """A file of changes that another system got; it names no person itself."""

    id: int = column(CLOSING, "番号")
    recipient: str = column(CLOSING, "連携先のコード")
    sequence: int = column(CLOSING, "連携先ごとの通番")
    columns: list[str] = column(CLOSING, "渡した項目")
    since: datetime = column(CLOSING, "この時刻より後の決定から")
    until: datetime = column(CLOSING, "この時刻までの決定")
    rows: int = column(CLOSING, "件数")
    sums: JSON = column(CLOSING, "金額の合計")
    sha256: str = column(CLOSING, "ファイルのSHA-256")
    made_by: str = column(CLOSING, "作成した者")
    made_at: datetime = column(CLOSING, "作成日時")

    @classmethod
    def of(cls, row: Row[Any]) -> "Transfer":
        """Make it of a row of `transfer`."""
        plain = ("id", "recipient", "sequence", "since", "until", "rows", "made_by", "made_at")
        return cls(
            columns=list(row.columns),
            sums=JSON(row.sums),
            sha256=row.sha256.hex(),
            **{name: getattr(row, name) for name in plain},
        )

    @door(CLOSING, "連携先が最後に伝えた受領の確認。まだなければnull")
    async def receipt(self, info: Info) -> TransferReceipt | None:
        """Return what the recipient said last."""
        row = await info.context.loader(ReceiptByTransfer).load(self.id)
        return None if row is None else TransferReceipt.of(row)


@strawberry.type
class ClosingQuery:
    """What may be looked up of closes."""

    @door(CLOSING, "異動締めの一覧（新しい順）")
    async def closes(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Close]:
        """Return a page of closes."""
        page = page_of(info, first, after, BY_ID)
        rows = await queries.closes(info.context.read, before_id(page), page.size + 1)
        return connection(rows, page, node=Close.of, key=lambda row: (row.id,))

    @door(CLOSING, "連携ファイルの一覧（新しい順）")
    async def transfers(
        self,
        info: Info,
        recipient: str | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[Transfer]:
        """Return a page of files."""
        page = page_of(info, first, after, BY_ID)
        rows = await queries.transfers(info.context.read, recipient, before_id(page), page.size + 1)
        return connection(rows, page, node=Transfer.of, key=lambda row: (row.id,))
