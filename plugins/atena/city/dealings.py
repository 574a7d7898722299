"""What some people of the synthetic city arranged with the tax office: an account, an address, an agent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple

from core.clock import JAPAN
from core.storage.database import WriteSession
from core.storage.ids import reserve_ids
from plugins.atena import tables
from plugins.atena.city import names
from plugins.atena.city.people import ELSEWHERE
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


class Party(NamedTuple):
    """Somebody who may arrange something: with the day from which the present address holds."""

    person_id: int
    name: str
    kana: str
    birth: date
    sex: str
    since: date
    is_resident: bool


@dataclass(frozen=True)
class Dealings:
    """Decides by chance, of a source of its own, so that the people stay the same."""

    chance: Random

    def rows(self, parties: Iterable[Party], today: date) -> Mapping[str, Rows]:
        """Return what some of these people arranged, for `write_all`."""
        rows: dict[str, Rows] = {"bank_account": [], "delivery_address": [], "tax_agent": []}
        for party in parties:
            since = max(SINCE, party.since)
            frame = (party.person_id, since, recorded(since))
            if today - party.birth > ADULT and self.chance.random() < WITH_ACCOUNT:
                rows["bank_account"].append((*frame, *self._account(party)))
            if party.is_resident and self.chance.random() < WITH_ADDRESS:
                rows["delivery_address"].append((*frame, party.name, party.kana, *self._place()))
            if not party.is_resident and self.chance.random() < WITH_AGENT:
                agent = (names.surname(self.chance), names.given_name(self.chance, party.sex))
                rows["tax_agent"].append((*frame, *full_name(*agent), *self._place()))
        return rows

    def _account(self, party: Party) -> tuple[str, ...]:
        holder = names.half_width(party.kana)
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


def full_name(family: names.Word, given: names.Word) -> tuple[str, str]:
    """Return name and reading as the register has them."""
    return f"{family.written}　{given.written}", f"{family.read}　{given.read}"
