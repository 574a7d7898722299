"""What is known of a job: its state, its progress, how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.access.actor import Actor, ActorKind


class JobState(StrEnum):
    """Where a job stands. Only a failed or cancelled one can be resumed."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    DONE = "done"
    DONE_WITH_ERRORS = "done_with_errors"
    FAILED = "failed"


LABELS: Mapping[JobState, str] = {
    JobState.QUEUED: "待機中",
    JobState.RUNNING: "実行中",
    JobState.CANCELLING: "中止処理中",
    JobState.CANCELLED: "中止",
    JobState.DONE: "完了",
    JobState.DONE_WITH_ERRORS: "完了(要確認あり)",
    JobState.FAILED: "失敗",
}
HELD = (JobState.RUNNING, JobState.CANCELLING)
"""A worker holds the job, or held it until it died."""
ACTIVE = (JobState.QUEUED, *HELD)
RESUMABLE = (JobState.CANCELLED, JobState.FAILED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job says when its work is complete.

    `summary` is JSON without personal data, shown as the result. `errors` counts what was left behind in a
    work list: more than none ends the job as `done_with_errors`.
    """

    summary: Mapping[str, Any] = field(default_factory=dict)
    errors: int = 0

    @property
    def state(self) -> JobState:
        """Return the state that this outcome ends in."""
        return JobState.DONE_WITH_ERRORS if self.errors else JobState.DONE


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One row of `core.job`, as it was committed.

    `attempt` counts the times a worker took the job and is its fencing token; `stalls` those since the last
    committed step that ended without one. `cursor` is where the next step goes on, after `steps` of them.
    """

    id: int
    type: str
    parameters: Mapping[str, Any]
    requester: str
    requester_kind: ActorKind
    department: str
    key: str | None
    state: JobState
    done: int
    total: int | None
    message: str
    cursor: Any
    result: Mapping[str, Any] | None
    error_code: str | None
    error_message: str | None
    attempt: int
    steps: int
    stalls: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    lease_until: datetime | None

    @property
    def actor(self) -> Actor:
        """Whoever asked for the job, as the access log names them."""
        return Actor(self.requester_kind, self.requester, self.department)

    @property
    def ended(self) -> bool:
        """Tell whether no worker will touch the job any more, unless somebody resumes it."""
        return self.state not in ACTIVE
