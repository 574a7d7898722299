"""A register and its documents of any size: a small synthetic city taken in by real commands, then copied.

Copies are made by SQL inside the database, with ids, numbers and keys of their own. The blind index of every
My Number is made anew from the old one and the number of the copy, in the register and in the relatives of
documents alike, so that in each copy a claim still leads to the right person.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import text

from core.storage.database import Database, WriteSession

RELATIVES = """(SELECT coalesce(jsonb_agg(CASE WHEN one ? 'number' THEN jsonb_set(one, '{number}',
    to_jsonb(encode(sha256(decode(one->>'number', 'hex') || int8send(copy)), 'hex'))) ELSE one END
    ORDER BY place), '[]') FROM jsonb_array_elements(relatives) WITH ORDINALITY AS r(one, place))"""
DIGEST = "substring(sha256({0} || int8send(copy)), 1, octet_length({0}))"
OWN: Mapping[str, str] = {
    "person.id": "id + copy * :people",
    "person.atena_number": "'9' || lpad(copy::text, 4, '0') || lpad(id::text, 10, '0')",
    "person_id": "person_id + copy * :people",
    "household_number": "(household_number::bigint + copy * 1000000000)::text",
    "blind_index": "sha256(blind_index || int8send(copy))",
    "document.id": "id + copy * :documents",
    "document_id": "document_id + copy * :documents",
    "superseded_by": "superseded_by + copy * :documents",
    "my_number_index": "sha256(my_number_index || int8send(copy))",
    "record_key": DIGEST.format("record_key"),
    "fingerprint": DIGEST.format("fingerprint"),
    "relatives": RELATIVES,
}
"""What a copy has of its own, by column or by table and column; all else is the same."""
TABLES: Mapping[str, str] = {
    "atena.person": "id <= :people",
    "atena.person_revision": "person_id <= :people",
    "atena.address_revision": "person_id <= :people",
    "atena.household_member": "person_id <= :people",
    "atena.my_number": "person_id <= :people",
    "shiryo.document": "id <= :documents",
    "shiryo.attachment": "person_id <= :people",
}
"""What is copied, with the condition that tells the originals."""
TOGETHER = 20
"""Copies made by one statement."""


async def copy_city(database: Database, copies: int) -> None:
    """Add `copies` copies of everybody and of all documents. The database's role owns the tables."""
    async with database.transaction() as session:
        sizes = {
            "people": await _highest(session, "atena.person"),
            "documents": await _highest(session, "shiryo.document"),
        }
        for table, originals in TABLES.items():
            await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            insertion = await _insertion(session, table, originals)
            for first in range(1, copies + 1, TOGETHER):
                bounds = {"first": first, "last": min(first + TOGETHER - 1, copies)}
                given = {name: value for name, value in (sizes | bounds).items() if f":{name}" in insertion}
                await session.execute(text(insertion), given)
            await session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    connection = await database.connect()
    await connection.execute("VACUUM ANALYZE")  # as a register is that was there long before the year
    await connection.close()


async def _highest(session: WriteSession, table: str) -> int:
    return int(await session.scalar(text(f"SELECT max(id) FROM {table}")))  # noqa: S608  # a name of ours


async def _insertion(session: WriteSession, table: str, originals: str) -> str:
    names, values = zip(*_said(table, await _columns(session, table)), strict=True)
    into = f"INSERT INTO {table} ({', '.join(names)}) OVERRIDING SYSTEM VALUE"
    every = f"FROM {table}, generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS copy"
    return f"{into} SELECT {', '.join(values)} {every} WHERE {originals}"


def _said(table: str, columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give each column with what a copy has there; the server counts up ids that nobody refers to."""
    name = table.split(".")[1]
    for column in columns:
        own = OWN.get(f"{name}.{column}", OWN.get(column))
        if own is not None:
            yield column, re.sub(r"\s+", " ", own)
        elif column != "id":
            yield column, column


async def _columns(session: WriteSession, table: str) -> Sequence[str]:
    schema, name = table.split(".")
    statement = text(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_schema = :schema AND table_name = :name ORDER BY ordinal_position"
    )
    return (await session.scalars(statement, {"schema": schema, "name": name})).all()
