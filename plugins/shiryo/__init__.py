"""課税資料 (shiryo): deliveries, files, records; reading, checking, attaching; the ledger."""

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from core.access.subject import About
from core.graphql.parts import GraphQLParts
from core.hooks import hook
from core.jobs.types import JobType
from core.menu import MenuEntry
from core.settings import Setting
from core.storage.database import ReadSession
from core.storage.migrations import Migrations
from plugins.shiryo.commands.expect import expect
from plugins.shiryo.commands.forward import forward
from plugins.shiryo.commands.handover import handover
from plugins.shiryo.commands.intake import intake
from plugins.shiryo.commands.keying import key
from plugins.shiryo.commands.ledger import ledger
from plugins.shiryo.commands.worklist import worklist
from plugins.shiryo.graphql.document_delivery import DocumentDelivery
from plugins.shiryo.graphql.documents import Document
from plugins.shiryo.graphql.handovers import HandoverMutation, HandoverQuery
from plugins.shiryo.graphql.keying_mutation import KeyingMutation
from plugins.shiryo.graphql.mutation import ShiryoMutation
from plugins.shiryo.graphql.query import ShiryoQuery
from plugins.shiryo.permissions import DELIVERY, LEDGER, WORK
from plugins.shiryo.reading.pages import pages as reading_pages
from plugins.shiryo.service import subject
from plugins.shiryo.service.intake import INTAKE, OUR_CODES

FOLDER = Path(__file__).parent
CLOSE = "SELECT, INSERT, UPDATE (known_to)"


@hook
def requires() -> Sequence[str]:
    return ["atena"]


@hook
def settings() -> Sequence[Setting[Any]]:
    return [OUR_CODES]


@hook
def policy() -> Sequence[Path]:
    return [FOLDER / "policy.csv"]


@hook
def migrations() -> Migrations:
    """Received bytes, findings and what documents say can be added, and never altered."""
    return Migrations(
        "shiryo",
        FOLDER / "migrations" / "versions",
        "shiryo",
        grants="SELECT, INSERT",
        table_grants={
            "delivery": "SELECT, INSERT, UPDATE (state, held_for, accepted_at, taken_records, attached_to)",
            "file": "SELECT, INSERT, UPDATE (layout, read_records, held_records, findings,"
            " accepted_records, totals, is_live)",
            "document": "SELECT, INSERT, UPDATE (is_held, superseded_at, superseded_by)",
            "attachment": CLOSE,
            "forwarding": CLOSE,
            "work_item": "SELECT, INSERT, UPDATE (state, owner, version, proposal, reason, proposed_by,"
            " closed_by, closed_at)",
            "keying": "SELECT, INSERT, UPDATE (made_id)",
        },
    )


@hook
def graphql() -> GraphQLParts:
    return GraphQLParts(
        query=(ShiryoQuery, HandoverQuery),
        mutation=(ShiryoMutation, KeyingMutation, HandoverMutation),
        additions={Document: DocumentDelivery},
    )


@hook
def menu() -> Sequence[MenuEntry]:
    return [
        MenuEntry("shiryo.deliveries", "課税資料の受付", DELIVERY),
        MenuEntry("shiryo.ledger", "受付台帳", LEDGER),
        MenuEntry("shiryo.handovers", "データパンチ委託先との受渡し", DELIVERY),
        MenuEntry("shiryo.work_items", "課税資料の作業一覧", WORK),
    ]


@hook
def commands() -> Sequence[click.Command]:
    return [intake, expect, ledger, worklist, key, forward, handover]


@hook
def jobs() -> Sequence[JobType]:
    return [INTAKE]


@hook
def objects_of_subject(session: ReadSession, number: str) -> Awaitable[Sequence[About]]:
    return subject.objects_of(session, number)


@hook
def pages() -> Mapping[str, str]:
    return reading_pages()
