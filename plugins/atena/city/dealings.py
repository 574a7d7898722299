"""What some people of the synthetic city arranged with the tax office: an account, an address, an agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from core.clock import JAPAN
from core.storage.database import WriteSession
from core.storage.ids import reserve_ids
from plugins.atena import tables
from plugins.atena.city import names
from plugins.atena.city.people import ELSEWHERE, Citizen
from plugins.atena.queries.bulk import Rows, write_all

ADULT = timedelta(days=20 * 365)
WITH_ACCOUNT, WITH_ADDRESS, WITH_AGENT = 0.12, 0.01, 0.05
"""Shares: of adults, of residents, of 住登外者."""
SINCE = date(2024, 4, 1)
BANK = ("桜見銀行", names.half_width("サクラミ"))
BRANCHES = {
    "9990-001": ("本店", "ホンテン"),
    "9990-002": ("駅前支店", "エキマエ"),
    "9990-003": ("港支店", "ミナト"),
}
"""No bank has the code 9990."""


@dataclass(frozen=True)
class Dealings:
    """Decides by chance, of a source of its own, so that the people stay the same."""

    chance: Random

    def rows(self, people: Iterable[tuple[int, Citizen]], today: date) -> Mapping[str, Rows]:
        """Return what some of these people (id, person) arranged, for `write_all`."""
        rows: dict[str, Rows] = {"bank_account": [], "delivery_address": [], "tax_agent": []}
        for person_id, citizen in people:
            since = max(SINCE, citizen.homes[-1][0])
            frame = (person_id, since, recorded(since))
            if today - citizen.birth > ADULT and self.chance.random() < WITH_ACCOUNT:
                rows["bank_account"].append((*frame, *self._account(citizen)))
            if citizen.is_resident and self.chance.random() < WITH_ADDRESS:
                whole = (citizen.family, citizen.given)
                rows["delivery_address"].append((*frame, *_name(*whole), *self._place()))
            if not citizen.is_resident and self.chance.random() < WITH_AGENT:
                agent = (names.surname(self.chance), names.given_name(self.chance, citizen.sex))
                rows["tax_agent"].append((*frame, *_name(*agent), *self._place()))
        return rows

    def _account(self, citizen: Citizen) -> tuple[str, ...]:
        holder = names.half_width(f"{citizen.family.read}　{citizen.given.read}")
        number = f"{self.chance.randrange(10**7):07d}"
        return (self.chance.choice(list(BRANCHES)), "1", number, holder)

    def _place(self) -> tuple[str, ...]:
        place = self.chance.choice(ELSEWHERE)
        lot = f"{self.chance.randint(9001, 9999)}番地"
        said = (place.code, place.prefecture, place.name, "0000000", names.town(self.chance), lot, "")
        return (*said, place.postal_code)


async def write_banks(session: WriteSession) -> None:
    """Write the branches that accounts are at."""
    ids = await reserve_ids(session, tables.bank_branch, len(BRANCHES))
    since = date(2000, 1, 1)
    at = recorded(since)
    rows: dict[str, Rows] = {"bank_branch": [], "bank_branch_revision": []}
    for branch_id, (code, (name, read)) in zip(ids, BRANCHES.items(), strict=True):
        rows["bank_branch"].append((branch_id, code, at))
        rows["bank_branch_revision"].append((branch_id, since, at, *BANK, name, names.half_width(read)))
    await write_all(session, rows)


def recorded(day: date) -> datetime:
    """Everything was entered on the morning of the day from which it holds."""
    return datetime.combine(day, time(9), JAPAN)


def _name(family: names.Word, given: names.Word) -> tuple[str, str]:
    return f"{family.written}　{given.written}", f"{family.read}　{given.read}"
