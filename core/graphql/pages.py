"""Lists in pages, Relay's way: connections, edges, and cursors that hold the sort key of a row.

A cursor is marked with a key of the deployment and holds for its list alone: one that a client made up would
tell where in an order a row stands whose key it tries.

A resolver takes `first` and `after`, asks `page_of` for the bounds, fetches one row more than the page
holds, and hands the rows to `connection`:

    page = page_of(info, first, after, (str, UUID))
    rows = await people_after(info.context.read, page.after, page.size + 1)
    return connection(rows, page, node=Person.of, key=lambda row: (row.kana, row.id))
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from hmac import compare_digest
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
import strawberry

from core.graphql.context import Info, Mark
from core.graphql.errors import BadCursor, PageTooLarge
from core.graphql.fields import OPEN, Structure, column
from core.graphql.request import INT64
from core.graphql.settings import PAGE_LIMIT

PAGE_SIZE = 20
CURSOR_LENGTH = 1_000
MARK_LENGTH = 16

Node = TypeVar("Node")
Row = TypeVar("Row")
Key = tuple[object, ...]


@strawberry.type(description="ページの位置")
class PageInfo(Structure):
    """Where a page stands in its list."""

    has_next_page: bool = column(OPEN, "次のページがあるか")
    end_cursor: str | None = column(OPEN, "最後の行のカーソル（次の`after`）")


@strawberry.type(description="一覧の1行")
class Edge(Structure, Generic[Node]):
    """A row of a page."""

    node: Node = column(OPEN, "行の内容")
    cursor: str = column(OPEN, "この行のカーソル")


@strawberry.type(description="一覧の1ページ")
class Connection(Structure, Generic[Node]):
    """A page of a list."""

    edges: list[Edge[Node]] = column(OPEN, "行")
    page_info: PageInfo = column(OPEN, "ページの位置")


@dataclass(frozen=True, slots=True)
class Page:
    """The bounds of a page: at most `size` rows, behind the row whose sort key is `after`.

    `mark` marks the cursors of this list.
    """

    size: int
    after: Key | None
    mark: Mark


def page_of(info: Info, first: int | None, after: str | None, key: Sequence[type]) -> Page:
    """Check `first` and `after`; `key` are the types of the sort key (str, int, date, UUID).

    Raises PageTooLarge and BadCursor.
    """
    limit = info.context.settings[PAGE_LIMIT]
    size = min(PAGE_SIZE, limit) if first is None else first
    if not 1 <= size <= limit:
        raise PageTooLarge(field="first", rule="page-size", limit=limit)
    place = f"cursor {info.path.typename}.{info.field_name} "

    def mark(text: str) -> bytes:
        return info.context.mark(place + text)

    return Page(size, None if after is None else read_cursor(after, key, mark), mark)


def connection(
    rows: Sequence[Row], page: Page, node: Callable[[Row], Node], key: Callable[[Row], Key]
) -> Connection[Node]:
    """Make a page of `rows`, of which there is one more than the page holds if another page follows.

    Nodes are made of the rows shown only, so that nobody enters the access log unseen.
    """
    edges = [Edge(node=node(row), cursor=make_cursor(key(row), page.mark)) for row in rows[: page.size]]
    info = PageInfo(has_next_page=len(rows) > page.size, end_cursor=edges[-1].cursor if edges else None)
    return Connection(edges=edges, page_info=info)


def make_cursor(key: Key, mark: Mark) -> str:
    """Write a sort key as a cursor, behind its mark."""
    text = orjson.dumps(key)
    return base64.urlsafe_b64encode(mark(text.decode()) + text).decode().rstrip("=")


def read_cursor(cursor: str, key: Sequence[type], mark: Mark) -> Key:
    """Read a cursor back into a sort key of the given types; raises BadCursor for anything else."""
    if len(cursor) > CURSOR_LENGTH:
        raise BadCursor(field="after", rule="cursor")
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        text = data[MARK_LENGTH:]
        parts = orjson.loads(text)
        if not isinstance(parts, list) or not compare_digest(mark(text.decode()), data[:MARK_LENGTH]):
            raise TypeError
        return tuple(_part(part, kind) for part, kind in zip(parts, key, strict=True))
    except (binascii.Error, ValueError, TypeError):
        raise BadCursor(field="after", rule="cursor") from None


def _part(value: Any, kind: type) -> object:
    if kind is UUID:
        return UUID(value) if isinstance(value, str) else _wrong()
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind or (isinstance(value, int) and value not in INT64):
        return _wrong()
    return _wrong() if isinstance(value, str) and "\0" in value else value


def _wrong() -> object:
    raise TypeError
