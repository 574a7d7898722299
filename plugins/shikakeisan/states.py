"""The states of a year, and of what waits in it for people: each word once, as it is stored.

A text stands beside a word where both commands and the schema say it to clerks.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class YearState(StrEnum):
    """How far a 課税年度 is; corrections come after `ASSESSED` and change nothing of it."""

    OPEN = "open"
    FROZEN = "frozen"
    MERGED = "merged"
    ASSESSED = "assessed"


class FindingStage(StrEnum):
    """Which room found something that a person must look at."""

    BASE = "base"
    MERGE = "merge"
    ASSESSMENT = "assessment"


class FindingState(StrEnum):
    """`GONE` is what is no longer found; what a person closed stays closed while it is found again."""

    OPEN = "open"
    PROPOSED = "proposed"
    CLOSED = "closed"
    GONE = "gone"


class ProposalState(StrEnum):
    """A proposal of circumstances or of a correction; only the latter is `PLANNED` by a batch, or `STALE`."""

    PLANNED = "planned"
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STALE = "stale"


class BatchState(StrEnum):
    """A 一括更正: `DRY` while it is tried, `APPROVED` while it is written."""

    DRY = "dry"
    READY = "ready"
    PROPOSED = "proposed"
    APPROVED = "approved"
    DONE = "done"
    REJECTED = "rejected"


class InquiryState(StrEnum):
    """A 所得照会; a sent one whose day has passed is overdue, too."""

    DRAFT = "draft"
    SENT = "sent"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class ReplyState(StrEnum):
    """A reply to a 所得照会."""

    ENTERED = "entered"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ReceiptResult(StrEnum):
    """What a recipient got beside what was made; `EXPLAINED` is a difference that two people let stand."""

    AGREES = "agrees"
    DIFFERS = "differs"
    EXPLAINED = "explained"


OPEN_FINDINGS: Final = (FindingState.OPEN, FindingState.PROPOSED)
"""Findings that somebody still has to look at."""

FINDING_LABELS: Final[Mapping[FindingState, str]] = {
    FindingState.OPEN: "未処理",
    FindingState.PROPOSED: "確認待ち",
    FindingState.CLOSED: "完了",
    FindingState.GONE: "解消",
}
BATCH_LABELS: Final[Mapping[BatchState, str]] = {
    BatchState.DRY: "試行中",
    BatchState.READY: "試行済み",
    BatchState.PROPOSED: "承認待ち",
    BatchState.APPROVED: "承認済み・反映中",
    BatchState.DONE: "反映済み",
    BatchState.REJECTED: "取りやめ",
}
RECEIPT_LABELS: Final[Mapping[ReceiptResult, str]] = {
    ReceiptResult.AGREES: "受領確認済み",
    ReceiptResult.DIFFERS: "受領した内容が違う",
    ReceiptResult.EXPLAINED: "受領の差は説明済み",
}
