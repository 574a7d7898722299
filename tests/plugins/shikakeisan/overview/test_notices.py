"""How many people are told a tax: everybody who is taxed counts once."""

from datetime import date

from plugins.shikakeisan.overview import queries
from plugins.shikakeisan.overview.status import status_of
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year, year

__all__ = ["year"]

OLD, NOT_YET_OLD = date(1961, 4, 2), date(1961, 4, 3)
PAY, PENSION, BUSINESS = {"salary": 5_000_000}, {"pension": 4_000_000}, {"business": 3_000_000}


def someone(facts: dict[str, int], birth: date = OLD) -> Someone:
    return Someone({"taxpayer": {"birth": birth.isoformat()}, **facts}, birth)


async def test_everybody_who_is_taxed_is_counted_by_the_income_they_have(year: Year) -> None:
    await year.settle(
        someone(PAY),
        someone(PAY | PENSION),
        someone(PENSION),
        someone(PENSION | BUSINESS),
        someone(PENSION, NOT_YET_OLD),
        someone(BUSINESS),
        someone({"business": 100_000}),
        Someone(None),
    )
    await year.run()

    async with year.database.read() as session:
        found = await queries.notified(session, TAX_YEAR)
        status = await status_of(session, TAX_YEAR)

    assert found == {"salary": 2, "pension": 2, "bills": 2}
    assert sum(found.values()) == status.outcomes["taxed"]
    assert status.notices == found


async def test_before_anything_is_decided_nobody_is_told(year: Year) -> None:
    await year.settle(someone(PAY))

    async with year.database.read() as session:
        assert (await status_of(session, TAX_YEAR)).notices == {"salary": 0, "pension": 0, "bills": 0}
