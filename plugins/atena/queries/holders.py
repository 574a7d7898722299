"""Present numbers, names and addresses as tables that another plug-in's statement may join: for many at once.

What a statement does with a million documents need not pass through Python. Blind indexes and folded keys
only: no number, and nothing that could be shown.
"""

from typing import Any

from sqlalchemy import Select, select

from plugins.atena.history import LATEST
from plugins.atena.queries.history import known
from plugins.atena.tables import address_revision, my_number, person_revision


def present_numbers() -> Select[Any]:
    """Return `blind_index`, `person_id` and `is_present` of every number that somebody holds or held.

    What is not present was corrected. It is a column and no condition: while the register has no statistics,
    the server would take the index of what is present, and walk through it for each number.
    """
    held = my_number.c
    return select(held.blind_index, held.person_id, known(my_number, LATEST).label("is_present"))


def present_names() -> Select[Any]:
    """Return all that persons ever bore: `person_id`, `kind`, `name_key`, `kana_key`, `birth_date`."""
    said = person_revision.c
    return select(said.person_id, said.kind, said.name_key, said.kana_key, said.birth_date).where(
        known(person_revision, LATEST)
    )


def present_homes() -> Select[Any]:
    """Return all addresses: `person_id`, `address_key`, `municipality_code`, `valid_from`, `valid_to`."""
    said = address_revision.c
    return select(
        said.person_id, said.address_key, said.municipality_code, said.valid_from, said.valid_to
    ).where(known(address_revision, LATEST))
