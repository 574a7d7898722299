"""The My Number: who sees it, who finds by it, how it comes in; and no other way to learn it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core.settings import Settings
from core.storage.database import Database
from plugins.atena.vault.keyring import key_file
from tests.plugins.atena.conftest import CONFIRM_NUMBER, PROPOSE_NUMBER

NUMBER = "621498320257"
OTHER = "123456789018"
REGISTER = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber } }
"""
SHOW = """
query S($number: String!, $asOf: Date, $asKnownAt: DateTime) {
  person(atenaNumber: $number, asOf: $asOf, asKnownAt: $asKnownAt) { myNumber }
}
"""
SEARCH = """
query F($search: PersonSearchInput!) { searchPersons(search: $search) { edges { node { atenaNumber } } } }
"""
REASON = "税額通知の照合"


@pytest.fixture
async def person(house: Any) -> str:
    return await new_person(house)


async def new_person(house: Any) -> str:
    given = {"name": "霧ヶ丘　陽斗", "validFrom": "2020-04-01"}
    number: str = (await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"]
    return number


def given(person: str, number: str = NUMBER, **more: Any) -> dict[str, Any]:
    return {"atenaNumber": person, "myNumber": number, "evidence": "SHOWN", "reason": "カード", **more}


async def test_those_who_may_see_the_number_and_the_access_log_keeps_the_reason(
    house: Any, person: str
) -> None:
    await house.number(person, NUMBER)

    shown = await house.data(SHOW, "tax_clerk", REASON, number=person)

    assert shown == {"person": {"myNumber": NUMBER}}
    assert (house.records[-1].fields, house.records[-1].reason) == (("myNumber",), REASON)
    assert NUMBER not in str(house.records)


async def test_nobody_sees_it_without_a_reason(house: Any, person: str) -> None:
    await house.number(person, NUMBER)
    assert (await house.refusal(SHOW, "tax_chief", number=person))["code"] == "REASON_REQUIRED"


async def test_another_office_sees_asterisks_whether_there_is_a_number_or_not(
    house: Any, person: str, settings: Settings
) -> None:
    """The keys are gone, so nothing can have been opened for them."""
    without = await new_person(house)
    await house.number(person, NUMBER)
    key_file(settings).write_text("gone")

    for number in (person, without):
        assert await house.data(SHOW, "other_office", number=number) == {
            "person": {"myNumber": "************"}
        }


@pytest.mark.parametrize("number", [NUMBER, OTHER, "123456789012", ""])
@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_nobody_else_can_find_by_it(house: Any, person: str, role: str, number: str) -> None:
    """The same refusal whether somebody has the number, nobody has, or it is no number at all."""
    await house.number(person, NUMBER)

    refused = await house.refusal(SEARCH, role, search={"myNumber": number})

    assert (refused["code"], refused["missing"][0]) == ("FORBIDDEN", "atena.my_number:search")
    assert set(refused) == {"code", "missing", "correlationId"}


@pytest.mark.parametrize(("number", "count"), [(NUMBER, 1), (OTHER, 0)])
async def test_a_tax_clerk_finds_by_it(house: Any, person: str, number: str, count: int) -> None:
    await house.number(person, NUMBER)
    edges = (await house.data(SEARCH, search={"myNumber": number}))["searchPersons"]["edges"]
    assert [edge["node"]["atenaNumber"] for edge in edges] == [person] * count


@pytest.mark.parametrize(
    ("number", "rule"),
    [("621498320258", "check-digit"), ("62149832025", "format"), ("６２１４９８３２０２５７", "format")],
)
async def test_a_wrong_number_is_refused_without_echo(
    house: Any, person: str, number: str, rule: str
) -> None:
    answer = await house.post(PROPOSE_NUMBER, input=given(person, number))

    [error] = answer.json()["errors"]
    assert [finding["rule"] for finding in error["extensions"]["findings"]] == [rule]
    assert number not in answer.text


async def test_a_number_that_somebody_else_has_is_refused_without_saying_so(house: Any, person: str) -> None:
    await house.number(person, NUMBER)

    refused = await house.refusal(PROPOSE_NUMBER, input=given(await new_person(house)))

    refused.pop("correlationId")
    assert refused == {"code": "MY_NUMBER_REFUSED"}


async def test_a_residents_number_comes_by_the_feed_only(
    house: Any, person: str, owner_database: Database
) -> None:
    async with owner_database.transaction() as session:
        await session.execute(text("UPDATE atena.person_revision SET kind = 'resident'"))

    refused = await house.refusal(PROPOSE_NUMBER, input=given(person))

    assert refused["code"] == "RESIDENT_NUMBER_BY_FEED_ONLY"


async def test_a_changed_number_leaves_the_old_one_in_the_history(house: Any, person: str) -> None:
    await house.number(person, NUMBER, "2021-01-01")
    before = (house.clock.now() + timedelta(seconds=1)).isoformat()
    house.clock.moment = house.clock.moment.replace(day=20)
    await house.number(person, OTHER, "2025-01-01")

    for as_of, known_at, number in (
        ("2020-06-01", None, None),
        ("2024-12-31", None, NUMBER),
        ("2025-01-01", None, OTHER),
        ("2025-01-01", before, NUMBER),
    ):
        shown = await house.data(SHOW, "tax_clerk", REASON, number=person, asOf=as_of, asKnownAt=known_at)
        assert shown["person"]["myNumber"] == number


async def test_the_same_number_again_changes_nothing(house: Any, person: str) -> None:
    await house.number(person, NUMBER, "2021-01-01")
    proposed = await house.data(PROPOSE_NUMBER, input=given(person, validFrom="2021-01-01"))

    said = {"id": proposed["proposeMyNumber"]["id"], "number": NUMBER}
    refused = await house.refusal(CONFIRM_NUMBER, "tax_chief", **said)

    assert [finding["rule"] for finding in refused["findings"]] == ["no-change"]


async def test_a_moved_seal_is_refused_with_a_code(house: Any, owner_database: Database) -> None:
    one, other = await new_person(house), await new_person(house)
    await house.number(one, NUMBER)
    await house.number(other, OTHER)
    async with owner_database.transaction() as session:
        await session.execute(
            text(
                "UPDATE atena.my_number n SET sealed = o.sealed FROM atena.my_number o"
                " WHERE o.person_id <> n.person_id"
            )
        )

    assert (await house.refusal(SHOW, "tax_clerk", REASON, number=one))["code"] == "VAULT_SEAL_BROKEN"


async def test_no_other_table_holds_a_number_that_was_registered_and_shown(
    house: Any, person: str, owner_database: Database
) -> None:
    """A mutation's answer is kept for repetition, but not one that shows a number."""
    await house.number(person, NUMBER)
    change = {"atenaNumber": person, "expectedVersion": 2, "validFrom": "2024-01-01", "kana": "キリ"}
    query = "mutation C($input: CorrectPersonInput!) { correctPerson(input: $input) { myNumber } }"
    await house.post(query, "tax_clerk", REASON, input=change)

    async with owner_database.read() as session:
        names = await session.scalars(
            text(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname IN ('atena', 'core')"
            )
        )
        for name in names.all():
            rows = await session.scalar(text(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {name} t"))  # noqa: S608 - names from the catalogue
            assert NUMBER not in rows, name
            assert NUMBER.encode().hex() not in rows, name
