"""The margins of the synthetic city beside published figures of Japan: ages, households, pay, claims.

    uv run python -m bench.synth --distribution [--people 20000]

The published figures are national: 国勢調査 2020 (ages, households), 民間給与実態統計調査 R5 (pay of who
worked all year), 厚生年金保険・国民年金事業の概況 R4 (mean pensions). They are cited from memory of the
reports, for orders of magnitude.
"""

from collections.abc import Iterator, Sequence
from statistics import mean, median

from plugins.synth.block import Block, make_block
from plugins.synth.documents.facts import facts_of
from plugins.synth.documents.view import view_of
from plugins.synth.people.model import MALE, Person, Role
from plugins.synth.plan import Plan

PENSIONABLE = 65
CLAIMS = {
    "spouse": "配偶者の控除",
    "dependants": "扶養親族",
    "single_parent": "ひとり親",
    "social_insurance": "社会保険料",
    "life_new_general": "生命保険料",
    "quake": "地震保険料",
    "medical_deduction_given": "医療費",
    "donation_furusato": "ふるさと納税",
    "one_stop": "うち申告特例",
    "housing_loan": "住宅借入金",
}


def marginals(people: int) -> Iterator[str]:
    """Yield a line for each margin: what the city has, and what is published where something is."""
    plan = Plan(people, 2025, 1, frozenset())
    blocks = [make_block(plan, number) for number in range(plan.blocks)]
    everybody = [person for block in blocks for person in block.people]
    yield from _ages(everybody)
    yield from _households(blocks)
    yield from _pay(everybody)
    yield from _pensions(everybody)
    yield from _claims(plan, blocks)


def _ages(people: Sequence[Person]) -> Iterator[str]:
    for label, begin, end, published in (
        ("0-14", 0, 14, 11.9),
        ("15-64", 15, 64, 59.5),
        ("65-", 65, 200, 28.6),
    ):
        yield _line(f"年齢 {label}", _share(begin <= one.age <= end for one in people), f"{published} %")


def _households(blocks: Sequence[Block]) -> Iterator[str]:
    homes = [household.members for block in blocks for household in block.households]
    roles = [{one.role for one in members[1:]} for members in homes]
    shapes: Sequence[tuple[str, set[Role], str]] = (
        ("単独", set(), "38.0 %"),
        ("夫婦のみ", {Role.SPOUSE}, "20.0 %"),
        ("夫婦と子", {Role.SPOUSE, Role.CHILD}, "25.0 %"),
        ("ひとり親と子", {Role.CHILD}, "9.0 %"),
    )
    for label, wanted, published in shapes:
        yield _line(f"世帯 {label}", _share(role == wanted for role in roles), published)
    yield _line("世帯の平均人員", f"{mean(map(len, homes)):.2f}", "2.21")


def _pay(people: Sequence[Person]) -> Iterator[str]:
    paid = [one for one in people if one.salary]
    yield _line("給与のある人", _share(one.salary > 0 for one in people), "")
    for label, some, published in (
        ("全体", paid, "4,595,000"),
        ("男", [one for one in paid if one.sex == MALE], "5,687,000"),
        ("女", [one for one in paid if one.sex != MALE], "3,161,000"),
    ):
        salaries = [one.salary for one in some]
        yield _line(
            f"給与の平均 {label}", f"{mean(salaries):,.0f} 円（中央値 {median(salaries):,.0f}）", published
        )
    yield _line("給与 1,000万円超", _share(one.salary > 10_000_000 for one in paid), "5.5 %")
    yield _line("2か所以上の給与", _share(len(one.jobs) > 1 for one in paid), "")


def _pensions(people: Sequence[Person]) -> Iterator[str]:
    elderly = [one for one in people if one.age >= PENSIONABLE]
    pensions = [one.pension for one in elderly if one.pension]
    yield _line("65歳以上で年金のある人", _share(one.pension > 0 for one in elderly), "")
    published = "厚生年金 1,728,000、国民年金 676,000"
    yield _line("年金の平均", f"{mean(pensions):,.0f} 円（中央値 {median(pensions):,.0f}）", published)


def _claims(plan: Plan, blocks: Sequence[Block]) -> Iterator[str]:
    """Say what share of the people with an income states each deduction."""
    stated = [facts_of(view_of(plan, block, one)) for block in blocks for one in block.people]
    earning = [facts for facts in stated if {"salary", "pension", "business"} & facts.keys()]
    for name, label in CLAIMS.items():
        yield _line(f"控除 {label}", _share(name in facts for facts in earning), "")
    counts = [len(facts["dependants"]) for facts in earning if "dependants" in facts]
    yield _line("扶養親族の数（ある人）", f"{mean(counts):.2f}", "")


def _share(holds: Iterator[bool]) -> str:
    found = list(holds)
    return f"{100 * sum(found) / len(found):.1f} %"


def _line(what: str, found: str, published: str) -> str:
    return f"{what}\t{found}\t{published or '-'}"
