"""課税資料 by GraphQL, through the whole house: who sees what, what is recorded, who decides."""

from typing import Any

import pytest

from core.storage.database import Database
from schema.testing import House
from tests.plugins.shiryo.conftest import YEAR, Someone, manifest_of, salary_file

TARO = Someone(1)
HANAKO = Someone(2, "山田　花子", "ヤマダ　ハナコ")
DELIVERIES = """
query($year: FiscalYear!) { deliveries(taxYear: $year, first: 2) { edges { node {
  id state heldFor senderCode acceptedAt
  files { name announcedRecords readRecords acceptedRecords
    findings(first: 3) { edges { node { code line } } } }
  documents(first: 3) { edges { node { id kind name amounts { name yen } person { atenaNumber }
    delivery { id senderCode } } } }
} } } }
"""
DOCUMENT = """
query($id: Int!) { document(documentId: $id) { name original items { number label value } } }
"""
LEDGER = """
query($year: FiscalYear!, $only: Boolean!) { ledger(taxYear: $year, onlyUnexplained: $only) {
  balances unexplained lines { edges { node { senderCode announced attached waiting unexplained } } } } }
"""
ITEMS = """
query($year: FiscalYear!) { workItems(taxYear: $year) { edges { node {
  id version code state owner isBlocking action
  document { name candidates { score reasons person { name } } } } } } }
"""
ASSIGN = """
mutation($id: Int!, $version: Int!, $owner: String!) {
  assignWorkItem(itemId: $id, expectedVersion: $version, owner: $owner) { owner version } }
"""
PROPOSE = """
mutation($input: ProposeResolutionInput!) { proposeResolution(input: $input) { state version proposedBy } }
"""
EXPLAIN_GAP = """
mutation($y: FiscalYear!) {
  explainGap(taxYear: $y, senderCode: "0001", reason: "休業") { id code difference } }
"""
CONFIRM = """
mutation($id: Int!, $version: Int!) {
  confirmResolution(itemId: $id, expectedVersion: $version) {
    state whatFollows document { person { atenaNumber } } } }
"""

CORRECT = """
mutation($input: ProposeCorrectionInput!) { proposeCorrection(input: $input) { id version code
  keyings { keyedBy items { name before after isChanged mustRetype } findings { code } } } }
"""
CONFIRM_KEYING = """
mutation($id: Int!, $version: Int!, $numbers: [KeyedValueInput!]!) {
  confirmKeying(itemId: $id, expectedVersion: $version, numbers: $numbers) { state keyings { madeId } } }
"""
REVISIONS = """
query($id: Int!) { document(documentId: $id) { supersededBy original
  revisions { id action amounts { name yen } } keyings { madeId } } }
"""


async def data(desk: House, query: str, role: str = "tax_clerk", **variables: Any) -> Any:
    answer = (await desk.ask(query, role, **variables)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def code_of(desk: House, query: str, role: str, **variables: Any) -> str:
    answer = (await desk.ask(query, role, **variables)).json()
    code: str = answer["errors"][0]["extensions"]["code"]
    return code


async def test_a_delivery_shows_its_files_and_documents(city: Any, desk: House) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(payment=4_800_000))

    [edge] = (await data(desk, DELIVERIES, year=YEAR))["deliveries"]["edges"]

    node = edge["node"]
    assert (node["state"], node["senderCode"], node["heldFor"]) == ("ATTACHED", "0001", "")
    assert [(file["announcedRecords"], file["acceptedRecords"]) for file in node["files"]] == [(1, 1)]
    [shown] = [edge["node"] for edge in node["documents"]["edges"]]
    assert (shown["name"], shown["person"]) == (TARO.name, {"atenaNumber": f"{1:015d}"})
    assert {"name": "salary", "yen": 4_800_000} in shown["amounts"]
    assert shown["delivery"] == {"id": node["id"], "senderCode": "0001"}


async def test_a_held_delivery_shows_what_is_wrong_and_no_document(city: Any, desk: House) -> None:
    files = {"315.csv": salary_file(TARO.report())[:-30]}
    await city.receive(manifest_of(files, {"315.csv": 1}), files)
    await city.work()

    [edge] = (await data(desk, DELIVERIES, year=YEAR))["deliveries"]["edges"]

    node = edge["node"]
    assert (node["state"], node["heldFor"], node["acceptedAt"]) == ("HELD", "UNREADABLE", None)
    assert {"code": "COLUMN_COUNT", "line": 1} in [
        each["node"] for each in node["files"][0]["findings"]["edges"]
    ]
    assert node["documents"]["edges"] == []


async def test_the_original_stands_beside_the_reading_without_the_number(
    city: Any, desk: House, owner_database: Database
) -> None:
    await city.deliver(HANAKO.report(), TARO.report())
    [_, row] = await city.rows("SELECT id FROM shiryo.document ORDER BY id")

    shown = (await data(desk, DOCUMENT, id=row.id))["document"]

    values = {item["label"]: item["value"] for item in shown["items"]}
    assert shown["original"].startswith("315,,,岡山県岡山市北区大供１－１－１,")
    assert TARO.name in shown["original"]
    assert "花子" not in shown["original"]
    assert values["支払を受ける者_氏名"] == TARO.name
    assert values["支払を受ける者の個人番号"] == "************"
    assert TARO.number not in str(shown)
    lines = await desk.audit(owner_database)
    assert [line.object_ids for line in lines if line.object_type == "shiryo.document"] == [[str(row.id)]]


async def test_the_ledger_is_shown_by_page(city: Any, desk: House) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    await city.deliver(HANAKO.report(), code="0002")

    whole = (await data(desk, LEDGER, year=YEAR, only=False))["ledger"]
    short = (await data(desk, LEDGER, year=YEAR, only=True))["ledger"]

    assert (whole["balances"], whole["unexplained"]) == (False, 1)
    assert [edge["node"]["senderCode"] for edge in whole["lines"]["edges"]] == ["0001", "0002"]
    assert [edge["node"] for edge in short["lines"]["edges"]] == [
        {"senderCode": "0002", "announced": 1, "attached": 0, "waiting": 1, "unexplained": 1}
    ]


async def test_an_item_is_taken_proposed_by_one_and_confirmed_by_another(city: Any, desk: House) -> None:
    namesakes = [Someone(3, lot="１番地"), Someone(4, lot="２番地")]
    await city.settle(*namesakes)
    await city.deliver(TARO.report())
    [edge] = (await data(desk, ITEMS, year=YEAR))["workItems"]["edges"]
    item = edge["node"]
    number = item["id"]

    taken = (await data(desk, ASSIGN, id=number, version=1, owner="100001"))["assignWorkItem"]
    given = {
        "id": number,
        "expectedVersion": 2,
        "resolution": "ATTACH",
        "reason": "本人に電話で確認",
        "atenaNumber": f"{3:015d}",
    }
    proposed = (await data(desk, PROPOSE, input=given))["proposeResolution"]
    own = await code_of(desk, CONFIRM, "tax_clerk", id=number, version=3)
    stale = await code_of(desk, CONFIRM, "tax_chief", id=number, version=2)
    closed = (await data(desk, CONFIRM, "tax_chief", id=number, version=3))["confirmResolution"]

    assert (item["code"], item["isBlocking"], len(item["document"]["candidates"])) == ("NAMESAKE", True, 2)
    assert taken == {"owner": "100001", "version": 2}
    assert proposed["state"] == "PROPOSED"
    assert (own, stale) == ("SELF_APPROVAL", "CONFLICT")
    follows = closed.pop("whatFollows")
    assert ("資料を個人に名寄せしました。" in follows, "year merge" in follows) == (True, True)
    assert closed == {"state": "CLOSED", "document": {"person": {"atenaNumber": f"{3:015d}"}}}
    assert (await data(desk, LEDGER, year=YEAR, only=False))["ledger"]["balances"] is True


async def test_a_missing_sender_is_entered_and_explained(city: Any, desk: House) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report())
    entered = await data(
        desk,
        'mutation($y: FiscalYear!) { expectSender(taxYear: $y, senderCode: "0001", documents: 2) }',
        y=YEAR + 1,
    )

    explained = await data(
        desk,
        EXPLAIN_GAP,
        y=YEAR + 1,
    )
    item = explained["explainGap"]
    await data(desk, CONFIRM, "tax_chief", id=item["id"], version=1)

    assert entered == {"expectSender": True}
    assert (item["code"], item["difference"]) == ("SENDER_MISSING", 2)
    assert (await data(desk, LEDGER, year=YEAR + 1, only=False))["ledger"]["balances"] is True


async def test_a_correction_is_shown_beside_the_reading_and_confirmed_by_another(
    city: Any, desk: House
) -> None:
    await city.settle(TARO)
    await city.deliver(TARO.report(payment=4_800_000, my_number=""))
    [row] = await city.rows("SELECT id FROM shiryo.document")
    values = [{"name": "payment", "value": "4900000"}, {"name": "my_number", "value": "0" + TARO.number}]
    given = {"documentId": row.id, "reason": "原本は490万円", "values": values}

    item = (await data(desk, CORRECT, input=given))["proposeCorrection"]
    confirm = {"id": item["id"], "version": item["version"]}
    number = [{"name": "my_number", "value": TARO.number}]
    own = await code_of(desk, CONFIRM_KEYING, "tax_clerk", **confirm, numbers=number)
    blind = await code_of(desk, CONFIRM_KEYING, "tax_chief", **confirm, numbers=[])
    done = (await data(desk, CONFIRM_KEYING, "tax_chief", **confirm, numbers=number))["confirmKeying"]
    shown = (await data(desk, REVISIONS, id=row.id))["document"]

    changed = [each for each in item["keyings"][0]["items"] if each["isChanged"]]
    assert changed == [
        {"name": "payment", "before": "4800000", "after": "4900000", "isChanged": True, "mustRetype": False},
        {"name": "my_number", "before": "", "after": "************", "isChanged": True, "mustRetype": True},
    ]
    assert (own, blind, done["state"]) == ("SELF_APPROVAL", "KEYING_DIFFERS", "CLOSED")
    assert ",4800000," in shown["original"]
    assert [each["action"] for each in shown["revisions"]] == ["new", "correct"]
    assert shown["supersededBy"] == shown["keyings"][0]["madeId"] == shown["revisions"][1]["id"]
    assert {"name": "salary", "yen": 4_900_000} in shown["revisions"][1]["amounts"]


async def test_faults_of_keyed_values_are_told_by_item(city: Any, desk: House) -> None:
    await city.deliver(TARO.report())
    [row] = await city.rows("SELECT id FROM shiryo.document")
    values = [{"name": "payment", "value": "12e4"}, {"name": "birth_month", "value": "13"}]

    answer = (
        await desk.ask(CORRECT, "tax_clerk", input={"documentId": row.id, "reason": "r", "values": values})
    ).json()

    told = answer["errors"][0]["extensions"]
    assert (told["code"], [each["name"] for each in told["findings"]]) == (
        "KEYING_INVALID",
        ["payment", "birth_era"],
    )
    assert "12e4" not in str(answer)


async def test_documents_of_a_person_who_is_not_known_are_refused(city: Any, desk: House) -> None:
    await city.settle(TARO)
    ask = "query($number: String!) { documentsOfPerson(atenaNumber: $number, taxYear: 2025) { id } }"

    found = await data(desk, ask, number=f"{1:015d}")
    refused = await code_of(desk, ask, "tax_clerk", number="9")

    assert (found["documentsOfPerson"], refused) == ([], "NOT_FOUND")


@pytest.mark.parametrize("year", [2147483647, 0, -1])
@pytest.mark.parametrize(
    "field",
    [
        "deliveries(taxYear: $year) { edges { cursor } }",
        "ledger(taxYear: $year) { unexplained }",
        "workItems(taxYear: $year) { edges { cursor } }",
        'documentsOfPerson(atenaNumber: "1", taxYear: $year) { id }',
    ],
)
async def test_a_year_that_cannot_be_is_refused(desk: House, field: str, year: int) -> None:
    query = f"query($year: FiscalYear!) {{ {field} }}"

    answer = (await desk.ask(query, "tax_clerk", year=year)).json()

    assert answer["errors"][0]["extensions"]["rule"] == "fiscal-year"


@pytest.mark.parametrize("role", ["other_office", "administrator", "auditor"])
@pytest.mark.parametrize(
    "query",
    [
        "{ deliveries { edges { node { id } } } }",
        "{ delivery(deliveryId: 1) { id } }",
        "{ document(documentId: 1) { id } }",
        '{ documentsOfPerson(atenaNumber: "1", taxYear: 2025) { id } }',
        "{ ledger(taxYear: 2025) { lines { edges { node { senderCode } } } } }",
        "{ workItems { edges { node { id } } } }",
        "{ workItem(itemId: 1) { id keyings { id } } }",
        'mutation { proposeCorrection(input: {documentId: 1, reason: "r", values: []}) { id } }',
        "mutation { confirmKeying(itemId: 1, expectedVersion: 1) { id } }",
        'mutation { assignWorkItem(itemId: 1, expectedVersion: 1, owner: "") { id } }',
    ],
)
async def test_other_roles_see_nothing(desk: House, role: str, query: str) -> None:
    assert await code_of(desk, query, role) == "FORBIDDEN"
