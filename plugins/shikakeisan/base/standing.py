"""Who is taxed here, who is not, and why: codes with the texts that clerks read."""

from collections.abc import Mapping
from enum import StrEnum


class Standing(StrEnum):
    """Why a person is in the base of a year."""

    RESIDENT = "resident"
    REGISTERED = "registered"
    HOUSE_ONLY = "house_only"
    OUTSIDE = "outside"


class Reason(StrEnum):
    """Why a person is `outside`; the first that holds, in this order."""

    LINKED = "LINKED"
    DIED = "DIED"
    BORN_AFTER = "BORN_AFTER"
    TAXED_ELSEWHERE = "TAXED_ELSEWHERE"
    OTHER_MUNICIPALITY = "OTHER_MUNICIPALITY"
    MOVED_IN_AFTER = "MOVED_IN_AFTER"
    MOVED_OUT = "MOVED_OUT"
    NO_GROUND = "NO_GROUND"


class Circumstance(StrEnum):
    """What the register does not tell; officers propose and approve it."""

    WELFARE = "welfare"
    HOUSE = "house"
    LIVES_HERE = "lives_here"
    TAXED_ELSEWHERE = "taxed_elsewhere"


PLACED = frozenset({Circumstance.HOUSE, Circumstance.LIVES_HERE})
"""Circumstances that name a ward."""

STANDING_LABELS: Mapping[Standing, str] = {
    Standing.RESIDENT: "市内に住所を有する者",
    Standing.REGISTERED: "住登外課税の者",
    Standing.HOUSE_ONLY: "家屋敷・事務所のみの者",
    Standing.OUTSIDE: "対象外",
}
REASON_LABELS: Mapping[Reason, str] = {
    Reason.LINKED: "同一人の別の宛名番号（主たる番号で課税）",
    Reason.DIED: "1月1日までに死亡",
    Reason.BORN_AFTER: "1月1日より後に出生",
    Reason.TAXED_ELSEWHERE: "ほかの市区町村が課税（地方税法294条4項）",
    Reason.OTHER_MUNICIPALITY: "1月1日の住所がほかの市区町村",
    Reason.MOVED_IN_AFTER: "1月1日より後に転入",
    Reason.MOVED_OUT: "1月1日までに転出",
    Reason.NO_GROUND: "1月1日現在で課税の根拠がない住登外者",
}
CIRCUMSTANCE_LABELS: Mapping[Circumstance, str] = {
    Circumstance.WELFARE: "1月1日現在の生活扶助（地方税法295条1項1号）",
    Circumstance.HOUSE: "区内の家屋敷・事務所（地方税法294条1項2号）",
    Circumstance.LIVES_HERE: "居住の認定（地方税法294条3項）",
    Circumstance.TAXED_ELSEWHERE: "ほかの市区町村の課税（地方税法294条4項）",
}
