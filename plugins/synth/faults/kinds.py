"""The kinds of faults, and where in a city of a given size each is planted."""

from enum import StrEnum

from plugins.synth.plan import Plan

PEOPLE_PER_FAULT = 20_000
FIRST_EMPLOYER = 3
"""Faults of files strike large employers from this rank on: they have documents in any city."""
SMALLEST_CITY = 1_000
"""Fewer people may not include a victim for each fault."""


class Fault(StrEnum):
    """A fault by the name that `--faults` takes."""

    MISSING_SENDER = "missing-sender"
    TRUNCATED_FILE = "truncated-file"
    CHANGED_TOTAL = "changed-total"
    WRONG_ENCODING = "wrong-encoding"
    CANCELLED_SLIP = "cancelled-slip"
    DUPLICATE_PENSION = "duplicate-pension"
    NAMESAKE = "namesake"
    WRONG_CHECK_DIGIT = "wrong-check-digit"
    MOVED_2_JANUARY = "moved-2-january"
    TWO_CLAIMANTS = "two-claimants"


OF_FILES = (Fault.MISSING_SENDER, Fault.TRUNCATED_FILE, Fault.CHANGED_TOTAL, Fault.WRONG_ENCODING)
OF_PEOPLE = tuple(fault for fault in Fault if fault not in OF_FILES)


def times(plan: Plan) -> int:
    """How often each fault is planted: once, and again for every 20,000 people more."""
    return max(1, plan.people // PEOPLE_PER_FAULT)


def of_block(plan: Plan, block: int) -> list[Fault]:
    """Return the faults whose victims live in a block; occurrences are spread over the city."""
    count = times(plan)
    struck = {place * plan.blocks // count for place in range(count)}
    return [fault for fault in OF_PEOPLE if fault in plan.faults and block in struck]


def of_employers(plan: Plan) -> dict[str, Fault]:
    """Return the faults of files by the 指定番号 of the employer struck."""
    struck: dict[str, Fault] = {}
    for place in range(times(plan)):
        for offset, fault in enumerate(OF_FILES):
            if fault in plan.faults:
                struck[f"{FIRST_EMPLOYER + place * len(OF_FILES) + offset:012d}"] = fault
    return struck
