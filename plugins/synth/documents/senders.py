"""Who sends documents to the city, by which channel, and into which folder a delivery of theirs goes."""

from functools import lru_cache
from typing import NamedTuple

from plugins.synth.people.numbers import corporate_number
from plugins.synth.people.places import CITY, ELSEWHERE, WARDS
from plugins.synth.people.words import TOWNS, company, fund

OFFICES = 2
KEPT = 4_096
"""Senders remembered: the large ones come again and again."""
MEDIUM_EVERY = 4
FUND_NUMBERS = 500_000
"""法人番号 of funds begin behind those of employers."""


class Sender(NamedTuple):
    """A sender as its manifest names it."""

    folder: str
    code: str
    kind: str
    channel: str
    name: str
    corporate_number: str
    address: str


@lru_cache(KEPT)
def employer(position: int) -> Sender:
    """Return an employer: one of four sends a medium, the others use eLTAX."""
    code = f"{position + 1:012d}"
    channel = "medium" if position % MEDIUM_EVERY == MEDIUM_EVERY - 1 else "eltax"
    number = corporate_number(position + 1)
    return Sender(
        f"kyuho/{code}", code, "payer", channel, company(position).written, number, _address(position)
    )


@lru_cache(KEPT)
def pension_fund(position: int) -> Sender:
    """Return a payer of pensions; all come through eLTAX (地方税共同機構)."""
    code = f"P{position + 1:06d}"
    number = corporate_number(FUND_NUMBERS + position + 1)
    return Sender(
        f"nenkin/{code}", code, "pension", "eltax", fund(position).written, number, _address(position * 7)
    )


def tax_office(position: int) -> Sender:
    """Return one of the tax offices."""
    code = f"Z{position + 1:02d}"
    name = f"架空{'東西'[position]}税務署"
    return Sender(f"kokuzei/{code}", code, "tax_office", "tax_office", name, "", "")


def municipality(code: str) -> Sender:
    """Return a municipality that tells of gifts."""
    name = next(place.name for place in ELSEWHERE if place.code == code)
    return Sender(f"one_stop/{code}", code, "municipality", "eltax", name, "", "")


def counter() -> Sender:
    """Return the city's own counter, where 住民税申告書 are handed in."""
    return Sender("shinkoku/madoguchi", f"{CITY}-madoguchi", "counter", "counter", "市民税課窓口", "", "")


def sender_of(folder: str) -> Sender:
    """Return the sender whose deliveries stand in a folder."""
    kind, _, code = folder.partition("/")
    match kind:
        case "kyuho":
            return employer(int(code) - 1)
        case "nenkin":
            return pension_fund(int(code[1:]) - 1)
        case "kokuzei":
            return tax_office(int(code[1:]) - 1)
        case "one_stop":
            return municipality(code)
        case _:
            return counter()


def _address(position: int) -> str:
    place, town = WARDS[position % len(WARDS)], TOWNS[position % len(TOWNS)]
    return f"{place.prefecture}{place.name}{town}"
