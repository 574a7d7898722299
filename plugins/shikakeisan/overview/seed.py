"""The year of the synthetic city: opened, its base frozen. Whoever has documents goes on from there."""

from core.access.actor import SYSTEM
from core.access.journal import Journal
from core.demo.city import DemoCity
from core.storage.database import WriteSession
from plugins.shikakeisan.base.municipality import MUNICIPALITY
from plugins.shikakeisan.base.service import freeze_base, open_year
from plugins.shikakeisan.law.years import known_years
from plugins.shiryo.api import Work


async def seed_year(session: WriteSession, city: DemoCity) -> int:
    """Open the 課税年度 of today (or the last that has a file) and freeze its base; returns the year."""
    runtime = city.runtime
    tax_year = min(runtime.clock.today().year, max(known_years()))
    work = Work(session, Journal(), SYSTEM.number, runtime.clock.now())
    await open_year(work, tax_year, runtime.settings[MUNICIPALITY])
    await freeze_base(runtime, work, tax_year)
    city.samples["tax_year"] = str(tax_year)
    return tax_year
