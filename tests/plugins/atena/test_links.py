"""Several numbers of one person: linked and unlinked with a reason; candidates with score and reasons."""

from typing import Any

import pytest

from core.storage.database import Database
from plugins.atena.api import person_ids, primaries_of
from plugins.atena.queries.matching import Likeness
from plugins.atena.sameness import Reason, sameness

LINK = "mutation L($input: LinkPersonInput!) { linkPerson(input: $input) { version } }"
UNLINK = "mutation U($input: UnlinkPersonInput!) { unlinkPerson(input: $input) { version } }"
SHOW = """
query S($number: String!, $asKnownAt: DateTime) {
  person(atenaNumber: $number, asKnownAt: $asKnownAt) {
    primary { atenaNumber } linked { atenaNumber }
    linkHistory { primaryNumber unlinkedAt }
  }
}
"""
LIST = """
query C($first: Int, $after: String) {
  samePersonCandidates(first: $first, after: $after) {
    edges { node { one { atenaNumber } other { atenaNumber } score enough reasons } }
    pageInfo { hasNextPage endCursor }
  }
}
"""
OF_ONE = """
query O($number: String!) {
  person(atenaNumber: $number) {
    samePersonCandidates { one { atenaNumber } other { atenaNumber } score enough }
  }
}
"""
REASON = "戸籍の附票で確認"
NUMBERS = ("621498320257", "123456789018")
PERSON = {"name": "霧ヶ丘　陽斗", "kana": "キリガオカ　ハルト", "birthDate": "1980-05-01", "sex": "1"}
ELSEWHERE = {
    "municipalityCode": "332020",
    "prefecture": "岡山県",
    "municipality": "倉敷市",
    "town": "朝霧町",
    "lot": "9002番地",
}


def link(number: str, primary: str, version: int = 1) -> dict[str, Any]:
    return {"atenaNumber": number, "expectedVersion": version, "primaryNumber": primary}


@pytest.fixture
async def three(register: Any) -> None:
    await register.apply(*(register.arrival(number) for number in "123"))


async def shown(house: Any, number: str, known_at: str | None = None) -> tuple[Any, list[str]]:
    person = (await house.data(SHOW, number=number, asKnownAt=known_at))["person"]
    primary = person["primary"] and person["primary"]["atenaNumber"]
    return primary, [each["atenaNumber"] for each in person["linked"]]


async def test_linked_and_unlinked_again(house: Any, three: None, database: Database) -> None:
    await house.data(LINK, reason=REASON, input=link("2", "1"))
    await house.data(LINK, reason=REASON, input=link("3", "1"))

    assert await shown(house, "1") == (None, ["2", "3"])
    assert await shown(house, "2") == ("1", [])
    async with database.read() as session:
        ids = await person_ids(session, ["1", "2", "3"])
        assert await primaries_of(session, list(ids.values())) == {ids["2"]: ids["1"], ids["3"]: ids["1"]}
    linked_at = house.clock.now()
    house.clock.moment = house.clock.moment.replace(day=11)

    await house.data(UNLINK, reason=REASON, input={"atenaNumber": "2", "expectedVersion": 2})

    assert await shown(house, "1") == (None, ["3"])
    assert await shown(house, "2") == (None, [])
    assert await shown(house, "2", linked_at.replace(second=30).isoformat()) == ("1", [])
    history = (await house.data(SHOW, number="2"))["person"]["linkHistory"]
    assert [each["primaryNumber"] for each in history] == ["1"]
    assert history[0]["unlinkedAt"] is not None


async def test_the_reason_stands_in_the_access_log(house: Any, three: None) -> None:
    await house.data(LINK, reason=REASON, input=link("2", "1"))
    [record] = [record for record in house.records if record.action == "write"]
    assert (record.reason, set(record.object_ids), record.fields) == (REASON, {"1", "2"}, ("primary",))


async def test_no_link_without_reason_or_with_an_old_version(house: Any, three: None) -> None:
    assert (await house.refusal(LINK, input=link("2", "1")))["code"] == "REASON_REQUIRED"
    await house.data(LINK, reason=REASON, input=link("2", "1"))
    assert (await house.refusal(LINK, reason=REASON, input=link("2", "3")))["currentVersion"] == 2
    again = await house.refusal(LINK, reason=REASON, input=link("2", "1", 2))
    assert again["findings"][0]["rule"] == "no-change"
    nothing = {"atenaNumber": "3", "expectedVersion": 1}
    assert (await house.refusal(UNLINK, reason=REASON, input=nothing))["code"] == "VALIDATION"


@pytest.mark.parametrize(
    ("number", "primary", "code", "rule"),
    [
        ("1", "1", "LINK_REFUSED", "same"),
        ("3", "2", "LINK_REFUSED", "primary-is-linked"),
        ("1", "3", "LINK_REFUSED", "has-linked"),
        ("3", "0", "NOT_FOUND", None),
    ],
)
async def test_no_chains(
    house: Any, three: None, number: str, primary: str, code: str, rule: str | None
) -> None:
    await house.data(LINK, reason=REASON, input=link("2", "1"))
    refused = await house.refusal(LINK, reason=REASON, input=link(number, primary))
    assert (refused["code"], refused.get("rule")) == (code, rule)


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_others_link_nothing_and_see_no_candidates(house: Any, role: str) -> None:
    assert (await house.refusal(LINK, role, REASON, input=link("2", "1")))["code"] == "FORBIDDEN"
    assert (await house.refusal(LIST, role))["code"] == "FORBIDDEN"


# --- candidates ----------------------------------------------------------------------------------------


def person(**more: Any) -> Likeness:
    given = {"name_keys": {"甲"}, "kana_keys": {"コウ"}, "birth_dates": {1}, "address_keys": {"A"}}
    return Likeness(1, **{**given, **more})


@pytest.mark.parametrize(
    ("other", "same_number", "score", "enough"),
    [
        (person(), True, 100, True),
        (person(address_keys={"B"}), True, 100, True),
        (person(name_keys={"乙"}, kana_keys={"オツ"}, birth_dates={2}, address_keys={"B"}), True, 100, True),
        (person(), False, 90, True),
        (person(address_keys={"B"}), False, 60, False),
        (person(kana_keys={""}, address_keys={"B"}), False, 45, False),
        (person(name_keys={"乙"}, address_keys={"B"}), False, 40, False),
        (person(kana_keys={""}), False, 75, True),
        (person(has_my_number=True), False, 30, False),
        (person(lives_here=True), False, 30, False),
        (person(name_keys={"乙"}), False, 70, False),
    ],
)
def test_scores(other: Likeness, same_number: bool, score: int, enough: bool) -> None:
    one = person(has_my_number=other.has_my_number, lives_here=other.lives_here)
    found = sameness(one, other, same_number=same_number)
    assert found is not None
    assert (found.score, found.enough) == (score, enough)


@pytest.mark.parametrize(
    "other",
    [
        person(name_keys={"乙"}, kana_keys={"オツ"}),
        person(name_keys={"乙"}, kana_keys={"オツ"}, birth_dates={2}),
        person(birth_dates={2}),
        person(name_keys={"乙"}, kana_keys={""}),
    ],
)
def test_siblings_twins_and_namesakes_of_another_age_are_no_candidates(other: Likeness) -> None:
    assert sameness(person(), other, same_number=False) is None


def test_no_reading_is_no_reading_in_common() -> None:
    found = sameness(person(kana_keys={""}), person(kana_keys={""}), same_number=False)
    assert found is not None
    assert Reason.SAME_KANA not in found.reasons


@pytest.fixture
async def town(register: Any) -> None:
    """1 and 2 alike, 2 moved away; 3 a namesake elsewhere; 4 their sibling; 5 and 6 with one number."""
    sibling = {**PERSON, "name": "霧ヶ丘　咲", "kana": "キリガオカ　サキ"}
    others = [{**PERSON, "name": name, "kana": kana} for name, kana in (("甲", "コウ"), ("乙", "オツ"))]
    await register.apply(
        register.arrival("1"),
        register.arrival("2"),
        register.arrival("3", address=ELSEWHERE),
        register.arrival("4", person=sibling),
        register.arrival("5", person=others[0], myNumber=NUMBERS[0]),
        register.arrival("6", person=others[1], myNumber=NUMBERS[0]),
        register.message("move_out", "2", "2022-01-01", address=ELSEWHERE),
    )


async def test_the_list_begins_with_one_number_and_goes_on_page_by_page(house: Any, town: None) -> None:
    found, after = [], None
    while True:
        page = (await house.data(LIST, first=1, after=after))["samePersonCandidates"]
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [
        (each["one"]["atenaNumber"], each["other"]["atenaNumber"], each["score"], each["enough"])
        for each in found
    ] == [("5", "6", 100, True), ("1", "2", 90, True), ("1", "3", 0, False), ("2", "3", 90, True)]
    assert found[2]["reasons"] == ["SAME_NAME", "SAME_KANA", "SAME_BIRTH_DATE", "BOTH_RESIDENTS"]


async def test_the_candidates_of_one_person(house: Any, town: None) -> None:
    found = (await house.data(OF_ONE, number="2"))["person"]["samePersonCandidates"]
    assert [(each["one"]["atenaNumber"], each["other"]["atenaNumber"]) for each in found] == [
        ("2", "1"),
        ("2", "3"),
    ]
    assert (await house.data(OF_ONE, number="4"))["person"]["samePersonCandidates"] == []


async def test_linked_numbers_are_candidates_no_longer(house: Any, town: None) -> None:
    for number in ("2", "3"):
        await house.data(LINK, reason=REASON, input=link(number, "1"))

    edges = (await house.data(LIST))["samePersonCandidates"]["edges"]

    assert [edge["node"]["one"]["atenaNumber"] for edge in edges] == ["5"]


async def test_a_hidden_address_in_common_is_not_told(register: Any, house: Any) -> None:
    await register.apply(
        register.arrival("1"), register.arrival("2"), register.message("protection_set", "1", "2026-01-01")
    )

    async def reasons(reason: str = "") -> tuple[list[str], int]:
        [edge] = (await house.data(LIST, "tax_chief", reason))["samePersonCandidates"]["edges"]
        return edge["node"]["reasons"], edge["node"]["score"]

    named = ["SAME_NAME", "SAME_KANA", "SAME_BIRTH_DATE"]
    assert await reasons() == ([*named, "BOTH_RESIDENTS"], 0)
    assert await reasons("通知書の返戻") == ([*named, "SAME_ADDRESS", "BOTH_RESIDENTS"], 30)
