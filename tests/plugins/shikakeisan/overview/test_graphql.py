"""The year, its base and circumstances over GraphQL: who sees what, what is recorded, who decides."""

from typing import Any

import pytest

from core.storage.database import Database
from schema.testing import House
from tests.plugins.shikakeisan.base.conftest import CITY, KITA, KURASHIKI, NAKA, TAX_YEAR, City, address
from tests.plugins.shikakeisan.overview.conftest import code_of, data, decide, edges
from tests.plugins.shikakeisan.overview.test_replay import replay

BASE = """
query($number: String!, $at: DateTime) { basePerson(taxYear: 2026, atenaNumber: $number, asKnownAt: $at) {
  standing reason reasonLabel wardCode householdNumber relation birthDate isWelfare houseWards perCapitaLines
  knownTo person { atenaNumber address { municipalityCode } }
  personOnTaxDay { address { municipalityCode } } } }
"""
HISTORY = """
query($number: String!) { baseHistory(taxYear: 2026, atenaNumber: $number) { standing knownFrom knownTo } }
"""
OF_PERSON = """
query($number: String!) { person(atenaNumber: $number) {
  bases { taxYear standing } circumstances { kind wardCode } } }
"""
LIST = """
query($ward: String, $standing: BaseStanding, $first: Int, $after: String) {
  basePeople(taxYear: 2026, wardCode: $ward, standing: $standing, first: $first, after: $after) {
    edges { node { wardCode person { atenaNumber } } } pageInfo { hasNextPage endCursor } } }
"""
YEAR = """
query($year: FiscalYear!) { taxYear(year: $year) {
  state municipalityCode taxedHere merged blockingItems circumstanceProposals correctionProposals
  stages { name at } counts { standing reason wardCode people } outcomes { outcome people }
  findings { stage findings blocking } } }
"""
YEARS = "{ taxYears { taxYear state taxedHere } }"
PROPOSE = """
mutation($input: ProposeCircumstanceInput!) { proposeCircumstance(input: $input) {
  id version state people entries { edges { node { wardCode person { atenaNumber } } } } } }
"""
APPROVE = """
mutation($id: Int!, $version: Int!) { approveCircumstance(proposalId: $id, expectedVersion: $version) {
  state decidedBy version } }
"""
REJECT = """
mutation($id: Int!) { rejectCircumstance(proposalId: $id, expectedVersion: 1) { state } }
"""
PROPOSALS = """
query($state: CircumstanceState) { circumstanceProposals(taxYear: 2026, state: $state) {
  edges { node { id kind state } } } }
"""
FINDINGS = """
query { baseFindings(taxYear: 2026) { edges { node { id version code text person { atenaNumber } } } } }
"""
CLOSE = """
mutation($id: Int!, $why: String!, $version: Int = 1) {
  closeBaseFinding(findingId: $id, expectedVersion: $version, reason: $why) { state reason } }
"""
HIDDEN = "************"


def house_of(number: str, ward: str = NAKA, **more: Any) -> dict[str, Any]:
    line = {"atenaNumber": number, "wardCode": ward}
    return {"taxYear": TAX_YEAR, "kind": "HOUSE", "source": "家屋敷の申告", "lines": [line], **more}


async def test_a_person_as_of_1_january_and_as_of_today(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"), city.event("move_within", "1", "2026-02-01", address=address(NAKA)))
    await city.freeze()

    shown = (await data(desk, BASE, number="1"))["basePerson"]

    assert shown == {
        "standing": "RESIDENT",
        "reason": "",
        "reasonLabel": "",
        "wardCode": KITA,
        "householdNumber": "1",
        "relation": "世帯主",
        "birthDate": "1980-05-01",
        "isWelfare": False,
        "houseWards": 0,
        "perCapitaLines": 1,
        "knownTo": None,
        "person": {"atenaNumber": "1", "address": {"municipalityCode": NAKA}},
        "personOnTaxDay": {"address": {"municipalityCode": KITA}},
    }
    assert (await data(desk, BASE, number="99"))["basePerson"] is None


async def test_why_somebody_is_not_in_the_base(city: City, desk: House) -> None:
    await city.feed(city.arrival("1", "2026-01-02"))
    await city.freeze()

    shown = (await data(desk, BASE, number="1"))["basePerson"]

    assert (shown["standing"], shown["reason"]) == ("OUTSIDE", "MOVED_IN_AFTER")
    assert (shown["reasonLabel"], shown["perCapitaLines"]) == ("1月1日より後に転入", 0)
    assert shown["personOnTaxDay"] is None


async def test_both_clocks_can_be_asked(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    before = city.clock.now()
    city.clock.go_on(days=10)
    await city.feed(city.event("death", "1", "2025-12-31"))
    await replay(city)

    then = (await data(desk, BASE, number="1", at=before.isoformat()))["basePerson"]
    now = (await data(desk, BASE, number="1"))["basePerson"]
    history = (await data(desk, HISTORY, number="1"))["baseHistory"]

    assert (then["standing"], now["standing"], now["reason"]) == ("RESIDENT", "OUTSIDE", "DIED")
    assert [row["standing"] for row in history] == ["RESIDENT", "OUTSIDE"]
    assert history[0]["knownTo"] == history[1]["knownFrom"]
    assert await code_of(desk, HISTORY, number="99") == "NOT_FOUND"


async def test_reading_a_base_enters_the_access_log(
    city: City, desk: House, owner_database: Database
) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()

    await data(desk, BASE, number="1")

    read = [row for row in await desk.audit(owner_database) if row.object_type == "shikakeisan.base_person"]
    assert [(row.action, row.object_ids) for row in read] == [("read", [f"2026:{await city.id_of('1')}"])]


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
async def test_others_see_nothing(city: City, desk: House, role: str) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    for query, variables in (
        (BASE, {"number": "1"}),
        (LIST, {}),
        (YEAR, {"year": TAX_YEAR}),
        (PROPOSE, {"input": house_of("1")}),
    ):
        assert await code_of(desk, query, role, **variables) == "FORBIDDEN"


def alone(number: str) -> dict[str, str]:
    """Give a household of one's own."""
    return {"number": number, "relation": "世帯主"}


async def test_lists_go_on_from_page_to_page(city: City, desk: House) -> None:
    await city.feed(*(city.arrival(number, code=NAKA if number == "3" else KITA) for number in "12345"))
    await city.freeze()

    first = (await data(desk, LIST, ward=KITA, first=3))["basePeople"]
    rest = (await data(desk, LIST, ward=KITA, first=3, after=first["pageInfo"]["endCursor"]))["basePeople"]

    numbers = [node["person"]["atenaNumber"] for page in (first, rest) for node in edges(page)]
    assert numbers == ["1", "2", "4", "5"]
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert edges((await data(desk, LIST, standing="OUTSIDE"))["basePeople"]) == []


async def test_the_ward_of_the_protected_is_hidden_without_a_reason(city: City, desk: House) -> None:
    await city.feed(*(city.arrival(number, household=alone(number)) for number in "123"))
    await city.feed(city.event("protection_set", "2", "2025-06-01"))
    await city.freeze()

    blind = (await data(desk, BASE, number="2"))["basePerson"]["wardCode"]
    told = (await data(desk, BASE, number="2", reason="転出先の照会"))["basePerson"]["wardCode"]
    of_ward = edges((await data(desk, LIST, ward=KITA))["basePeople"])
    everybody = edges((await data(desk, LIST))["basePeople"])
    with_reason = edges((await data(desk, LIST, ward=KITA, reason="転出先の照会"))["basePeople"])

    assert (blind, told) == (HIDDEN, KITA)
    assert [node["person"]["atenaNumber"] for node in of_ward] == ["1", "3"]
    assert [node["wardCode"] for node in everybody] == [KITA, HIDDEN, KITA]
    assert [node["wardCode"] for node in with_reason] == [KITA] * 3


async def test_the_ward_of_who_lives_with_the_protected_is_hidden_too(city: City, desk: House) -> None:
    await city.feed(*(city.arrival(number, household=alone("2")) for number in "12"))
    await city.feed(city.event("protection_set", "2", "2025-06-01"))
    await city.freeze()

    beside = (await data(desk, BASE, number="1"))["basePerson"]["wardCode"]

    assert beside == HIDDEN
    assert edges((await data(desk, LIST, ward=KITA))["basePeople"]) == []


async def test_a_page_of_a_ward_is_filled_behind_the_hidden(city: City, desk: House) -> None:
    await city.feed(*(city.arrival(number, household=alone(number)) for number in "1234"))
    await city.feed(*(city.event("protection_set", number, "2025-06-01") for number in "12"))
    await city.freeze()

    page = (await data(desk, LIST, ward=KITA, first=2))["basePeople"]

    assert [node["person"]["atenaNumber"] for node in edges(page)] == ["3", "4"]
    assert not page["pageInfo"]["hasNextPage"]


async def test_a_shop_in_another_ward_gives_two_lines(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"), city.arrival("2", code=KURASHIKI))
    await city.freeze()
    for number in "12":
        made = (await data(desk, PROPOSE, input=house_of(number)))["proposeCircumstance"]
        assert made["people"] == 1
        assert edges(made["entries"]) == [{"wardCode": NAKA, "person": {"atenaNumber": number}}]
        await data(desk, APPROVE, "tax_chief", id=made["id"], version=1)

    resident = (await data(desk, BASE, number="1"))["basePerson"]
    other = (await data(desk, BASE, number="2"))["basePerson"]

    assert (resident["standing"], resident["perCapitaLines"]) == ("RESIDENT", 2)
    assert (other["standing"], other["perCapitaLines"], other["wardCode"]) == ("HOUSE_ONLY", 1, NAKA)
    person = (await data(desk, OF_PERSON, number="1"))["person"]
    assert person == {
        "bases": [{"taxYear": TAX_YEAR, "standing": "RESIDENT"}],
        "circumstances": [{"kind": "HOUSE", "wardCode": NAKA}],
    }


async def test_two_persons_decide(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    own = (await data(desk, PROPOSE, "tax_chief", input=house_of("1")))["proposeCircumstance"]

    assert await code_of(desk, APPROVE, "tax_chief", id=own["id"], version=1) == "SELF_APPROVAL"
    assert await code_of(desk, APPROVE, "tax_clerk", id=own["id"], version=1) == "FORBIDDEN"
    assert (await data(desk, REJECT, "tax_chief", id=own["id"]))["rejectCircumstance"]["state"] == "WITHDRAWN"
    assert (await data(desk, BASE, number="1"))["basePerson"]["houseWards"] == 0


async def test_refusals_name_lines_and_not_what_stands_there(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()

    answer = (await desk.ask(PROPOSE, "tax_clerk", input=house_of("424242"))).text

    assert "LIST_REFUSED" in answer
    assert "unknown" in answer
    assert "424242" not in answer


async def test_proposals_are_listed_and_taken_back(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    made = (await data(desk, PROPOSE, input=house_of("1")))["proposeCircumstance"]
    await data(desk, APPROVE, "tax_chief", id=made["id"], version=1)
    back = (await data(desk, PROPOSE, input=house_of("1", takeBack=True)))["proposeCircumstance"]

    waiting = edges((await data(desk, PROPOSALS, state="PROPOSED"))["circumstanceProposals"])
    assert waiting == [{"id": back["id"], "kind": "HOUSE", "state": "PROPOSED"}]
    assert len(edges((await data(desk, PROPOSALS))["circumstanceProposals"])) == 2
    await data(desk, APPROVE, "tax_chief", id=back["id"], version=1)
    assert (await data(desk, BASE, number="1"))["basePerson"]["houseWards"] == 0


async def test_a_year_in_numbers(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"), city.arrival("2", code=NAKA), city.arrival("3", "2026-01-02"))
    await city.freeze()
    await decide(city)
    await data(desk, PROPOSE, input=house_of("1"))

    shown = (await data(desk, YEAR, year=TAX_YEAR))["taxYear"]

    assert (shown["state"], shown["municipalityCode"], shown["taxedHere"]) == ("ASSESSED", CITY, 2)
    assert shown["counts"] == [
        {"standing": "OUTSIDE", "reason": "MOVED_IN_AFTER", "wardCode": "", "people": 1},
        {"standing": "RESIDENT", "reason": "", "wardCode": KITA, "people": 1},
        {"standing": "RESIDENT", "reason": "", "wardCode": NAKA, "people": 1},
    ]
    assert {one["outcome"]: one["people"] for one in shown["outcomes"]} == {
        "TAXED": 0,
        "NON_TAXABLE": 0,
        "UNDECIDED": 2,
    }
    assert all(stage["at"] for stage in shown["stages"])
    assert (shown["circumstanceProposals"], shown["correctionProposals"], shown["blockingItems"]) == (1, 0, 0)
    assert (await data(desk, YEAR, year=2025))["taxYear"] is None
    assert (await data(desk, YEARS))["taxYears"] == [
        {"taxYear": TAX_YEAR, "state": "ASSESSED", "taxedHere": 2}
    ]


async def test_findings_are_looked_at_and_closed(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    await decide(city)
    city.clock.go_on(days=1)
    await city.feed(city.event("death", "1", "2026-06-20"))
    await replay(city)

    [found] = edges((await data(desk, FINDINGS))["baseFindings"])
    assert (found["code"], found["text"]) == ("BASE_DEATH", "死亡年月日が登録又は訂正されました。")
    assert found["person"] == {"atenaNumber": "1"}
    assert await code_of(desk, CLOSE, id=found["id"], why="") == "REASON_REQUIRED"
    closed = (await data(desk, CLOSE, id=found["id"], why="相続人代表者を登録済み"))["closeBaseFinding"]
    assert closed == {"state": "CLOSED", "reason": "相続人代表者を登録済み"}
    assert edges((await data(desk, FINDINGS))["baseFindings"]) == []
    assert await code_of(desk, CLOSE, id=found["id"], why="もう一度") == "CONFLICT"
    assert await code_of(desk, CLOSE, id=found["id"], why="もう一度", version=2) == "FINDING_STATE"
    assert await code_of(desk, CLOSE, id=0, why="ない番号") == "NOT_FOUND"
