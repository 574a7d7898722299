"""How a job is told to people and to programs."""

import json
from datetime import datetime
from typing import Any

from core.clock import JAPAN
from core.jobs.state import LABELS, JobStatus

TOLD = (
    "id",
    "type",
    "parameters",
    "requester",
    "state",
    "done",
    "total",
    "message",
    "result",
    "error_code",
    "error_message",
    "attempt",
    "created_at",
    "started_at",
    "finished_at",
)


def as_json(status: JobStatus) -> str:
    """Return one line of JSON."""
    return json.dumps({name: _plain(getattr(status, name)) for name in TOLD}, ensure_ascii=False)


def progress(status: JobStatus) -> str:
    """Return how far the job is: `1,200 / 4,000`."""
    return f"{status.done:,}" if status.total is None else f"{status.done:,} / {status.total:,}"


def one_line(status: JobStatus) -> str:
    """Return one line of text: id, type, state, progress, and what there is to say."""
    said = status.error_message or status.message
    parts = (f"#{status.id}", status.type, LABELS[status.state], progress(status), said)
    return "  ".join(part for part in parts if part)


def _plain(value: Any) -> Any:
    return value.astimezone(JAPAN).isoformat(timespec="seconds") if isinstance(value, datetime) else value
