"""Inquiries over GraphQL: from the list of relatives to a confirmed reply, and who may do what."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.clock import Clock
from core.graphql.masking import MASKED_TEXT
from core.identity import demo
from core.identity.opening import open_identity
from core.storage.address import ServerAddress
from schema.testing import House, open_house
from tests.plugins.shikakeisan.base.conftest import KURASHIKI
from tests.plugins.shikakeisan.inquiry.conftest import (
    FATHER,
    GRANDMOTHER,
    LIMIT,
    UNCLE,
    Asking,
    protect,
)

CHIEF, AUDITOR = "tax_chief", "auditor"
CHECKS = """query($why: String, $first: Int, $after: String) {
  dependantChecks(taxYear: 2026, reason: $why, first: $first, after: $after) {
    edges { node { reason { code label law } relative { atenaNumber } claimants { atenaNumber } documents
      inquiries { number state isOverdue municipalityCode } } } pageInfo { hasNextPage endCursor } } }"""
COUNTS = "{ dependantCheckCounts(taxYear: 2026) { reason { code } people } }"
MAKE = """mutation($input: MakeInquiriesInput!) { makeInquiries(input: $input) {
  inquiries { id number version state dueOn municipalityCode municipalityName lines { line person { name } } }
  leftOut { rule people } } }"""
SEND = """mutation($id: Int!) { sendInquiry(inquiryId: $id, expectedVersion: 1) { version state sentBy } }"""
CANCEL = "mutation($id: Int!) { cancelInquiry(inquiryId: $id, expectedVersion: 1) { state } }"
ENTER = """mutation($input: EnterInquiryReplyInput!) { enterInquiryReply(input: $input) {
  id version kind income state enteredBy } }"""
CONFIRM = """mutation($id: Int!) { confirmInquiryReply(replyId: $id, expectedVersion: 1) {
  state result resultLabel decisions proposals } }"""
REJECT = "mutation($id: Int!) { rejectInquiryReply(replyId: $id, expectedVersion: 1) { state } }"
INQUIRY = """query($id: Int!) { inquiry(inquiryId: $id) {
  state lines { replies { state income } } } }"""
PLACE = "query($id: Int!) { inquiry(inquiryId: $id) { municipalityCode municipalityName } }"
LIST = """query($overdue: Boolean!) { inquiries(taxYear: 2026, overdue: $overdue) {
  edges { node { id isOverdue } } } }"""
ABOUT = "query($number: String!) { inquiriesAboutPerson(atenaNumber: $number) { number state } }"


@pytest.fixture
async def office(
    asking: Asking, tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """The house above the family; a clerk, a chief and an auditor."""
    more = [
        (f"10020{place}", "試験　職員", demo.PEOPLE[0][2], role) for place, role in ((1, CHIEF), (2, AUDITOR))
    ]
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, *more))
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
    return str(answer["errors"][0]["extensions"]["code"])


async def sent(office: House) -> int:
    made = await data(office, MAKE, input={"taxYear": 2026, "atenaNumbers": [GRANDMOTHER]})
    [inquiry] = made["inquiries"]
    await data(office, SEND, id=inquiry["id"])
    return int(inquiry["id"])


def reply(office: House, inquiry_id: int, income: int | None) -> dict[str, Any]:
    clock: Clock = office.runtime.clock
    kind = "NO_RECORD" if income is None else "INCOME"
    said = {"kind": kind, "income": income, "repliedOn": clock.today().isoformat()}
    return {"inquiryId": inquiry_id, "atenaNumber": GRANDMOTHER, **said}


async def test_relatives_are_listed_with_claimants_law_and_inquiries(office: House) -> None:
    await sent(office)

    page = await data(office, CHECKS, why="ELSEWHERE", first=1)

    [node] = [edge["node"] for edge in page["edges"]]
    assert (node["relative"]["atenaNumber"], node["claimants"]) == (GRANDMOTHER, [{"atenaNumber": FATHER}])
    assert (node["reason"]["law"], len(node["documents"])) == ("地方税法20条の11", 1)
    assert node["inquiries"] == [
        {"number": "2026-00001", "state": "SENT", "isOverdue": False, "municipalityCode": KURASHIKI}
    ]
    more = await data(office, CHECKS, why="ELSEWHERE", after=page["pageInfo"]["endCursor"])
    assert [edge["node"]["relative"]["atenaNumber"] for edge in more["edges"]] == [UNCLE]
    counts = {one["reason"]["code"]: one["people"] for one in await data(office, COUNTS)}
    assert counts["ELSEWHERE"] == 2


async def test_an_inquiry_is_made_sent_answered_and_confirmed_by_two_people(office: House) -> None:
    inquiry_id = await sent(office)
    entered = await data(office, ENTER, input=reply(office, inquiry_id, LIMIT + 1))
    own = await code_of(office, CONFIRM, id=entered["id"])
    confirmed = await data(office, CONFIRM, CHIEF, id=entered["id"])

    assert (entered["state"], own) == ("ENTERED", "FORBIDDEN")
    assert (confirmed["state"], confirmed["result"]) == ("CONFIRMED", "denial_proposed")
    assert (len(confirmed["decisions"]), confirmed["proposals"]) == (1, [])
    found = await data(office, INQUIRY, id=inquiry_id)
    assert found == {
        "state": "ANSWERED",
        "lines": [{"replies": [{"state": "CONFIRMED", "income": LIMIT + 1}]}],
    }


async def test_a_reply_is_sent_back(office: House) -> None:
    inquiry_id = await sent(office)
    entered = await data(office, ENTER, CHIEF, input=reply(office, inquiry_id, None))

    assert await code_of(office, CONFIRM, CHIEF, id=entered["id"]) == "SELF_APPROVAL"
    assert await data(office, REJECT, id=entered["id"]) == {"state": "REJECTED"}


async def test_drafts_are_cancelled_and_stay_in_the_history(office: House) -> None:
    made = await data(office, MAKE, input={"taxYear": 2026})
    first = made["inquiries"][0]

    assert await data(office, CANCEL, id=first["id"]) == {"state": "CANCELLED"}
    assert await data(office, ABOUT, number=GRANDMOTHER) == [{"number": "2026-00001", "state": "CANCELLED"}]
    assert [line["person"]["name"] for line in first["lines"]] == ["朝霧　ツル"]
    assert len((await data(office, LIST, overdue=False))["edges"]) == 2
    assert (await data(office, LIST, overdue=True))["edges"] == []


async def test_where_the_protected_live_is_hidden_in_inquiries_of_before(
    asking: Asking, office: House
) -> None:
    inquiry_id = await sent(office)
    await protect(asking, GRANDMOTHER)

    found = await data(office, PLACE, id=inquiry_id)

    assert found == {"municipalityCode": MASKED_TEXT, "municipalityName": MASKED_TEXT}


@pytest.mark.parametrize("role", [AUDITOR, "other_office"])
async def test_others_see_nothing(office: House, role: str) -> None:
    assert await code_of(office, CHECKS, role) == "FORBIDDEN"
    assert await code_of(office, MAKE, role, input={"taxYear": 2026}) == "FORBIDDEN"
