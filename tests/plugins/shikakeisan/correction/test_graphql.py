"""Corrections over GraphQL, through the whole house: who may what, what is told, what is recorded."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from core.identity import demo
from core.identity.opening import open_identity
from core.jobs.worker import Worker
from core.storage.address import ServerAddress
from core.storage.database import Database
from plugins.shikakeisan.closing.receiving import Told, receive
from plugins.shikakeisan.correction.slips import print_slips
from schema.testing import House, open_house
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR
from tests.plugins.shikakeisan.closing.conftest import City, city
from tests.plugins.shikakeisan.correction.conftest import someone

__all__ = ["city"]

CHIEF = ("900004", "課税 四郎", "0101", "tax_chief")
AUDITOR = ("900005", "監査 五郎", "0901", "auditor")
SEEN = "id version state expectedRevision decidedRevision currentRevision decidedBy proposedBy"
PROPOSE = f"""mutation ($input: ProposeTaxCorrectionInput!) {{
  proposeTaxCorrection(input: $input) {{ {SEEN}
  before {{ outcome payable }} after {{ outcome payable }}
  differences {{ name label before after difference }}
  causes {{ name label law before after }} effects person {{ atenaNumber }} }} }}"""
PROPOSE_PATHS = """mutation ($input: ProposeTaxCorrectionInput!) {
  proposeTaxCorrection(input: $input) { id changes seen heldBack } }"""
APPROVE = f"""mutation ($id: Int!, $version: Int!) {{
  approveTaxCorrection(proposalId: $id, expectedVersion: $version) {{
    isApproved currentRevision proposal {{ {SEEN} }} }} }}"""
REJECT = """mutation ($id: Int!, $version: Int!) {
  rejectTaxCorrection(proposalId: $id, expectedVersion: $version) { state } }"""
WITHDRAW = """mutation ($id: Int!, $version: Int!) {
  withdrawTaxCorrection(proposalId: $id, expectedVersion: $version) { state } }"""
ASSESSED = """query ($number: String!) { assessment(taxYear: 2026, atenaNumber: $number) {
  revision payable amounts { name yen } } }"""
OPEN = """{ correctionProposals(taxYear: 2026) { edges { node { id state } } } }"""
OF_PERSON = """query ($number: String!) {
  correctionsOfPerson(atenaNumber: $number, taxYear: 2026) { id state } }"""
PLAN = """mutation ($input: PlanCorrectionBatchInput!) {
  planCorrectionBatch(input: $input) { id version state } }"""
BATCH = """query ($id: Int!) { correctionBatch(batchId: $id) {
  id version state counts sample { id } proposals { edges { node { id state } } } } }"""
BUSY = {"UNAVAILABLE", "DATABASE_BUSY", "DATABASE_UNAVAILABLE"}
SLIPS = """query ($printed: Boolean!) { contactSlips(taxYear: 2026, printed: $printed) {
  edges { node { id proposalId printedAt person { atenaNumber } } } } }"""
SON = {
    "role": "dependant",
    "place": 1,
    "name": "山田　一郎",
    "kana": "",
    "birth": "2005-05-05",
    "relation": "子",
}
CLERK_ROLE, CHIEF_ROLE = "tax_clerk", "tax_chief"


@pytest.fixture
async def desk(
    city: City, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above the city, with a chief and an auditor too."""
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, CHIEF, AUDITOR))
    async with open_house(tmp_path, address) as desk:
        async with desk.database.transaction() as session:
            sign_ins = await demo.create_demo_staff(session, open_identity(desk.runtime, desk.database))
        desk.people = {person.role: person for person in sign_ins}
        yield desk


async def data(desk: House, query: str, role: str = CLERK_ROLE, **variables: Any) -> Any:
    answer = (await desk.ask(query, role, **variables)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def refusal(desk: House, query: str, role: str = CLERK_ROLE, **variables: Any) -> Mapping[str, Any]:
    answer = (await desk.ask(query, role, **variables)).json()
    found: Mapping[str, Any] = answer["errors"][0]["extensions"]
    return found


def given(person: int, **more: Any) -> dict[str, Any]:
    said = {"kind": "ex_officio", "reason": "調査による", "receivedOn": "2026-07-01"}
    said |= {"changes": {"social_insurance": 800_000}, "expectedRevision": 1}
    return {"atenaNumber": f"{person:015d}", "taxYear": TAX_YEAR, **said, **more}


async def test_a_clerk_proposes_and_the_chief_approves(
    city: City, desk: House, owner_database: Database
) -> None:
    [person] = await city.settle(someone())

    one = (await data(desk, PROPOSE, input=given(person)))["proposeTaxCorrection"]
    own = await refusal(desk, APPROVE, id=one["id"], version=1)
    done = (await data(desk, APPROVE, CHIEF_ROLE, id=one["id"], version=1))["approveTaxCorrection"]

    assert (one["state"], one["expectedRevision"], one["currentRevision"]) == ("PROPOSED", 1, 1)
    assert one["person"] == {"atenaNumber": f"{person:015d}"}
    assert {"name": "payable", "difference": -10_000}.items() <= one["differences"][0].items()
    assert any(cause["name"] == "ded_social" and cause["law"] for cause in one["causes"])
    assert own["code"] == "FORBIDDEN"
    assert (done["isApproved"], done["currentRevision"]) == (True, 2)
    assert done["proposal"]["decidedBy"] == "900004"
    lines = await desk.audit(owner_database)
    done_lines = [line for line in lines if line.action == "write" and line.result == "ok"]
    written = [line for line in done_lines if line.object_type == "shikakeisan.assessment"]
    assert [line.object_ids for line in written] == [[f"2026:{person}"]]


async def test_a_relative_is_named_by_the_number_that_a_clerk_knows(city: City, desk: House) -> None:
    person, child = await city.settle(someone(), someone())
    path = f"dependants[{child:015d}]"
    said = given(person, changes={path: {"age": 20}})

    one = (await data(desk, PROPOSE_PATHS, input=said))["proposeTaxCorrection"]
    done = (await data(desk, APPROVE, CHIEF_ROLE, id=one["id"], version=1))["approveTaxCorrection"]

    assert (one["changes"], one["seen"]) == ({path: {"age": 20}}, {path: None})
    assert done["isApproved"] is True
    [row] = await city.office.year.rows("SELECT changes FROM shikakeisan.proposal")
    assert list(row.changes) == [f"dependants[{child}]"]


@pytest.mark.parametrize("who", ["{}", "999999999999999"])
async def test_a_relative_by_an_internal_id_or_unknown_number_is_refused(
    city: City, desk: House, who: str
) -> None:
    person, child = await city.settle(someone(), someone())
    changes = {f"dependants[{who.format(child)}]": None}
    batch = {"taxYear": TAX_YEAR, "kind": "ex_officio", "reason": "調査", "receivedOn": "2026-07-01"}
    batch |= {"selection": {"atenaNumbers": [f"{person:015d}"]}, "changes": changes}

    found = [
        await refusal(desk, PROPOSE, input=given(person, changes=changes)),
        await refusal(desk, PLAN, input=batch),
    ]

    assert [(one["code"], one["field"]) for one in found] == [("FACT_PATH_UNKNOWN", "changes")] * 2


async def test_the_chief_cannot_approve_an_own_proposal(city: City, desk: House) -> None:
    [person] = await city.settle(someone())
    one = (await data(desk, PROPOSE, CHIEF_ROLE, input=given(person)))["proposeTaxCorrection"]

    for mutation in (APPROVE, REJECT):
        found = await refusal(desk, mutation, CHIEF_ROLE, id=one["id"], version=1)
        assert found["code"] == "SELF_APPROVAL"


async def test_a_stale_proposal_is_answered_with_the_revision_in_force(city: City, desk: House) -> None:
    [person] = await city.settle(someone())
    first, second = [
        (await data(desk, PROPOSE, input=given(person, changes={"medical_paid": paid})))[
            "proposeTaxCorrection"
        ]
        for paid in (300_000, 400_000)
    ]
    await data(desk, APPROVE, CHIEF_ROLE, id=first["id"], version=1)

    lost = (await data(desk, APPROVE, CHIEF_ROLE, id=second["id"], version=1))["approveTaxCorrection"]
    told = await refusal(desk, PROPOSE, input=given(person))

    assert (lost["isApproved"], lost["currentRevision"], lost["proposal"]["state"]) == (False, 2, "STALE")
    assert (told["code"], told["currentVersion"]) == ("CORRECTION_REVISION_CHANGED", 2)


async def test_lists_show_open_proposals_and_a_persons_history(city: City, desk: House) -> None:
    [person] = await city.settle(someone())
    numbers = []
    for _ in range(3):
        one = (await data(desk, PROPOSE, input=given(person)))["proposeTaxCorrection"]
        numbers.append(one["id"])
    await data(desk, REJECT, CHIEF_ROLE, id=numbers[0], version=1)
    await data(desk, WITHDRAW, id=numbers[1], version=1)

    waiting = (await data(desk, OPEN))["correctionProposals"]["edges"]
    history = (await data(desk, OF_PERSON, number=f"{person:015d}"))["correctionsOfPerson"]

    assert [edge["node"]["id"] for edge in waiting] == [numbers[2]]
    assert [one["state"] for one in history] == ["REJECTED", "WITHDRAWN", "PROPOSED"]


async def test_the_same_key_has_one_effect(city: City, desk: House) -> None:
    [person] = await city.settle(someone())
    key = str(uuid4())

    answers = [await post(desk, key, PROPOSE, CLERK_ROLE, input=given(person)) for _ in range(3)]

    assert len({answer.content for answer in answers}) == 1
    assert len(await city.office.year.rows("SELECT id FROM shikakeisan.proposal")) == 1


async def test_a_batch_goes_from_dry_run_to_writing(city: City, desk: House) -> None:
    people = await city.settle(someone(), someone())
    numbers = [f"{person:015d}" for person in people]
    said = {"taxYear": TAX_YEAR, "kind": "ex_officio", "reason": "読取りの誤り", "receivedOn": "2026-07-01"}
    said |= {"selection": {"atenaNumbers": numbers}, "changes": {"social_insurance": 800_000}}

    batch = (await data(desk, PLAN, input=said))["planCorrectionBatch"]
    await Worker(desk.runtime, desk.database).work_once()
    shown = (await data(desk, BATCH, id=batch["id"]))["correctionBatch"]
    proposed = await data(desk, step("proposeCorrectionBatch"), id=batch["id"], version=shown["version"])
    unseen = await refusal(
        desk, step("signOffCorrectionBatch"), CHIEF_ROLE, id=batch["id"], version=shown["version"] + 1
    )
    for one in shown["sample"]:
        await data(
            desk, "mutation ($id: Int!) { lookAtSample(proposalId: $id) { id } }", CHIEF_ROLE, id=one["id"]
        )
    await data(desk, step("signOffCorrectionBatch"), CHIEF_ROLE, id=batch["id"], version=shown["version"] + 1)
    await Worker(desk.runtime, desk.database).work_once()

    done = (await data(desk, BATCH, id=batch["id"]))["correctionBatch"]
    assert (batch["state"], shown["state"], shown["counts"]["changed"]) == ("DRY", "READY", 2)
    assert proposed["proposeCorrectionBatch"]["state"] == "PROPOSED"
    assert unseen["code"] == "BATCH_SAMPLE_UNSEEN"
    assert (done["state"], done["counts"]["written"]) == ("DONE", 2)
    assert [len(await city.office.year.revisions(person)) for person in people] == [2, 2]


async def test_closes_and_transfers_are_listed(city: City, desk: House) -> None:
    await city.settle(someone())
    city.join()
    await city.close()
    await city.transfer()
    async with city.office.work() as work:
        await receive(work, "fukushi", 1, Told(1))

    closes = (await data(desk, "{ closes { edges { node { kind counts } } } }"))["closes"]["edges"]
    asked = "{ transfers { edges { node { recipient sequence rows sha256 receipt { result rows } } } } }"
    files = (await data(desk, asked))["transfers"]

    assert (closes[0]["node"]["kind"], closes[0]["node"]["counts"]["revisions"]) == ("INITIAL", 1)
    assert files["edges"][0]["node"].items() >= {"recipient": "fukushi", "sequence": 1, "rows": 1}.items()
    assert files["edges"][0]["node"]["receipt"] == {"result": "AGREES", "rows": 1}


async def test_slips_are_listed_until_they_are_printed(city: City, desk: House) -> None:
    [person] = await city.settle(someone(items={"other_main": 1}, relatives=[SON]))
    said = given(person, kind="dependant_denied", changes={"dependants": None})
    one = (await data(desk, PROPOSE, input=said))["proposeTaxCorrection"]
    await data(desk, APPROVE, CHIEF_ROLE, id=one["id"], version=1)

    waiting = (await data(desk, SLIPS, printed=False))["contactSlips"]["edges"]
    async with city.office.work() as work:
        await print_slips(work, TAX_YEAR)
    printed = (await data(desk, SLIPS, printed=True))["contactSlips"]["edges"]

    assert [edge["node"]["proposalId"] for edge in waiting] == [one["id"]]
    assert waiting[0]["node"]["person"] == {"atenaNumber": f"{person:015d}"}
    assert (waiting[0]["node"]["printedAt"], printed[0]["node"]["printedAt"] is None) == (None, False)
    assert (await data(desk, SLIPS, printed=False))["contactSlips"]["edges"] == []


async def test_a_clerk_ends_no_batch_of_somebody_else(city: City, desk: House) -> None:
    [person] = await city.settle(someone())
    said = {"taxYear": TAX_YEAR, "kind": "ex_officio", "reason": "読取りの誤り", "receivedOn": "2026-07-01"}
    said |= {"selection": {"atenaNumbers": [f"{person:015d}"]}, "changes": {"social_insurance": 800_000}}
    batch = (await data(desk, PLAN, CHIEF_ROLE, input=said))["planCorrectionBatch"]

    refused = await refusal(desk, step("rejectCorrectionBatch"), id=batch["id"], version=1)
    ended = await data(desk, step("rejectCorrectionBatch"), CHIEF_ROLE, id=batch["id"], version=1)
    await Worker(desk.runtime, desk.database).work_once()

    assert refused["code"] == "CORRECTION_STATE"
    assert ended["rejectCorrectionBatch"]["state"] == "REJECTED"
    assert (await data(desk, BATCH, id=batch["id"]))["correctionBatch"]["state"] == "REJECTED"


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
@pytest.mark.parametrize(
    "query",
    [
        OPEN,
        "{ correctionProposal(proposalId: 1) { id } }",
        '{ correctionsOfPerson(atenaNumber: "1") { id } }',
        "{ correctionBatches(taxYear: 2026) { edges { node { id } } } }",
        "{ contactSlips(taxYear: 2026) { edges { node { id } } } }",
        "mutation { rejectCorrectionBatch(batchId: 1, expectedVersion: 1) { id } }",
        "mutation { lookAtSample(proposalId: 1) { id } }",
        "{ closes { edges { node { id } } } }",
        "{ transfers { edges { node { id } } } }",
        "mutation { approveTaxCorrection(proposalId: 1, expectedVersion: 1) { isApproved } }",
        "mutation { withdrawTaxCorrection(proposalId: 1, expectedVersion: 1) { id } }",
        'mutation { proposeLateDocuments(taxYear: 2026, reason: "x") }',
    ],
)
async def test_other_roles_see_and_do_nothing(desk: House, role: str, query: str) -> None:
    assert (await refusal(desk, query, role))["code"] == "FORBIDDEN"


async def correct_once(desk: House, person: int, told: list[int]) -> int:
    """Add 1,000 yen of social insurance to what is in force, however often somebody else is faster."""
    while True:
        now = (await retried(desk, ASSESSED, CLERK_ROLE, number=f"{person:015d}"))["data"]["assessment"]
        paid = next(one["yen"] for one in now["amounts"] if one["name"] == "ded_social")
        said = given(person, expectedRevision=now["revision"], changes={"social_insurance": paid + 1_000})
        answer = await retried(desk, PROPOSE, CLERK_ROLE, input=said)
        if "errors" in answer:
            extensions = answer["errors"][0]["extensions"]
            assert extensions["code"] == "CORRECTION_REVISION_CHANGED"
            told.append(extensions["currentVersion"])
            continue
        one = answer["data"]["proposeTaxCorrection"]
        answer = await retried(desk, APPROVE, CHIEF_ROLE, id=one["id"], version=one["version"])
        done = answer["data"]["approveTaxCorrection"]
        if done["isApproved"]:
            return int(done["currentRevision"])
        told.append(done["currentRevision"])
        assert done["currentRevision"] > one["expectedRevision"]


async def retried(desk: House, query: str, role: str, **variables: Any) -> Any:
    """Ask with one key until an answer comes; a busy server says so."""
    key = str(uuid4())
    while True:
        answer = (await post(desk, key, query, role, **variables)).json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", ())}
        if not codes & BUSY:
            return answer


async def post(desk: House, key: str, query: str, role: str, **variables: Any) -> Any:
    headers = {"idempotency-key": key, "authorization": f"Bearer {desk.people[role].token}"}
    return await desk.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)


def step(name: str) -> str:
    arguments = "batchId: $id, expectedVersion: $version"
    return f"mutation ($id: Int!, $version: Int!) {{ {name}({arguments}) {{ state }} }}"


@pytest.mark.parametrize("clients", [6, pytest.param(50, marks=pytest.mark.slow)])
async def test_clients_correcting_one_person_at_once_lose_nothing(
    city: City, desk: House, clients: int
) -> None:
    [person] = await city.settle(someone())
    told: list[int] = []

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(correct_once(desk, person, told)) for _ in range(clients)]

    revisions = [task.result() for task in tasks]
    rows = await city.office.year.revisions(person)
    assert sorted(revisions) == list(range(2, clients + 2))
    assert [row.revision for row in rows] == list(range(1, clients + 2))
    assert [row.ded_social for row in rows] == [700_000 + 1_000 * n for n in range(clients + 1)]
    assert all(a.superseded_at == b.decided_at for a, b in pairwise(rows))
    assert told


async def test_approvals_with_one_key_at_once_have_one_effect(city: City, desk: House) -> None:
    [person] = await city.settle(someone())
    one = (await data(desk, PROPOSE, input=given(person)))["proposeTaxCorrection"]
    key = str(uuid4())

    async with asyncio.TaskGroup() as group:
        asked = [post(desk, key, APPROVE, CHIEF_ROLE, id=one["id"], version=1) for _ in range(8)]
        tasks = [group.create_task(one) for one in asked]

    answers = [task.result() for task in tasks]
    assert len({answer.content for answer in answers}) == 1
    assert len(await city.office.year.revisions(person)) == 2
