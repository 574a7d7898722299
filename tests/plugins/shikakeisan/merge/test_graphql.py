"""The merge over GraphQL: facts down to the document, claimants, findings and decisions of two people."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.identity import demo
from core.identity.opening import open_identity
from core.storage.address import ServerAddress
from core.storage.database import Database
from schema.testing import House, open_house
from tests.plugins.shikakeisan.base.conftest import City
from tests.plugins.shikakeisan.merge.desk import Desk, family, named, pension, slip

FATHER, MOTHER, SON = "1", "2", "3"
BASIS = """
query($number: String!, $at: DateTime) { mergedBasis(taxYear: 2026, atenaNumber: $number, asKnownAt: $at) {
  person { atenaNumber } documents { id kind } aside { ruleText document { id } }
  facts { path label value origins { item itemLabel rule ruleText law decisionId document { id kind } } }
  claims { role roleLabel relative { atenaNumber } document { id } }
  findings { code } } }
"""
CLAIMED = """
query($number: String!) { person(atenaNumber: $number) {
  claimedBy { taxYear role taxpayer { atenaNumber } document { id } } } }
"""
FINDINGS = """
query($code: String, $state: FindingState, $first: Int, $after: String) {
  mergeFindings(taxYear: 2026, code: $code, state: $state, first: $first, after: $after) {
    edges { node { id version code message law isBlocking state owner path decisionId
      person { atenaNumber } others { atenaNumber } relative { atenaNumber } documents { id } } }
    pageInfo { hasNextPage endCursor } } }
"""
COUNTS = "{ mergeFindingCounts(taxYear: 2026) { code message state findings } }"
ASSIGN = """
mutation($id: Int!, $version: Int!, $owner: String!) {
  assignMergeFinding(findingId: $id, expectedVersion: $version, owner: $owner) { version owner } }
"""
CLOSE = """
mutation($id: Int!, $version: Int!) {
  proposeMergeFindingClosing(findingId: $id, expectedVersion: $version, reason: "電話で確認") {
    version state reason proposedBy } }
"""
CONFIRM = """
mutation($id: Int!, $version: Int!) { confirmMergeFindingClosing(findingId: $id, expectedVersion: $version) {
  version state closedBy closedAt } }
"""
REJECT = """
mutation($id: Int!, $version: Int!) { rejectMergeFindingClosing(findingId: $id, expectedVersion: $version) {
  version state } }
"""
PROPOSE = """
mutation($input: ProposeFactDecisionInput!) { proposeFactDecision(input: $input) {
  id path label value seen proposedBy approvedBy } }
"""
END = """
mutation($id: Int!) { proposeFactDecisionEnding(decisionId: $id, reason: "誤り") { id endsId approvedBy } }
"""
APPROVE = "mutation($id: Int!) { approveFactDecision(decisionId: $id) { id approvedBy } }"
WITHDRAW = "mutation($id: Int!) { withdrawFactDecision(decisionId: $id) { id knownTo } }"
DECISIONS = """
query($number: String!, $ended: Boolean!) {
  factDecisions(taxYear: 2026, atenaNumber: $number, withEnded: $ended) { id path label value approvedBy } }
"""
START = "mutation { startMerge(taxYear: 2026) { jobId } }"
CHIEF = "tax_chief"


@pytest.fixture
async def office(
    city: City, desk: Desk, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above a family whose son both parents claim; a clerk and a chief."""
    await desk.register(*family(city))
    await desk.file(FATHER, slip(5_000_000, named("dependant", "朝霧　一郎"), specific_main=1))
    await desk.file(MOTHER, pension(900_000, named("dependant", "朝霧　一郎"), specific_count=1))
    await desk.merge(FATHER, MOTHER)
    chief = ("100201", "試験　係長", demo.PEOPLE[0][2], CHIEF)
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, chief))
    async with open_house(tmp_path, address) as office:
        async with office.database.transaction() as session:
            sign_ins = await demo.create_demo_staff(session, open_identity(office.runtime, office.database))
        office.people = {person.role: person for person in sign_ins}
        yield office


async def data(office: House, query: str, role: str = "tax_clerk", **variables: Any) -> Any:
    answer = (await office.ask(query, role, **variables)).json()
    assert "errors" not in answer, answer
    [found] = answer["data"].values()
    return found


async def code_of(office: House, query: str, role: str = "tax_clerk", **variables: Any) -> str:
    answer = (await office.ask(query, role, **variables)).json()
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


def of(path: str, value: Any, number: str = FATHER) -> dict[str, Any]:
    return {"taxYear": 2026, "atenaNumber": number, "path": path, "value": value, "reason": "届出による"}


async def findings(office: House, **variables: Any) -> list[Any]:
    return [edge["node"] for edge in (await data(office, FINDINGS, **variables))["edges"]]


async def test_facts_lead_to_their_documents_in_japanese(office: House) -> None:
    found = await data(office, BASIS, number=FATHER)

    facts = {fact["path"]: fact for fact in found["facts"]}
    salary = facts["salary"]["origins"][0]
    assert facts.keys() == {"taxpayer.birth", "salary", "social_insurance", f"dependants[{SON}]"}
    assert (facts["salary"]["label"], facts["salary"]["value"]) == ("給与収入", 5_000_000)
    assert (salary["itemLabel"], salary["document"]["kind"]) == ("給与収入", "salary_report")
    assert salary["ruleText"].startswith("申告がなければ")
    assert salary["law"] == "地方税法317条の6"
    assert [one["itemLabel"] for one in facts[f"dependants[{SON}]"]["origins"]] == [
        "扶養親族（1人目）",
        "生年月日",
        "世帯",
    ]
    assert facts["taxpayer.birth"]["origins"][0]["document"] is None
    assert [one["relative"]["atenaNumber"] for one in found["claims"]] == [SON]
    assert [one["code"] for one in found["findings"]] == ["TWO_CLAIMANTS"]


async def test_a_basis_as_it_was_known_before(city: City, desk: Desk, office: House) -> None:
    before = city.clock.now().isoformat()
    await desk.file(FATHER, pension(700_000))
    city.clock.go_on(hours=1)
    await desk.merge(FATHER)

    then = await data(office, BASIS, number=FATHER, at=before)
    now = await data(office, BASIS, number=FATHER)

    assert [[fact["path"] for fact in found["facts"]].count("pension") for found in (then, now)] == [0, 1]


async def test_a_person_shows_every_claimant(office: House) -> None:
    found = (await data(office, CLAIMED, number=SON))["claimedBy"]

    assert [(one["taxYear"], one["role"], one["taxpayer"]["atenaNumber"]) for one in found] == [
        (2026, "dependant", FATHER),
        (2026, "dependant", MOTHER),
    ]


async def test_a_finding_names_all_sides_with_their_documents(office: House) -> None:
    one, two = await findings(office, code="TWO_CLAIMANTS")

    assert [each["person"]["atenaNumber"] for each in (one, two)] == [FATHER, MOTHER]
    assert [each["others"][0]["atenaNumber"] for each in (one, two)] == [MOTHER, FATHER]
    assert one["relative"] == {"atenaNumber": SON}
    assert len(one["documents"]) == 2
    assert (one["isBlocking"], one["state"], one["path"], one["decisionId"]) == (True, "OPEN", "", None)
    assert "どちらの扶養親族等か" in one["message"]
    assert await data(office, COUNTS) == [
        {"code": "TWO_CLAIMANTS", "message": one["message"], "state": "OPEN", "findings": 2}
    ]


async def test_findings_are_read_page_by_page(office: House) -> None:
    first = await data(office, FINDINGS, first=1)
    second = await data(office, FINDINGS, first=1, after=first["pageInfo"]["endCursor"])

    assert first["pageInfo"]["hasNextPage"] is True
    assert second["pageInfo"]["hasNextPage"] is False
    ids = [page["edges"][0]["node"]["id"] for page in (first, second)]
    assert ids == sorted(set(ids))
    assert len(ids) == 2


async def test_a_finding_is_closed_by_another_than_who_proposed_it(office: House) -> None:
    one = (await findings(office))[0]
    await data(office, ASSIGN, id=one["id"], version=1, owner="100001")
    stale = await code_of(office, CLOSE, id=one["id"], version=1)
    proposed = await data(office, CLOSE, CHIEF, id=one["id"], version=2)
    own = await code_of(office, CONFIRM, CHIEF, id=one["id"], version=3)
    back = await data(office, REJECT, CHIEF, id=one["id"], version=3)
    await data(office, CLOSE, id=one["id"], version=4)
    closed = await data(office, CONFIRM, CHIEF, id=one["id"], version=5)

    assert (stale, own) == ("CONFLICT", "SELF_APPROVAL")
    assert (proposed["state"], proposed["reason"], back["state"]) == ("PROPOSED", "電話で確認", "OPEN")
    assert (closed["state"], closed["closedBy"]) == ("CLOSED", "100201")
    assert await code_of(office, CLOSE, id=one["id"], version=6) == "FINDING_STATE"


async def test_a_dependant_is_denied_by_the_number_that_people_know(office: House) -> None:
    proposed = await data(office, PROPOSE, input=of(f"dependants[{SON}]", None, MOTHER))
    own = await code_of(office, APPROVE, id=proposed["id"])
    approved = await data(office, APPROVE, CHIEF, id=proposed["id"])

    assert (proposed["path"], proposed["label"], proposed["value"]) == (
        f"dependants[{SON}]",
        "扶養親族",
        None,
    )
    assert proposed["seen"]["age"] == 20
    assert own == "FORBIDDEN"
    assert approved["approvedBy"] == "100201"
    assert await findings(office, state="OPEN") == []
    paths = [fact["path"] for fact in (await data(office, BASIS, number=MOTHER))["facts"]]
    assert f"dependants[{SON}]" not in paths


async def test_a_decision_that_no_longer_fits_names_the_fact(desk: Desk, office: House) -> None:
    path = f"dependants[{SON}].disability"
    proposed = await data(office, PROPOSE, input=of(path, "special"))
    approved = await data(office, APPROVE, CHIEF, id=proposed["id"])
    [document] = (await data(office, BASIS, number=FATHER))["documents"]
    await desk.withdraw(document["id"])
    await desk.merge(FATHER)

    [found] = await findings(office, code="DECISION_WITHOUT_PLACE")
    assert (found["path"], found["decisionId"]) == (path, approved["id"])


async def test_decisions_are_listed_ended_and_withdrawn(office: House) -> None:
    proposed = await data(office, PROPOSE, input=of("social_insurance", 1))
    approved = await data(office, APPROVE, CHIEF, id=proposed["id"])
    ending = await data(office, END, id=approved["id"])
    withdrawn = await data(office, WITHDRAW, id=ending["id"])

    assert (ending["endsId"], ending["approvedBy"]) == (approved["id"], "")
    assert withdrawn["knownTo"] is not None
    listed = await data(office, DECISIONS, number=FATHER, ended=False)
    assert listed == [
        {
            "id": approved["id"],
            "path": "social_insurance",
            "label": "社会保険料",
            "value": 1,
            "approvedBy": "100201",
        }
    ]
    assert len(await data(office, DECISIONS, number=FATHER, ended=True)) == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (of("dependants[77]", None), "FACT_PATH_UNKNOWN"),
        (of("salry", 1), "FACT_PATH_UNKNOWN"),
        (of("salary", -1), "FACT_VALUE_INVALID"),
        (of("salary", 1, "77"), "NOT_FOUND"),
    ],
)
async def test_a_decision_that_fits_nowhere_is_refused(office: House, given: Any, code: str) -> None:
    assert await code_of(office, PROPOSE, input=given) == code


@pytest.mark.parametrize("role", ["other_office", "administrator"])
async def test_others_neither_read_nor_decide(office: House, role: str) -> None:
    for query, given in (
        (BASIS, {"number": FATHER}),
        (FINDINGS, {}),
        (COUNTS, {}),
        (DECISIONS, {"number": FATHER, "ended": False}),
        (PROPOSE, {"input": of("salary", 1)}),
        (CLOSE, {"id": 1, "version": 1}),
        (START, {}),
    ):
        assert await code_of(office, query, role, **given) == "FORBIDDEN"


async def test_a_clerk_neither_confirms_nor_starts_the_merge(office: House) -> None:
    for query, given in (
        (CONFIRM, {"id": 1, "version": 1}),
        (REJECT, {"id": 1, "version": 1}),
        (APPROVE, {"id": 1}),
        (START, {}),
    ):
        assert await code_of(office, query, **given) == "FORBIDDEN"
    assert (await data(office, START, CHIEF))["jobId"]


async def test_whoever_looks_enters_the_access_log(office: House, owner_database: Database) -> None:
    await data(office, BASIS, number=FATHER)

    seen = {(line.object_type, one) for line in await office.audit(owner_database) for one in line.object_ids}
    assert {("shikakeisan.basis", "2026:1"), ("atena.person", FATHER), ("atena.person", SON)} <= seen
