"""My Numbers from returns: taken if new, a case if different, never written over."""

from typing import Any

import pytest
from sqlalchemy import select, text

from core.access.journal import Journal
from core.errors import NotFound
from core.settings import Settings
from core.storage.database import Database
from core.work import Work
from plugins.atena import tables
from plugins.atena.api import Taken, Taking, person_ids, take_number
from plugins.atena.errors import InvalidInput
from plugins.atena.vault.keyring import Keyring, open_keyring
from plugins.atena.vault.rotation import rotate
from plugins.atena.vault.seal import unseal

NUMBER, OTHER = "621498320257", "123456789018"
SOURCE = "確定申告書 2025-000123"
REGISTER = """
mutation R($input: RegisterNonResidentInput!) { registerNonResident(input: $input) { atenaNumber } }
"""
SHOW = "query S($number: String!) { person(atenaNumber: $number) { myNumber version } }"
CASES = """
query C($onlyOpen: Boolean!) {
  numberCases(onlyOpen: $onlyOpen) {
    edges { node { id kind source person { atenaNumber } outcome note resolvedBy } }
  }
}
"""
STATED = "{ numberCases { edges { node { statedNumber } } } }"
RESOLVE = """
mutation R($input: ResolveNumberCaseInput!) { resolveNumberCase(input: $input) { outcome resolvedBy } }
"""


@pytest.fixture
async def person(house: Any) -> str:
    return await new_person(house)


async def new_person(house: Any) -> str:
    given = {"name": "霧ヶ丘　陽斗", "validFrom": "2020-04-01"}
    number: str = (await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"]
    return number


async def take(
    database: Database, keyring: Keyring, house: Any, person: str, number: str, source: str = SOURCE
) -> Taken:
    async with database.transaction() as session:
        ids = await person_ids(session, [person])
        work = Work(session, Journal(), "1", house.clock.now())
        return await take_number(work, keyring, ids[person], number, source)


async def cases(house: Any, *, only_open: bool = True) -> Any:
    edges = (await house.data(CASES, onlyOpen=only_open))["numberCases"]["edges"]
    return [edge["node"] for edge in edges]


async def my_number(house: Any, person: str) -> Any:
    return (await house.data(SHOW, "tax_clerk", "照合", number=person))["person"]["myNumber"]


async def test_a_new_number_is_registered_and_the_same_again_is_known(
    database: Database, keyring: Keyring, house: Any, person: str
) -> None:
    first = await take(database, keyring, house, person, NUMBER)
    again = await take(database, keyring, house, person, NUMBER)

    assert (first, again) == (Taken(Taking.REGISTERED), Taken(Taking.SAME))
    assert await my_number(house, person) == NUMBER
    assert await cases(house) == []


async def test_a_different_number_opens_one_case_and_changes_nothing(
    database: Database, keyring: Keyring, house: Any, person: str
) -> None:
    await take(database, keyring, house, person, NUMBER)

    taken = await take(database, keyring, house, person, OTHER)
    again = await take(database, keyring, house, person, OTHER)

    assert taken.taking is again.taking is Taking.DIFFERENT
    assert taken.case_id == again.case_id
    assert await my_number(house, person) == NUMBER
    assert await cases(house) == [
        {
            "id": taken.case_id,
            "kind": "DIFFERENT",
            "source": SOURCE,
            "person": {"atenaNumber": person},
            "outcome": None,
            "note": None,
            "resolvedBy": None,
        }
    ]


async def test_somebody_elses_number_changes_neither(
    database: Database, keyring: Keyring, house: Any, person: str
) -> None:
    """A6: a valid digit but the other person's number; both stay as they are, and somebody is asked."""
    other = await new_person(house)
    await take(database, keyring, house, other, NUMBER)

    taken = await take(database, keyring, house, person, NUMBER)

    assert taken.taking is Taking.HELD_BY_ANOTHER
    assert [await my_number(house, each) for each in (person, other)] == [None, NUMBER]


async def test_a_residents_number_waits_for_the_feed(
    database: Database, keyring: Keyring, house: Any, register: Any
) -> None:
    await register.apply(register.arrival())

    assert (await take(database, keyring, house, "1", NUMBER)).taking is Taking.RESIDENT
    assert await my_number(house, "1") is None


@pytest.mark.parametrize(
    ("number", "source"), [("621498320258", SOURCE), ("", SOURCE), (NUMBER, ""), (NUMBER, "x" * 201)]
)
async def test_no_number_or_no_source_is_refused(
    database: Database, keyring: Keyring, house: Any, person: str, number: str, source: str
) -> None:
    with pytest.raises(InvalidInput):
        await take(database, keyring, house, person, number, source)


async def test_nobody_takes_no_number(work: Work, keyring: Keyring) -> None:
    with pytest.raises(NotFound):
        await take_number(work, keyring, 1, NUMBER, SOURCE)


@pytest.fixture
async def case(database: Database, keyring: Keyring, house: Any, person: str) -> int:
    await take(database, keyring, house, person, NUMBER)
    case_id = (await take(database, keyring, house, person, OTHER)).case_id
    assert case_id is not None
    return case_id


async def test_a_case_is_resolved_once(house: Any, case: int, person: str) -> None:
    given = {"id": case, "outcome": "KEPT", "note": "住基ネットで確認済み"}

    done = (await house.data(RESOLVE, input=given))["resolveNumberCase"]

    assert done == {"outcome": "KEPT", "resolvedBy": "tax_clerk"}
    assert (await house.refusal(RESOLVE, input=given))["code"] == "CASE_RESOLVED"
    assert await cases(house) == []
    assert [each["outcome"] for each in await cases(house, only_open=False)] == ["KEPT"]
    assert await my_number(house, person) == NUMBER


@pytest.mark.parametrize(("change", "code"), [({"id": 9_999}, "NOT_FOUND"), ({"note": ""}, "VALIDATION")])
async def test_what_cannot_be_resolved(house: Any, case: int, change: dict[str, Any], code: str) -> None:
    given = {"id": case, "outcome": "KEPT", "note": "確認済み", **change}
    assert (await house.refusal(RESOLVE, input=given))["code"] == code


async def test_a_resolved_case_opens_anew_with_the_next_document(
    database: Database, keyring: Keyring, house: Any, case: int, person: str
) -> None:
    await house.data(RESOLVE, input={"id": case, "outcome": "KEPT", "note": "確認済み"})
    assert (await take(database, keyring, house, person, OTHER)).case_id not in (None, case)


async def test_the_stated_number_is_shown_as_any_my_number(house: Any, case: int) -> None:
    answer = (await house.post(STATED)).json()
    assert answer["errors"][0]["extensions"]["code"] == "REASON_REQUIRED"
    shown = (await house.data(STATED, "tax_clerk", "住基ネット照会"))["numberCases"]["edges"]
    assert shown == [{"node": {"statedNumber": OTHER}}]


async def test_one_case_by_its_id(house: Any, case: int) -> None:
    query = "query O($id: Int!) { numberCase(caseId: $id) { kind } }"
    assert await house.data(query, id=case) == {"numberCase": {"kind": "DIFFERENT"}}
    assert await house.data(query, id=case + 1) == {"numberCase": None}


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_the_list_is_for_this_office(house: Any, role: str) -> None:
    assert (await house.refusal(STATED, role))["code"] == "FORBIDDEN"


async def test_cases_hold_no_number_in_the_open(owner_database: Database, house: Any, case: int) -> None:
    async with owner_database.read() as session:
        rows = str(await session.scalar(text("SELECT string_agg(t::text, ' ') FROM atena.number_case t")))
        sealed = await session.scalars(select(tables.number_case.c.sealed))
        assert OTHER not in rows
        assert OTHER.encode() not in b"".join(sealed)


async def test_the_number_of_a_case_is_sealed_anew_when_the_key_is_rotated(
    database: Database, settings: Settings, keyring: Keyring, house: Any, person: str
) -> None:
    await take(database, keyring, house, person, NUMBER)
    taken = await take(database, keyring, house, person, OTHER)

    assert (await rotate(database, settings)).numbers == 2

    rotated = open_keyring(settings)
    async with database.read() as session:
        row = (await session.execute(select(tables.number_case))).one()
    assert (row.key_version, unseal(rotated, row.person_id, row)) == (2, OTHER)
    assert await take(database, rotated, house, person, OTHER) == taken
