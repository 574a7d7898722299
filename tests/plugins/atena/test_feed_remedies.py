"""A message that contradicts the past stops the feed until two officers say what becomes of it."""

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from core.storage.database import Database
from plugins.atena import tables

NUMBER = "621498320257"
PROPOSE = """
mutation P($input: ProposeFeedRemedyInput!) {
  proposeFeedRemedy(input: $input) { id outcome replacement { kind atenaNumber items { path value } } }
}
"""
CONFIRM = "mutation C($id: Int!) { confirmFeedRemedy(remedyId: $id) { outcome decidedBy } }"
REJECT = "mutation R($id: Int!) { rejectFeedRemedy(remedyId: $id) { outcome decidedBy } }"
LIST = "{ feedRemedies { edges { node { sequence action reason outcome proposedBy } } } }"
SHOW = """
query S($number: String!, $asOf: Date) {
  person(atenaNumber: $number, asOf: $asOf) { name kana kind deathDate address { town } myNumber }
}
"""
ADDRESS = {
    "municipalityCode": "331015",
    "prefecture": "岡山県",
    "municipality": "岡山市北区",
    "town": "若竹町",
    "lot": "9001番地",
}
SKIP = {"sequence": 2, "action": "SKIP", "reason": "住民記録の担当に確認した"}


@pytest.fixture
def lines(register: Any) -> list[bytes]:
    """An arrival, a death before it, and something about somebody else."""
    return [
        register.arrival("1", myNumber=NUMBER),
        register.message("death", "1", "2019-01-01"),
        register.arrival("3"),
    ]


@pytest.fixture
async def stopped(register: Any, lines: list[bytes]) -> list[bytes]:
    assert (await register.apply(*lines)).stop.details == {"sequence": 2, "rule": "before-first"}
    return lines


async def remedied(house: Any, given: dict[str, Any]) -> None:
    proposed = (await house.data(PROPOSE, input=given))["proposeFeedRemedy"]
    await house.data(CONFIRM, "tax_chief", id=proposed["id"])


async def test_a_message_is_skipped_and_the_feed_goes_on(
    house: Any, register: Any, stopped: list[bytes], database: Database
) -> None:
    await remedied(house, SKIP)

    run = await register.apply(*stopped)

    assert (run.applied, run.doubled, run.stop) == (2, 1, None)
    person = (await house.data(SHOW, reason="確認", number="1"))["person"]
    assert (person["deathDate"], person["myNumber"]) == (None, NUMBER)
    async with database.read() as session:
        message = tables.feed_message.c
        rows = await session.execute(
            select(message.kind, message.person_id, message.remedy_id).where(message.sequence == 2)
        )
        assert [tuple(row) for row in rows] == [("death", None, 1)]
    again = await register.apply(*stopped)
    assert (again.applied, again.doubled, again.stop) == (0, 3, None)


async def test_a_message_about_nobody_is_skipped_without_making_a_person(house: Any, register: Any) -> None:
    lost = [register.message("death", "9"), register.arrival("1")]
    await register.apply(*lost)
    await remedied(house, {**SKIP, "sequence": 1})

    assert (await register.apply(*lost)).applied == 2
    assert (await house.data(SHOW, reason="確認", number="9"))["person"] is None


async def test_a_message_is_replaced(house: Any, register: Any, stopped: list[bytes]) -> None:
    replacement = {"kind": "DEATH", "atenaNumber": "1", "effectiveOn": "2021-01-01"}
    given = {**SKIP, "action": "REPLACE", "replacement": replacement}
    await remedied(house, given)

    assert (await register.apply(*stopped)).applied == 2
    person = (await house.data(SHOW, reason="確認", number="1", asOf="2021-01-01"))["person"]
    assert person["deathDate"] == "2021-01-01"


async def test_a_replaced_arrival_keeps_the_number_of_the_register(house: Any, register: Any) -> None:
    first = register.arrival("1")
    event = orjson.loads(first)["event"]
    given = {name: event[name] for name in ("person", "address", "household")}
    twice = [first, register.message("birth", "1", "2021-01-01", **given, myNumber=NUMBER)]
    await register.apply(*twice)
    household = {"number": "7", "relation": "世帯主"}
    replacement = {
        "kind": "MOVE_IN",
        "atenaNumber": "1",
        "effectiveOn": "2021-01-01",
        "person": event["person"],
        "address": ADDRESS,
        "household": household,
    }
    await remedied(house, {**SKIP, "action": "REPLACE", "replacement": replacement})

    assert (await register.apply(*twice)).stop is None
    person = (await house.data(SHOW, reason="確認", number="1"))["person"]
    assert (person["address"], person["myNumber"]) == ({"town": "若竹町"}, NUMBER)


async def test_what_is_proposed_is_shown_and_logged(house: Any, stopped: list[bytes]) -> None:
    replacement = {"kind": "OFFICIAL_CORRECTION", "atenaNumber": "1", "effectiveOn": "2021-01-01"}
    given = {**SKIP, "action": "REPLACE", "replacement": {**replacement, "address": ADDRESS}}

    shown = (await house.data(PROPOSE, input=given))["proposeFeedRemedy"]["replacement"]

    assert (shown["kind"], shown["atenaNumber"]) == ("OFFICIAL_CORRECTION", "1")
    assert {"path": "address.town", "value": "若竹町"} in shown["items"]
    assert ("atena.person", ("1",)) in [(each.object_type, each.object_ids) for each in house.records]


async def test_a_remedy_is_for_one_message_as_it_came(house: Any, register: Any) -> None:
    first = register.arrival("1")
    await register.apply(first, register.message("death", "1", "2019-01-01"))
    await remedied(house, SKIP)
    register.sequence = 1

    run = await register.apply(register.message("death", "1", "2021-01-01"))

    assert run.stop is None
    person = (await house.data(SHOW, reason="確認", number="1", asOf="2021-01-01"))["person"]
    assert person["deathDate"] == "2021-01-01"


async def test_an_impossible_replacement_stops_again_and_a_later_one_counts(
    house: Any, register: Any, stopped: list[bytes]
) -> None:
    replacement = {"kind": "DEATH", "atenaNumber": "1", "effectiveOn": "2018-01-01"}
    await remedied(house, {**SKIP, "action": "REPLACE", "replacement": replacement})
    assert (await register.apply(*stopped)).stop.details == {"sequence": 2, "rule": "before-first"}

    await remedied(house, SKIP)

    assert (await register.apply(*stopped)).stop is None


async def test_two_officers_decide(house: Any, register: Any, stopped: list[bytes]) -> None:
    proposed = (await house.data(PROPOSE, input=SKIP))["proposeFeedRemedy"]
    assert (await house.refusal(PROPOSE, input=SKIP))["code"] == "REMEDY_OPEN"
    assert (await house.refusal(CONFIRM, id=proposed["id"]))["code"] == "SELF_APPROVAL"
    assert (await register.apply(*stopped)).stop is not None

    rejected = (await house.data(REJECT, id=proposed["id"]))["rejectFeedRemedy"]
    assert rejected == {"outcome": "REJECTED", "decidedBy": "tax_clerk"}
    assert (await house.refusal(CONFIRM, "tax_chief", id=proposed["id"]))["code"] == "REMEDY_DECIDED"
    await house.data(PROPOSE, "tax_chief", input=SKIP)
    listed = (await house.data(LIST))["feedRemedies"]["edges"]
    assert [(each["node"]["outcome"], each["node"]["proposedBy"]) for each in listed] == [
        ("OPEN", "tax_chief"),
        ("REJECTED", "tax_clerk"),
    ]


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"reason": ""}, "reason", "required"),
        ({"action": "REPLACE"}, "replacement", "required"),
        (
            {"replacement": {"kind": "DEATH", "atenaNumber": "1", "effectiveOn": "2021-01-01"}},
            "replacement",
            "",
        ),
        (
            {
                "action": "REPLACE",
                "replacement": {"kind": "MOVE_OUT", "atenaNumber": "1", "effectiveOn": "2021-01-01"},
            },
            "replacement",
            "items",
        ),
        (
            {
                "action": "REPLACE",
                "replacement": {
                    "kind": "OFFICIAL_CORRECTION",
                    "atenaNumber": "x",
                    "effectiveOn": "2021-01-01",
                },
            },
            "replacement.atenaNumber",
            "code",
        ),
    ],
)
async def test_proposals_that_cannot_be(
    house: Any, stopped: list[bytes], change: dict[str, Any], field: str, rule: str
) -> None:
    [first, *_] = (await house.refusal(PROPOSE, input={**SKIP, **change}))["findings"]
    assert (first["field"], first["rule"]) == (field, rule or "required")


async def test_only_what_stopped_the_feed_can_be_remedied(house: Any, stopped: list[bytes]) -> None:
    assert (await house.refusal(PROPOSE, input={**SKIP, "sequence": 3}))["code"] == "FEED_NOT_STOPPED"
    assert (await house.refusal(CONFIRM, id=99))["code"] == "NOT_FOUND"


async def test_what_was_remedied_cannot_be_remedied_again(
    house: Any, register: Any, stopped: list[bytes]
) -> None:
    await remedied(house, SKIP)
    await register.apply(*stopped)
    assert (await house.refusal(PROPOSE, input=SKIP))["code"] == "FEED_NOT_STOPPED"


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_remedies_are_for_this_office(house: Any, stopped: list[bytes], role: str) -> None:
    assert (await house.refusal(PROPOSE, role, input=SKIP))["code"] == "FORBIDDEN"


async def test_an_official_correction_holds_for_its_days_and_leaves_the_rest(
    house: Any, register: Any
) -> None:
    person = {**orjson.loads(register.arrival())["event"]["person"], "kana": "キリガオカ　アキト"}
    register.sequence = 0
    await register.apply(
        register.arrival("1", "2015-04-01"),
        register.message(
            "official_correction", "1", "2016-01-01", person=person, address=ADDRESS, until="2017-01-01"
        ),
    )
    for day, kana, town in (
        ("2015-12-31", "キリガオカ　ハルト", "桜見町"),
        ("2016-12-31", "キリガオカ　アキト", "若竹町"),
        ("2017-01-01", "キリガオカ　ハルト", "桜見町"),
    ):
        shown = (await house.data(SHOW, reason="確認", number="1", asOf=day))["person"]
        assert (shown["kana"], shown["address"]["town"], shown["kind"]) == (kana, town, "RESIDENT")


@pytest.mark.parametrize(
    ("on", "items", "details"),
    [
        ("2020-04-01", {}, {"code": "FEED_MALFORMED"}),
        ("2020-03-31", {"address": ADDRESS}, {"code": "FEED_IMPOSSIBLE", "rule": "before-first"}),
        (
            "2020-04-02",
            {"address": ADDRESS, "until": "2020-04-02"},
            {"code": "FEED_IMPOSSIBLE", "rule": "order"},
        ),
    ],
)
async def test_official_corrections_that_cannot_be(
    register: Any, on: str, items: dict[str, Any], details: dict[str, str]
) -> None:
    stop = (
        await register.apply(register.arrival(), register.message("official_correction", "1", on, **items))
    ).stop
    assert {"code": stop.code, **stop.details}.items() >= {"sequence": 2, **details}.items()
