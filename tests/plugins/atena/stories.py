"""Messages about a few people that could have happened in this order; what a register may tell of a city."""

from random import Random
from typing import Any

NUMBERS = ("621498320257", "123456789018", "345678901234")
ELSEWHERE = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}


def story(register: Any, chance: Random, length: int) -> list[bytes]:
    """Make `length` messages, numbered from 1."""
    register.sequence, alive, lines = 0, list[str](), list[bytes]()
    while len(lines) < length:
        on = f"20{chance.randint(20, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        if not alive or chance.random() < 0.15:
            alive.append(str(len(lines) + 1))
            lines.append(register.arrival(alive[-1], "2015-01-01"))
            continue
        number = chance.choice(alive)
        address = {**ELSEWHERE, "lot": f"{chance.randint(1, 99)}番地"}
        kind, items = chance.choice(
            [
                ("move_within", {"address": address}),
                ("move_out", {"address": address}),
                ("name_change", {"name": chance.choice("甲乙丙"), "kana": "コウ"}),
                ("number_assigned", {"myNumber": chance.choice(NUMBERS)}),
                ("household_change", {"household": {"number": str(chance.randint(1, 9)), "relation": "子"}}),
                ("protection_set", {}),
                ("protection_lifted", {}),
                ("official_correction", {"address": address, "until": "2026-01-01"}),
                ("death", {}),
            ]
        )
        lines.append(register.message(kind, number, on, **items))
    return lines
