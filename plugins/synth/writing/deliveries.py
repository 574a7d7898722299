"""The files of the senders: each written once, streaming, with the faults that strike whole files."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from plugins.shiryo.api import SCHEMA, SCHEMA_VERSION
from plugins.synth.documents.model import Document
from plugins.synth.documents.senders import sender_of
from plugins.synth.faults.kinds import Fault, of_employers
from plugins.synth.plan import Plan
from plugins.synth.writing.layouts import layout_for
from plugins.synth.writing.spool import files_of

MAIN_FILE = "data/315.csv"
CUT = 60
"""Bytes that a truncated file lacks: more than one column, less than one record."""
CHANGE = 1_000


class Written(NamedTuple):
    """One file as its manifest announces it, and whether it was delivered."""

    folder: str
    name: str
    kind: str
    version: str
    records: int
    totals: dict[str, int]
    sha256: str
    is_delivered: bool


class Delivered(NamedTuple):
    """The files of one bucket, and a line of truth for each document."""

    files: list[Written]
    truth: list[bytes]


def deliver(plan: Plan, bucket: Path, out: Path) -> Delivered:
    """Write all files of a bucket."""
    struck = of_employers(plan)
    delivered = Delivered([], [])
    for (folder, name), documents in files_of(bucket):
        fault = struck.get(folder.rpartition("/")[2])
        delivered.files.append(_write(plan, out, documents, fault))
        state = fault is not Fault.MISSING_SENDER
        delivered.truth.extend(
            orjson.dumps(
                _truth(document, f"{folder}/{name}", number, is_delivered=state),
                option=orjson.OPT_APPEND_NEWLINE,
            )
            for number, document in enumerate(documents, 1)
        )
    return delivered


def _write(plan: Plan, out: Path, documents: Sequence[Document], fault: Fault | None) -> Written:
    first = documents[0]
    layout = layout_for(first.kind, plan.income_year)
    sender = sender_of(first.folder)
    is_prefixed = sender.channel == "eltax" and layout.form.eltax_prefix
    data = layout.write(
        [document.record for document in documents], prefix=sender.code if is_prefixed else ""
    )
    totals = {
        item: sum(int(document.record.get(item, 0)) for document in documents) for item in layout.form.total
    }
    if fault is Fault.WRONG_ENCODING and first.file == MAIN_FILE:
        data = data.decode("cp932").encode("utf-8")
    written = Written(
        *(first.folder, first.file, first.kind, layout.form.version, len(documents)),
        totals=totals,
        sha256=hashlib.sha256(data).hexdigest(),
        is_delivered=fault is not Fault.MISSING_SENDER,
    )
    if fault is Fault.TRUNCATED_FILE and first.file == MAIN_FILE:
        data = data[:-CUT]
    if fault is Fault.CHANGED_TOTAL and first.file == MAIN_FILE:
        item = layout.form.total[0]
        written = written._replace(totals={**totals, item: totals[item] + CHANGE})
    if written.is_delivered:
        path = out / first.folder / first.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return written


def write_manifest(plan: Plan, out: Path, files: Sequence[Written]) -> None:
    """Write the manifest of one delivery: the format of plugins/shiryo."""
    sender = sender_of(files[0].folder)
    manifest = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "tax_year": plan.year,
        "channel": sender.channel,
        "sender": {"code": sender.code, "kind": sender.kind, "name": sender.name},
        "files": [_announced(file) for file in sorted(files)],
    }
    (out / files[0].folder / "manifest.json").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))


def _announced(file: Written) -> dict[str, Any]:
    return {
        "name": file.name,
        "kind": file.kind,
        "version": file.version,
        "records": file.records,
        "totals": file.totals,
        "sha256": file.sha256,
    }


def _truth(document: Document, file: str, number: int, *, is_delivered: bool) -> dict[str, Any]:
    return {
        "kind": "document",
        "id": document.id,
        "person": document.person,
        "layout": document.kind,
        "file": file,
        "record": number,
        "delivered": is_delivered,
    }
