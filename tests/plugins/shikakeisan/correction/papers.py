"""Documents as the intake leaves them, written by hand."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert, text

from core.storage.database import WriteSession
from plugins.shiryo.tables import attachment, delivery, document, file, sender

ACCEPTED = datetime(2026, 2, 20, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True)
class Paper:
    """What one document says of a person."""

    amounts: Mapping[str, int]
    kind: str = "salary_report"
    items: Mapping[str, Any] = field(default_factory=dict)
    relatives: Sequence[Mapping[str, Any]] = ()
    accepted_at: datetime = ACCEPTED
    birth_date: date | None = date(1980, 4, 5)


async def file_papers(
    session: WriteSession, tax_year: int, papers: Sequence[tuple[int, Paper]], at: datetime = ACCEPTED
) -> Sequence[int]:
    """Write documents with their deliveries, each from a sender of its own; return their ids."""
    return [await _file(session, tax_year, person_id, paper, at) for person_id, paper in papers]


async def _file(session: WriteSession, tax_year: int, person_id: int, paper: Paper, at: datetime) -> int:
    number = next(_numbers)
    digest = hashlib.sha256(str(number).encode()).digest()
    sender_id = await _add(session, sender, code=f"S{number}", kind="payer", name="見本")
    delivery_id = await _add(
        session,
        delivery,
        tax_year=tax_year,
        sender_id=sender_id,
        channel="eltax",
        state="attached",
        held_for="",
        received_by="1",
        received_at=paper.accepted_at,
        accepted_at=paper.accepted_at,
    )
    file_id = await _add(
        session,
        file,
        delivery_id=delivery_id,
        name="1.csv",
        kind=paper.kind,
        version="",
        layout="",
        sha256=digest,
    )
    document_id = await _add(
        session,
        document,
        file_id=file_id,
        sender_id=sender_id,
        tax_year=tax_year,
        line=1,
        start=0,
        length=1,
        kind=paper.kind,
        record_key=digest[:16],
        action="new",
        fingerprint=digest[:16],
        name="",
        kana="",
        birth_date=paper.birth_date,
        address="",
        municipality_code="",
        amounts=dict(paper.amounts),
        items=dict(paper.items),
        relatives=list(paper.relatives),
        is_held=False,
    )
    await session.execute(
        insert(attachment).values(
            document_id=document_id,
            person_id=person_id,
            method="officer",
            score=100,
            reasons=[],
            decided_by="1",
            known_from=at,
        )
    )
    return document_id


async def withdraw_paper(session: WriteSession, document_id: int, at: datetime) -> None:
    """End the attachment of a document."""
    ended = "UPDATE shiryo.attachment SET known_to = :at WHERE document_id = :id AND known_to = 'infinity'"
    await session.execute(text(ended), {"at": at, "id": document_id})


async def _add(session: WriteSession, table: Any, **values: Any) -> int:
    added = await session.execute(insert(table).values(values).returning(table.c.id))
    return int(added.scalar_one())
