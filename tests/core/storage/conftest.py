"""The storage tests bring their own branch of migrations: they must not depend on any plug-in."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from core.storage.address import ServerAddress
from core.storage.migrations import Migrations
from core.storage.tables import (
    COLUMN_TYPES,
    RecordedAt,
    SerialKey,
    UuidKey,
    Yen,
    relationship,
    schema_metadata,
)


class Base(DeclarativeBase):
    metadata = schema_metadata("sample")
    type_annotation_map = COLUMN_TYPES


class Account(Base):
    __tablename__ = "account"
    __table_args__ = (CheckConstraint("balance >= 0", name="balance_not_negative"),)

    id: Mapped[UuidKey]
    number: Mapped[str] = mapped_column(unique=True)
    balance: Mapped[Yen]
    facts: Mapped[dict[str, Any] | None]
    recorded_at: Mapped[RecordedAt]
    entries: Mapped[list["Entry"]] = relationship()


class Trace(Base):
    __tablename__ = "trace"

    id: Mapped[SerialKey]
    operation: Mapped[str]
    recorded_at: Mapped[RecordedAt]


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[UuidKey]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("sample.account.id"))
    amount: Mapped[Yen]


@pytest.fixture(scope="session")
def sample() -> Migrations:
    path = Path(__file__).parent / "sample"
    return Migrations("sample", path, "sample", table_grants={"trace": "SELECT, INSERT (operation)"})


@pytest.fixture(scope="session")
def branches(sample: Migrations) -> Sequence[Migrations]:
    return [sample]


@pytest.fixture
def account() -> Any:
    return Account


@pytest.fixture
def metadata() -> Any:
    return Base.metadata


@pytest.fixture
def url(address: ServerAddress) -> str:
    return address.app_url
