"""The manifest (送付書) of a delivery: what its sender says is in it. All counts of the ledger begin here.

    {"schema": "jp.local.juminzei.shiryo", "schema_version": "1.0", "tax_year": 2026, "channel": "eltax",
     "sender": {"code": "000000000001", "kind": "payer", "name": "..."},
     "files": [{"name": "315.csv", "kind": "salary_report", "records": 12, "totals": {"payment": 4800000},
                "sha256": "..."}]}

The file and its place are strict: an unknown key, a missing figure or another type is refused, for a figure
that is not understood cannot be compared.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from plugins.shiryo.errors import ManifestInvalid

SCHEMA = "jp.local.juminzei.shiryo"
SCHEMA_VERSION = "1.0"
SENDER_KINDS = ("payer", "pension", "tax_office", "eltax", "municipality", "counter", "portal", "vendor")
CHANNELS = ("eltax", "medium", "punched", "paper", "tax_office", "counter", "portal")
YEARS = range(2000, 2100)

_INFORMATIVE = {"spec_basis", "direction", "municipality", "created_at", "correlation_id", "supersedes"}
_KEYS = {"schema", "schema_version", "tax_year", "channel", "sender", "files", *_INFORMATIVE}
_FILE_KEYS = {"name", "kind", "version", "records", "totals", "sha256", "encoding", "newline", "header"}
ELTAX_USER = "eltax"
"""The kind of a sender whose code is the 利用者ID of eLTAX."""
_USER_ID = re.compile(r"[0-9A-Za-z]{11}", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z_-]{1,40}", re.ASCII)
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,200}")
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: a code that stays over the years (指定番号, 団体コード, 利用者ID), a kind, a name."""

    code: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Announced:
    """One file as its sender announces it; figures that nobody announced are None."""

    name: str
    kind: str = ""
    version: str | None = None
    records: int | None = None
    sha256: bytes | None = None
    totals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifest:
    """A delivery as it is announced."""

    tax_year: int
    sender: Sender
    channel: str
    files: Sequence[Announced]


def parse_manifest(data: bytes) -> Manifest:
    """Read a manifest; raises ManifestInvalid naming the first bad place."""
    try:
        given = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ManifestInvalid(field="", rule="json") from None
    top = _object(given, "", _KEYS)
    _expect("schema", top.get("schema") == SCHEMA and top.get("schema_version") == SCHEMA_VERSION)
    files = _typed(top, "files", list)
    _expect("files", bool(files))
    announced = [_announced(each, f"files.{place}") for place, each in enumerate(files)]
    _expect("files", len({each.name for each in announced}) == len(announced))
    return Manifest(tax_year(top.get("tax_year")), _sender(top.get("sender")), _channel(top), announced)


def tax_year(value: object) -> int:
    """Check a 課税年度; raises ManifestInvalid."""
    _expect("tax_year", type(value) is int and value in YEARS)
    return int(str(value))


def check_sender(sender: Sender) -> Sender:
    """Check a sender that a person typed or a manifest states; raises ManifestInvalid."""
    _expect("sender.code", bool(_CODE.fullmatch(sender.code)))
    _expect("sender.kind", sender.kind in SENDER_KINDS)
    _expect("sender.code", sender.kind != ELTAX_USER or bool(_USER_ID.fullmatch(sender.code)))
    _expect("sender.name", bool(_NAME.fullmatch(sender.name)))
    return sender


def _sender(value: object) -> Sender:
    given = _object(value, "sender", {"code", "kind", "name"})
    return check_sender(Sender(*(_typed(given, name, str, "sender.") for name in ("code", "kind", "name"))))


def _channel(top: Mapping[str, Any]) -> str:
    channel = _typed(top, "channel", str)
    _expect("channel", channel in CHANNELS)
    return channel


def _announced(value: object, place: str) -> Announced:
    given = _object(value, place, _FILE_KEYS)
    name, sha256 = (_typed(given, item, str, f"{place}.") for item in ("name", "sha256"))
    _expect(f"{place}.name", bool(_NAME.fullmatch(name)) and ".." not in name.split("/"))
    _expect(f"{place}.sha256", bool(_SHA256.fullmatch(sha256)))
    records = given.get("records")
    _expect(f"{place}.records", type(records) is int and 0 <= records <= 10**9)
    totals = _object(given.get("totals", {}), f"{place}.totals", None)
    _expect(f"{place}.totals", all(type(total) is int and abs(total) < 2**62 for total in totals.values()))
    kind, version = given.get("kind", ""), given.get("version")
    _expect(f"{place}.kind", isinstance(kind, str) and (version is None or isinstance(version, str)))
    return Announced(name, kind, version, int(str(records)), bytes.fromhex(sha256), totals)


def _object(value: object, place: str, keys: set[str] | None) -> Mapping[str, Any]:
    if not isinstance(value, dict) or (keys is not None and not value.keys() <= keys):
        raise ManifestInvalid(field=place, rule="keys")
    return value


def _typed(given: Mapping[str, Any], name: str, kind: type[T], prefix: str = "") -> T:
    value = given.get(name)
    if not isinstance(value, kind):
        raise ManifestInvalid(field=prefix + name, rule="type")
    return value


def _expect(place: str, holds: bool) -> None:  # noqa: FBT001  # reads as a sentence at every call
    if not holds:
        raise ManifestInvalid(field=place, rule="value")
