"""Who was shown stands in the access log, whatever the document looks like (S3)."""

import random
import re

from core.storage.database import Database
from schema.testing import House

NUMBER = re.compile(r'"[a-z]\w*":"(\d{15})"')
ROUNDS = 60
KANA = "アイカサタナハマヤ"


def random_document(dice: random.Random, numbers: list[str]) -> str:
    """Persons by number and by search, under aliases, in fragments, some skipped, some not there."""
    fields = []
    for place in range(dice.randrange(1, 6)):
        shown = dice.choice(
            ["a: atenaNumber", "... on Person { b: atenaNumber }", "...F", "name c: atenaNumber"]
        )
        skip = dice.choice(["", "", " @skip(if: true)", " @include(if: true)"])
        if dice.random() < 0.5:
            number = dice.choice([*numbers, "999999999999999"])
            fields.append(f'x{place}: person(atenaNumber: "{number}"){skip} {{ {shown} }}')
        else:
            page = f'search: {{kana: "{dice.choice(KANA)}"}}, first: {dice.randrange(1, 4)}'
            fields.append(f"x{place}: searchPersons({page}){skip} {{ edges {{ node {{ {shown} }} }} }}")
    used = any("...F" in field for field in fields)
    return f"{{ {' '.join(fields)} }} {'fragment F on Person { d: atenaNumber }' if used else ''}"


async def test_everybody_shown_stands_in_the_log_under_the_correlation_id(
    house: House, owner_database: Database
) -> None:
    dice = random.Random(3)
    every = await house.ask(
        "query($k: String!) { searchPersons(search: {kana: $k}) { edges { node { atenaNumber } } } }",
        "tax_clerk",
        k=house.samples["kana"],
    )
    numbers = NUMBER.findall(every.text)
    shown = {}
    for _ in range(ROUNDS):
        role = dice.choice(["tax_clerk", "other_office", "administrator"])
        answer = await house.ask(random_document(dice, numbers), role)
        assert answer.status_code == (403 if role == "administrator" else 200), answer.text
        shown[answer.headers["x-correlation-id"]] = set(NUMBER.findall(answer.text))

    logged: dict[str, set[str]] = {correlation_id: set() for correlation_id in shown}
    for row in await house.audit(owner_database):
        if row.correlation_id in logged:
            logged[row.correlation_id].update(row.object_ids)
    assert logged == shown
    assert sum(map(len, shown.values())) > ROUNDS / 2
