"""What every plug-in's tables share. A plug-in's `tables.py` begins with its own base, bound to its schema:

    class Base(DeclarativeBase):
        metadata = schema_metadata("atena")
        type_annotation_map = COLUMN_TYPES

`datetime` columns are `timestamptz`, `str` is `text`, `int` is `integer`; yen and keys have their own types.
"""

from datetime import datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Identity, MetaData, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column
from sqlalchemy.orm import relationship as _relationship

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
"""Constraint names, so that a violated one can be told to the clerk and a migration can find it."""

COLUMN_TYPES: dict[Any, Any] = {
    datetime: DateTime(timezone=True),
    str: Text(),
    dict[str, Any]: JSONB(),
    list[Any]: JSONB(),
}

Yen = Annotated[int, mapped_column(BigInteger)]
"""An amount of money: whole yen, 64 bits."""

UuidKey = Annotated[UUID, mapped_column(Uuid, primary_key=True, server_default=text("uuidv7()"))]
"""A primary key made by the server, ascending in time."""

SerialKey = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
"""A primary key made by the server that counts up, with gaps where a transaction was rolled back."""

RecordedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=text("now()"))]
"""When the row was written: the start of its transaction, by the server's clock."""

relationship = partial(_relationship, lazy="raise")
"""A relation that is loaded only where a query asks for it: an unasked look-up raises instead of slowing."""


def schema_metadata(schema: str) -> MetaData:
    """Return the metadata of one PostgreSQL schema, with our names for constraints."""
    return MetaData(schema=schema, naming_convention=NAMING)
