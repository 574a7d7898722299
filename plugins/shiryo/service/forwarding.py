"""回送: the documents of people whom another municipality taxes leave in one file for each municipality.

Each document leaves once. What left can be printed again, byte for byte: the file is made of what is stored.
"""

import base64
import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from core.clock import JAPAN
from core.errors import NotFound
from core.work import Work
from plugins.atena.api import Keyring
from plugins.shiryo.manifest import SCHEMA_VERSION
from plugins.shiryo.queries import dispatch
from plugins.shiryo.service.hiding import hidden_among
from plugins.shiryo.service.originals import original
from plugins.shiryo.service.showing import layout_by_id

SCHEMA = "jp.local.juminzei.kaisou"
JOURNAL_TYPE = "shiryo.dispatch"
DOCUMENT_JOURNAL = "shiryo.document"
COLUMNS = (
    *(
        "番号",
        "資料番号",
        "資料の種類",
        "様式",
        "訂正表示",
        "送付元コード",
        "送付元名称",
        "受付番号",
        "受付日",
    ),
    *("ファイル名", "行", "文字コード", "原本", "原本（base64）"),
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A forwarding file with its manifest, ready to be written; both hold personal data."""

    dispatch_id: int
    tax_year: int
    municipality_code: str
    records: int
    data: bytes
    manifest: bytes
    hidden: int
    """Documents that may be about somebody whose address must not be shown (支援措置): told to who sends the
    file, never written in it, so that a reprint stays equal.
    """

    @property
    def folder(self) -> str:
        """Return the name of its folder: municipality and number of the dispatch."""
        return f"{self.municipality_code}-{self.dispatch_id}"


async def dispatch_all(work: Work, tax_year: int) -> list[int]:
    """Mark all that waits to be forwarded as sent today; returns one dispatch for each municipality."""
    waiting = await dispatch.waiting(work.session, tax_year)
    made = []
    for code, rows in groupby(waiting, key=lambda row: str(row.municipality_code)):
        ids = [row.forwarding_id for row in rows]
        made.append(await dispatch.add(work, tax_year, code, ids, work.today))
        work.journal.wrote(JOURNAL_TYPE, str(made[-1]), {"documents"})
    return made


async def outgoing(work: Work, keyring: Keyring, dispatch_id: int) -> Outgoing:
    """Make the file of a dispatch, also once more; raises NotFound."""
    found = await dispatch.by_ids(work.session, [dispatch_id])
    if not found:
        raise NotFound
    [sent] = found
    rows = await dispatch.content(work.session, dispatch_id)
    originals = [await original(work.session, keyring, row.file_id, row.start, row.length) for row in rows]
    data = _table(_cells(row, received) for row, received in zip(rows, originals, strict=True))
    for row in rows:
        work.journal.saw(DOCUMENT_JOURNAL, str(row.id))
    counts = Counter(row.kind for row in rows)
    manifest = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "dispatch": sent.id,
        "tax_year": sent.tax_year,
        "municipality_code": sent.municipality_code,
        "sent_on": sent.sent_on.isoformat(),
        "files": [
            {
                "name": "kaisou.csv",
                "records": len(rows),
                "kinds": dict(sorted(counts.items())),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        ],
    }
    told = json.dumps(manifest, ensure_ascii=False, indent=2).encode() + b"\n"
    hidden = await hidden_among(work.session, [row.id for row in rows], work.today)
    return Outgoing(sent.id, sent.tax_year, sent.municipality_code, len(rows), data, told, hidden=len(hidden))


def _cells(row: Row[Any], received: bytes) -> tuple[object, ...]:
    """Return one line: the record as text for people, and its very bytes for machines."""
    encoding = layout_by_id(row.layout).form.encoding
    text = received.decode(encoding, "backslashreplace").strip("\r\n")
    return (
        *(row.number, row.id, row.kind, row.layout, row.action, row.sender_code, row.sender_name),
        *(
            row.delivery_id,
            row.received_at.astimezone(JAPAN).date().isoformat(),
            row.file_name,
            row.line,
            encoding,
        ),
        *(text, base64.b64encode(received).decode("ascii")),
    )


def _table(rows: Iterator[tuple[object, ...]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8")
