"""Registering, correcting and searching persons by GraphQL."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

REGISTER = """
mutation Register($input: RegisterNonResidentInput!) {
  registerNonResident(input: $input) {
    atenaNumber version kind name kana birthDate birthNote sex validFrom validTo
    address { municipality town lot }
  }
}
"""
CORRECT = """
mutation Correct($input: CorrectPersonInput!) {
  correctPerson(input: $input) { version name kana birthDate deathDate address { town } }
}
"""
PERSON = """
query Person($number: String!, $asOf: Date, $asKnownAt: DateTime) {
  person(atenaNumber: $number, asOf: $asOf, asKnownAt: $asKnownAt) {
    name kana validFrom validTo address { town } addresses { town validFrom validTo }
  }
}
"""
SEARCH = """
query Search($search: PersonSearchInput!, $first: Int, $after: String) {
  searchPersons(search: $search, first: $first, after: $after) {
    edges { node { name kana birthDate } cursor }
    pageInfo { hasNextPage endCursor }
  }
}
"""
ADDRESS = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9001番地",
}
PERSON_INPUT = {"name": "髙﨑　𠮷郎", "kana": "タカサキ　ヨシロウ", "birthDate": "1964-07", "sex": "1"}


async def register(house: Any, **more: Any) -> str:
    given = {**PERSON_INPUT, "validFrom": "2020-04-01", "address": ADDRESS, **more}
    number: str = (await house.data(REGISTER, input=given))["registerNonResident"]["atenaNumber"]
    return number


async def test_a_registered_person_is_shown_exactly_as_received(house: Any) -> None:
    name = "神\ufe00葛\U000e0100城　𠮷\U0010de92"
    given = {
        **PERSON_INPUT,
        "name": name,
        "birthNote": "昭和39年7月頃",
        "validFrom": "2020-04-01",
        "address": ADDRESS,
    }

    shown = (await house.data(REGISTER, input=given))["registerNonResident"]

    assert shown == {
        "atenaNumber": shown["atenaNumber"],
        "version": 1,
        "kind": "NON_RESIDENT",
        "name": name,
        "kana": "タカサキ　ヨシロウ",
        "birthDate": "1964-07",
        "birthNote": "昭和39年7月頃",
        "sex": "1",
        "validFrom": "2020-04-01",
        "validTo": None,
        "address": {"municipality": "倉敷市", "town": "朝霧町", "lot": "9001番地"},
    }
    assert len(shown["atenaNumber"]) == 15


async def test_all_faults_are_reported_at_once_and_no_value_is_echoed(house: Any) -> None:
    given = {
        "name": "",
        "kana": "佐藤",
        "birthDate": "1964-13",
        "sex": "5",
        "address": {**ADDRESS, "municipalityCode": "12", "postalCode": "700-0000", "lot": "あ" * 51},
    }

    refused = await house.refusal(REGISTER, input=given)

    assert refused["code"] == "VALIDATION"
    assert [(finding["field"], finding["rule"]) for finding in refused["findings"]] == [
        ("name", "required"),
        ("kana", "kana"),
        ("birthDate", "date"),
        ("sex", "code"),
        ("address.municipalityCode", "code"),
        ("address.lot", "length"),
        ("address.postalCode", "code"),
    ]
    assert not any(value in str(refused) for value in ("佐藤", "1964", "700-0000"))


@pytest.mark.parametrize(
    ("items", "finding"),
    [
        ({"birthDate": "2027-01-01"}, ("birthDate", "range")),
        ({"birthDate": "1700"}, ("birthDate", "range")),
        ({"name": "甲\u0007乙"}, ("name", "characters")),
        ({"name": "あ" * 101}, ("name", "length")),
        ({"name": "あ" + "\u0301" * 400}, ("name", "length")),
        ({"name": "甲\u2028乙"}, ("name", "characters")),
        ({"name": "甲\uffff乙"}, ("name", "characters")),
        ({"validFrom": "1800-01-01"}, ("validFrom", "range")),
        ({"validFrom": "9999-12-31"}, ("validFrom", "range")),
    ],
)
async def test_implausible_items_are_refused(
    house: Any, items: dict[str, str], finding: tuple[str, str]
) -> None:
    refused = await house.refusal(REGISTER, input={**PERSON_INPUT, **items})
    assert [(found["field"], found["rule"]) for found in refused["findings"]] == [finding]


async def test_variation_selectors_do_not_count_as_characters(house: Any) -> None:
    name = "葛\U000e0100" * 100
    assert (await house.data(REGISTER, input={**PERSON_INPUT, "name": name}))["registerNonResident"][
        "name"
    ] == name


async def test_the_longest_key_fits_into_the_index(house: Any) -> None:
    name = "\ufdfa" * 100
    shown = (await house.data(REGISTER, input={**PERSON_INPUT, "name": name}))["registerNonResident"]
    found = (await house.data(SEARCH, search={"name": name}))["searchPersons"]["edges"]
    assert shown["name"] == found[0]["node"]["name"] == name


async def test_of_two_corrections_at_once_one_is_told_of_the_other(house: Any) -> None:
    number = await register(house)
    change = {"atenaNumber": number, "expectedVersion": 1, "validFrom": "2024-01-01"}

    answers = await asyncio.gather(
        *(house.post(CORRECT, input={**change, "kana": kana}) for kana in ("カスミ", "アサギリ", "ナギ"))
    )

    errors = [answer.json().get("errors") for answer in answers]
    assert [error[0]["extensions"]["currentVersion"] for error in errors if error] == [2, 2]


async def test_a_correction_leaves_what_was_known_before(house: Any) -> None:
    number = await register(house)
    before = house.clock.now()
    house.clock.moment += timedelta(days=1)
    change = {"atenaNumber": number, "expectedVersion": 1, "validFrom": "2023-10-01", "name": "朝霧　𠮷郎"}

    corrected = (await house.data(CORRECT, input=change))["correctPerson"]

    assert (corrected["version"], corrected["name"], corrected["kana"]) == (
        2,
        "朝霧　𠮷郎",
        "タカサキ　ヨシロウ",
    )
    for as_of, known_at, name in (
        ("2023-09-30", None, "髙﨑　𠮷郎"),
        ("2023-10-01", None, "朝霧　𠮷郎"),
        ("2023-10-01", before.isoformat(), "髙﨑　𠮷郎"),
    ):
        shown = await house.data(PERSON, number=number, asOf=as_of, asKnownAt=known_at)
        assert shown["person"]["name"] == name


async def test_nobody_is_shown_before_validity_or_knowledge(house: Any) -> None:
    number = await register(house)
    long_ago = datetime(2020, 1, 1, tzinfo=UTC).isoformat()

    assert (await house.data(PERSON, number=number, asOf="2020-03-31"))["person"] is None
    assert (await house.data(PERSON, number=number, asKnownAt=long_ago))["person"] is None
    assert (await house.data(PERSON, number="0"))["person"] is None


async def test_a_correction_of_a_span_leaves_both_sides(house: Any) -> None:
    number = await register(house)
    change = {
        "atenaNumber": number,
        "expectedVersion": 1,
        "validFrom": "2021-01-01",
        "validTo": "2022-01-01",
        "address": {**ADDRESS, "town": "若竹町"},
    }

    await house.data(CORRECT, input=change)

    addresses = (await house.data(PERSON, number=number))["person"]["addresses"]
    assert addresses == [
        {"town": "朝霧町", "validFrom": "2020-04-01", "validTo": "2021-01-01"},
        {"town": "若竹町", "validFrom": "2021-01-01", "validTo": "2022-01-01"},
        {"town": "朝霧町", "validFrom": "2022-01-01", "validTo": None},
    ]


async def test_a_stale_correction_is_a_conflict_and_changes_nothing(house: Any) -> None:
    number = await register(house)
    change = {"atenaNumber": number, "expectedVersion": 1, "validFrom": "2024-01-01", "kana": "アサギリ"}
    await house.data(CORRECT, input=change)

    refused = await house.refusal(CORRECT, input={**change, "kana": "カスミ"})

    assert (refused["code"], refused["currentVersion"]) == ("CONFLICT", 2)
    assert (await house.data(PERSON, number=number))["person"]["kana"] == "アサギリ"


@pytest.mark.parametrize(
    ("items", "rule"),
    [
        ({"kana": "タカサキ　ヨシロウ"}, "no-change"),
        ({}, "no-change"),
        ({"kana": "ア", "validFrom": "2019-01-01"}, "before-first"),
        ({"name": None}, "required"),
        ({"validFrom": "2024-01-01", "validTo": "2024-01-01"}, "order"),
        ({"birthDate": "2000-01-02", "deathDate": "2000-01-01"}, "order"),
        ({"deathDate": "2026-06-11"}, "range"),
    ],
)
async def test_corrections_that_cannot_be(house: Any, items: dict[str, Any], rule: str) -> None:
    number = await register(house)
    change = {"atenaNumber": number, "expectedVersion": 1, "validFrom": "2024-01-01", **items}

    refused = await house.refusal(CORRECT, input=change)

    assert [finding["rule"] for finding in refused["findings"]] == [rule]


async def test_a_death_is_recorded(house: Any) -> None:
    number = await register(house)
    change = {
        "atenaNumber": number,
        "expectedVersion": 1,
        "validFrom": "2026-05-01",
        "deathDate": "2026-05-01",
    }
    assert (await house.data(CORRECT, input=change))["correctPerson"]["deathDate"] == "2026-05-01"


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"kana": "ﾀｶｻｷ"}, True),
        ({"kana": "たかざき よ"}, True),
        ({"kana": "ヨシロウ"}, False),
        ({"name": "高崎"}, True),
        ({"name": "高崎吉郎"}, True),
        ({"name": "吉郎"}, False),
        ({"birthDate": "1964-07-15"}, True),
        ({"birthDate": "1964-07"}, True),
        ({"birthDate": "1964"}, True),
        ({"birthDate": "1964-08"}, False),
        ({"kana": "タカ", "birthDate": "1964"}, True),
        ({"kana": "タカ", "birthDate": "1965"}, False),
        ({"name": "高崎", "kana": "タカ"}, True),
        ({"name": "%"}, False),
        ({"name": "_崎"}, False),
    ],
)
async def test_searching(house: Any, search: dict[str, str], found: bool) -> None:
    await register(house)
    edges = (await house.data(SEARCH, search=search))["searchPersons"]["edges"]
    assert [edge["node"]["name"] for edge in edges] == ["髙﨑　𠮷郎"] * found


async def test_searching_by_number(house: Any) -> None:
    number = await register(house)
    for asked, count in ((number, 1), (number[:-1], 0)):
        edges = (await house.data(SEARCH, search={"number": asked}))["searchPersons"]["edges"]
        assert len(edges) == count


@pytest.mark.parametrize(
    ("search", "rules"),
    [
        ({}, ["required"]),
        ({"name": "", "kana": "　"}, ["required", "required"]),
        ({"birthDate": "7月1日"}, ["date"]),
        ({"myNumber": "123456789012"}, ["check-digit"]),
    ],
)
async def test_searches_that_ask_for_nothing(house: Any, search: dict[str, str], rules: list[str]) -> None:
    refused = await house.refusal(SEARCH, search=search)
    assert [finding["rule"] for finding in refused["findings"]] == rules


async def test_pages_follow_each_other_in_the_order_of_the_reading(house: Any) -> None:
    readings = ["アカ", "アオ", "アイ", "アイ", "アア"]
    for place, reading in enumerate(readings, 1):
        await register(house, name=f"{reading}さん{place}", kana=reading, birthDate=f"198{place}")

    seen, after = [], None
    while True:
        page = (await house.data(SEARCH, search={"kana": "ア"}, first=2, after=after))["searchPersons"]
        seen += [edge["node"]["kana"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert seen == sorted(readings)


async def test_reads_and_writes_enter_the_access_log(house: Any) -> None:
    number = await register(house)
    await house.data(PERSON, number=number)

    entered = [(record.action, record.object_type, record.object_ids) for record in house.records]
    assert ("write", "atena.person", (number,)) in entered
    assert entered[-1] == ("read", "atena.person", (number,))
    written = next(record for record in house.records if record.action == "write")
    assert written.fields == ("address", "birthDate", "birthNote", "kana", "name", "sex")


@pytest.mark.parametrize("role", ["administrator", "auditor"])
@pytest.mark.parametrize("query", [PERSON, SEARCH, REGISTER])
async def test_offices_without_personal_data_are_refused(house: Any, role: str, query: str) -> None:
    variables: dict[str, Any] = {"number": "1"} if query is PERSON else {"search": {"kana": "ア"}}
    if query is REGISTER:
        variables = {"input": PERSON_INPUT}
    assert (await house.refusal(query, role, **variables))["code"] == "FORBIDDEN"


async def test_another_office_reads_but_does_not_write(house: Any) -> None:
    number = await register(house)

    assert (await house.data(PERSON, "other_office", number=number))["person"]["kana"] == "タカサキ　ヨシロウ"
    assert (await house.refusal(REGISTER, "other_office", input=PERSON_INPUT))["code"] == "FORBIDDEN"
