"""Where a notice to a person goes on a day, and why. Pure: the facts come from `queries.recipients`.

The order: a 破産管財人 receives for the estate (破産法81条1項); for the dead the representative of the heirs
(地方税法9条の2), and until there is one the notice waits; for the living the 納税管理人 (地方税法300条),
then the 送付先 that the person asked for, then the home.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class RecipientKind(StrEnum):
    """Who may receive instead of the person; the values are the names of the tables."""

    DELIVERY_ADDRESS = "delivery_address"
    TAX_AGENT = "tax_agent"
    HEIRS_REPRESENTATIVE = "heirs_representative"
    TRUSTEE = "trustee"


class Reason(StrEnum):
    """Why a notice goes where it goes."""

    TRUSTEE = "trustee"
    HEIRS_REPRESENTATIVE = "heirs_representative"
    TAX_AGENT = "tax_agent"
    DELIVERY_ADDRESS = "delivery_address"
    HOME = "home"
    HELD_DECEASED = "held_deceased"
    HELD_NO_ADDRESS = "held_no_address"


LABELS: Mapping[Reason, str] = {
    Reason.TRUSTEE: "破産管財人に送ります。",
    Reason.HEIRS_REPRESENTATIVE: "納税義務者が死亡しているため、相続人代表者に送ります。",
    Reason.TAX_AGENT: "納税管理人に送ります。",
    Reason.DELIVERY_ADDRESS: "届出のあった送付先に送ります。",
    Reason.HOME: "住所に送ります。",
    Reason.HELD_DECEASED: "納税義務者が死亡し、相続人代表者の届出がないため、発送を保留します。",
    Reason.HELD_NO_ADDRESS: "送り先の住所がないため、発送を保留します。",
}
FOR_THE_LIVING = (RecipientKind.TRUSTEE, RecipientKind.TAX_AGENT, RecipientKind.DELIVERY_ADDRESS)
FOR_THE_DEAD = (RecipientKind.TRUSTEE, RecipientKind.HEIRS_REPRESENTATIVE)
HELD = frozenset({Reason.HELD_DECEASED, Reason.HELD_NO_ADDRESS})


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of a person on the day: `address` and `recipients` are rows that hold on it."""

    name: str
    death_date: date | None
    address: Any | None
    recipients: Mapping[RecipientKind, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """The outcome: `name` receives at `place` (a row with the items of an address); None where it is held."""

    reason: Reason
    name: str | None
    place: Any | None


def target_of(person: Whereabouts, as_of: date) -> Target:
    """Decide where a notice dated `as_of` goes."""
    is_dead = person.death_date is not None and person.death_date <= as_of
    for kind in FOR_THE_DEAD if is_dead else FOR_THE_LIVING:
        row = person.recipients.get(kind)
        if row is not None:
            return Target(Reason(kind.value), row.name, row)
    if is_dead:
        return Target(Reason.HELD_DECEASED, None, None)
    if person.address is None:
        return Target(Reason.HELD_NO_ADDRESS, None, None)
    return Target(Reason.HOME, person.name, person.address)
