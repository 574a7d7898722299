"""Writing many subjects at once, by COPY; their ids are reserved beforehand (`core.storage.ids`)."""

from collections.abc import Mapping

from core.storage.database import WriteSession
from plugins.atena import tables

Rows = list[tuple[object, ...]]

PLACE = (
    *("municipality_code", "prefecture", "municipality", "town_code", "town", "lot", "building"),
    "postal_code",
)
"""The items of an address."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "person": ("id", "atena_number", "changed_at"),
    "person_revision": (
        *("person_id", "valid_from", "known_from", "kind", "name", "kana", "name_key", "kana_key"),
        *("birth_date", "birth_precision", "birth_note", "sex"),
    ),
    "address_revision": (
        *("person_id", "valid_from", "valid_to", "known_from", "known_to", *PLACE),
        *("address_key", "town_key"),
    ),
    "my_number": ("person_id", "valid_from", "known_from", "sealed", "blind_index", "key_version"),
    "household_member": ("person_id", "valid_from", "known_from", "household_number", "relation"),
    "delivery_address": ("person_id", "valid_from", "known_from", "name", "kana", *PLACE),
    "tax_agent": ("person_id", "valid_from", "known_from", "name", "kana", *PLACE),
    "bank_branch": ("id", "code", "changed_at"),
    "bank_branch_revision": (
        *("bank_branch_id", "valid_from", "known_from", "bank_name", "bank_kana", "branch_name"),
        "branch_kana",
    ),
    "bank_account": (
        *("person_id", "valid_from", "known_from", "branch_code", "account_kind", "account_number"),
        "holder_kana",
    ),
    "non_resident_line": ("serial", "fingerprint", "person_id"),
    "employer": ("id", "designation_number", "changed_at"),
    "employer_revision": (
        *("employer_id", "valid_from", "known_from", "name", "kana", "name_key", "kana_key"),
        *("corporate_number", "postal_code", "address", "building"),
    ),
}
"""The columns that `write_all` expects of each table, in order; the others take their defaults."""


async def write_all(session: WriteSession, rows: Mapping[str, Rows]) -> None:
    """Copy the rows of several tables, in the order given."""
    for name, records in rows.items():
        await session.copy(tables.metadata.tables[f"atena.{name}"], COLUMNS[name], records)
