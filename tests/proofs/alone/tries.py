"""How one attempt of a mutation is said: its arguments, once or for each row of what is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Variables = Mapping[str, Any]
DAY = "2026-03-02"
BESIDE = (
    "SELECT p.atena_number, p.version FROM atena.person p JOIN atena.person_revision r ON r.person_id = p.id"
)
RESIDENT = f"{BESIDE} WHERE r.kind = 'resident' AND r.known_to = 'infinity' ORDER BY p.id LIMIT 1"


@dataclass(frozen=True)
class Try:
    """Arguments for each row of a query; without one, once."""

    variables: Callable[[Any], Variables]
    rows: str = "SELECT 1"


def once(**variables: Any) -> Try:
    return Try(lambda _: variables)


def given(**items: Any) -> Try:
    return Try(lambda _: {"input": items})


def of_each(rows: str, **items: Any) -> Try:
    """Name 宛名番号 and version of each person, and say the same of all."""
    return Try(
        lambda row: {"input": {"atenaNumber": row[0], "expectedVersion": row[1], **items}},
        rows,
    )


def typed(rows: str) -> Try:
    said = {"evidence": "JUKI_NET", "hits": 2, "reason": "住所の履歴が一致"}
    return Try(lambda row: {"input": {"atenaNumber": row[0], "myNumber": "621498320257", **said}}, rows)


def seen(name: str, table: str, **more: Any) -> Try:
    """Name each row of a table with the version that stands in it: the best informed attempt."""
    return Try(
        lambda row: {name: row.id, "expectedVersion": row.version, **more},
        f"SELECT id, version FROM {table}",  # noqa: S608  # tables are named in this file
    )


def by_id(name: str, table: str, **more: Any) -> Try:
    return Try(lambda row: {name: row.id, **more}, f"SELECT id FROM {table}")  # noqa: S608  # as above


def resolution(action: str, **more: Any) -> Try:
    reason = {"resolution": action, "reason": "確認した", **more}
    return Try(
        lambda row: {"input": {"id": row.id, "expectedVersion": row.version, **reason}},
        "SELECT id, version FROM shiryo.work_item",
    )


def correction(kind: str, changes: Mapping[str, Any], who: str = "TRUE", **more: Any) -> Try:
    said = {"kind": kind, "reason": "調査による", "receivedOn": DAY, "changes": changes, **more}
    return Try(
        lambda row: {
            "input": {"taxYear": 2024, "atenaNumber": row[0], "expectedRevision": row[1], **said},
        },
        "SELECT p.atena_number, a.revision FROM shikakeisan.assessment a JOIN atena.person p"  # noqa: S608  # as above
        f" ON p.id = a.person_id WHERE a.superseded_at = 'infinity' AND {who} ORDER BY p.id LIMIT 1",
    )


def batch(**selection: Any) -> Try:
    said = {"kind": "ex_officio", "reason": "読取りの誤り", "receivedOn": DAY, "taxYear": 2024}
    return given(**said, selection=selection, changes={"social_insurance": 1_000})


def circumstance(year: int, kind: str, ward: str = "", *, back: bool = False) -> Try:
    said = {"taxYear": year, "kind": kind, "source": "決定通知書", "takeBack": back}
    return Try(
        lambda row: {"input": {**said, "lines": [{"atenaNumber": row[0], "wardCode": ward}]}}, RESIDENT
    )


def reply(kind: str, **more: Any) -> Try:
    said = {"kind": kind, "repliedOn": DAY, **more}
    return Try(
        lambda row: {"input": {"inquiryId": row[0], "atenaNumber": row[1], **said}},
        "SELECT i.inquiry_id, p.atena_number FROM shikakeisan.inquiry_person i"
        " JOIN atena.person p ON p.id = i.person_id",
    )


def fact(path: str, value: Any) -> Try:
    said = {"taxYear": 2025, "path": path, "value": value, "reason": "本人に確認した"}
    return Try(lambda row: {"input": {"atenaNumber": row[0], **said}}, RESIDENT)
