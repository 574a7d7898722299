"""What is applied for a message: itself, or what two officers decided when it contradicted the past."""

import hmac
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from plugins.atena.errors import Finding, InvalidInput
from plugins.atena.feed.messages import EventKind, Message, checked_event
from plugins.atena.particulars import Findings


class Action(StrEnum):
    """The ways past an impossible message."""

    SKIP = "skip"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Entry:
    """A message for the inbox: `event` is what is applied for it, None if it is skipped."""

    message: Message
    fingerprint: bytes
    event: Message | None
    remedy_id: int | None = None


def entry_of(message: Message, fingerprint: bytes, remedy: Row[Any] | None) -> Entry:
    """Take a confirmed remedy, but only for the very message that it was decided for."""
    if remedy is None or not hmac.compare_digest(remedy.fingerprint, fingerprint):
        return Entry(message, fingerprint, message)
    if remedy.action == Action.SKIP:
        return Entry(message, fingerprint, None, remedy.id)
    return Entry(message, fingerprint, replaced(message, remedy.replacement), remedy.id)


def replaced(message: Message, event: dict[str, Any]) -> Message:
    """Return the message with another event. A My Number stays that of the register, for the same person."""
    kind, items = checked_replacement(event)
    number = event["atenaNumber"]
    if "my_number" in items and number == message.atena_number:
        items["my_number"] = message.items.get("my_number")
    effective_on = date.fromisoformat(event["effectiveOn"])
    return replace(message, kind=kind, atena_number=number, effective_on=effective_on, items=items)


def checked_replacement(event: dict[str, Any]) -> tuple[EventKind, dict[str, Any]]:
    """Check an event that an officer writes; raises InvalidInput. A resident's My Number nobody types."""
    if event.get("kind") == EventKind.NUMBER_ASSIGNED or "myNumber" in event:
        message = "住民の個人番号は住民記録からの連携でのみ登録されます。"
        raise InvalidInput([Finding("replacement.kind", "by-feed-only", message)])
    findings = Findings()
    kind, items = checked_event(findings, event)
    if kind is None or findings.found:
        raise InvalidInput(
            [found._replace(field=found.field.replace("event", "replacement", 1)) for found in findings.found]
        )
    return kind, items
