"""The migrations make the tables of the program."""

from core.storage.database import Database
from core.storage.migrations import differences
from plugins import shikakeisan
from plugins.shikakeisan.assessment import tables as _assessment
from plugins.shikakeisan.base import tables as _base
from plugins.shikakeisan.closing import tables as _closing
from plugins.shikakeisan.correction import tables as _correction
from plugins.shikakeisan.forms import tables as _forms
from plugins.shikakeisan.inquiry import tables as _inquiry
from plugins.shikakeisan.merge import tables as _merge
from plugins.shikakeisan.summary import tables as _summary
from plugins.shikakeisan.tables import metadata

ROOMS = (_assessment, _base, _closing, _correction, _forms, _inquiry, _merge, _summary)


async def test_migrations_make_the_tables_of_the_program(owner_database: Database) -> None:
    assert await differences(owner_database, shikakeisan.migrations(), metadata) == []
