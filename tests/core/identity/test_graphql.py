"""Identity through the front door: each root field, and who may use it."""

import asyncio
from datetime import timedelta

import pytest

from core.identity.authenticator import Authenticator
from core.identity.memory import SECONDS
from tests.core.identity.conftest import (
    OTHER_PASSWORDS,
    PASSWORD,
    Front,
    MakePerson,
    Person,
    bearer,
    session_of,
)

NO_SESSION = 'mutation { revokeSession(id: "01935f3e-0000-7000-8000-000000000000") }'
CHANGE = "id kind state staffNumber name departmentCode roles validTo proposedBy decidedBy"
CREATE = f"""mutation ($number: String!) {{
  proposeStaff(number: $number, name: "新人 一郎", department: "0101", validFrom: "2026-04-01",
    roles: ["auditor"]) {{ codePart change {{ {CHANGE} }} }}
}}"""
APPROVE = f"mutation ($id: Int!) {{ approveAccountChange(id: $id) {{ codePart change {{ {CHANGE} }} }} }}"
ENROL = """mutation ($number: String!, $code: String!, $password: String!) {
  enrol(staffNumber: $number, enrolmentCode: $code, password: $password) }"""
STAFF = "number name validTo disabledAt department { code name } roles { role validFrom validTo }"


@pytest.fixture
async def administrator(make_person: MakePerson) -> str:
    """The access token of an administrator."""
    person = await make_person("900003", "administrator")
    return (await person.sign_in()).access_token


async def test_me_says_who_i_am_and_what_i_may(person: Person, front: Front) -> None:
    token = (await person.sign_in()).access_token

    answer = await front.ask("{ me { number name department { code name } roles permissions } }", token)

    assert answer["data"]["me"] == {
        "number": "001234",
        "name": "試験 太郎",
        "department": {"code": "0101", "name": "課税管理課"},
        "roles": ["staff", "tax_clerk"],
        "permissions": [
            "core.credentials:change",
            "core.department:read",
            "core.me:read",
            "core.session:sign_out",
            "sample.thing:read",
        ],
    }


@pytest.fixture
async def deputy(make_person: MakePerson) -> str:
    """The access token of a second administrator."""
    person = await make_person("900004", "administrator")
    return (await person.sign_in()).access_token


async def test_a_new_person_goes_the_whole_way(administrator: str, deputy: str, front: Front) -> None:
    proposed = (await front.ask(CREATE, administrator, number="000777"))["data"]["proposeStaff"]
    waiting = await front.ask(f"{{ accountChanges {{ edges {{ node {{ {CHANGE} }} }} }} }}", deputy)
    approved = (await front.ask(APPROVE, deputy, id=proposed["change"]["id"]))["data"]["approveAccountChange"]

    code = f"{proposed['codePart']}-{approved['codePart']}"
    enrolled = await front.ask(ENROL, number="000777", code=code, password=PASSWORD)
    member = await front.ask(f'{{ staffMember(number: "000777") {{ {STAFF} }} }}', administrator)

    assert [edge["node"] for edge in waiting["data"]["accountChanges"]["edges"]] == [proposed["change"]]
    assert proposed["change"] == {
        "id": proposed["change"]["id"],
        "kind": "STAFF",
        "state": "PROPOSED",
        "staffNumber": "000777",
        "name": "新人 一郎",
        "departmentCode": "0101",
        "roles": ["auditor"],
        "validTo": None,
        "proposedBy": "900003",
        "decidedBy": None,
    }
    assert approved["change"] == {**proposed["change"], "state": "APPROVED", "decidedBy": "900004"}
    assert enrolled["data"]["enrol"].startswith("otpauth://totp/juminzei:000777?")
    assert member["data"]["staffMember"] == {
        "number": "000777",
        "name": "新人 一郎",
        "validTo": None,
        "disabledAt": None,
        "department": {"code": "0101", "name": "課税管理課"},
        "roles": [{"role": "auditor", "validFrom": "2026-04-01", "validTo": None}],
    }


@pytest.mark.parametrize("half", ["codePart of the proposer", "codePart of the approver"])
async def test_no_administrator_can_enrol_for_somebody_alone(
    half: str, administrator: str, deputy: str, front: Front
) -> None:
    proposed = (await front.ask(CREATE, administrator, number="000777"))["data"]["proposeStaff"]
    approved = (await front.ask(APPROVE, deputy, id=proposed["change"]["id"]))["data"]["approveAccountChange"]
    known = (proposed if half.endswith("proposer") else approved)["codePart"]

    refusals = [
        await front.code_of(ENROL, number="000777", code=code, password=PASSWORD)
        for code in (known, known + known)
    ]

    assert refusals == ["INVALID_CREDENTIALS", "INVALID_CREDENTIALS"]


async def test_a_proposal_is_taken_back(administrator: str, deputy: str, front: Front) -> None:
    proposed = (await front.ask(CREATE, administrator, number="000777"))["data"]["proposeStaff"]
    reject = "mutation ($id: Int!) { rejectAccountChange(id: $id) { state decidedBy } }"

    answer = await front.ask(reject, administrator, id=proposed["change"]["id"])

    assert answer["data"]["rejectAccountChange"] == {"state": "WITHDRAWN", "decidedBy": "900003"}
    assert await front.code_of(APPROVE, deputy, id=proposed["change"]["id"]) == "ACCOUNT_CHANGE_STATE"
    assert await front.code_of('{ staffMember(number: "000777") { number } }', administrator) == "NOT_FOUND"


async def test_proposals_are_listed_in_pages_with_what_was_decided(
    administrator: str, deputy: str, front: Front
) -> None:
    for number in ("000771", "000772"):
        proposed = (await front.ask(CREATE, administrator, number=number))["data"]["proposeStaff"]
    await front.ask(APPROVE, deputy, id=proposed["change"]["id"])
    query = (
        "query ($all: Boolean!, $after: String) { accountChanges(onlyWaiting: $all, first: 1, after: $after)"
    )
    query += " { edges { node { staffNumber state } } pageInfo { hasNextPage endCursor } } }"

    first = (await front.ask(query, deputy, all=False))["data"]["accountChanges"]
    second = (await front.ask(query, deputy, all=False, after=first["pageInfo"]["endCursor"]))["data"][
        "accountChanges"
    ]
    waiting = (await front.ask(query, deputy, all=True))["data"]["accountChanges"]

    assert [edge["node"] for edge in (*first["edges"], *second["edges"])] == [
        {"staffNumber": "000772", "state": "APPROVED"},
        {"staffNumber": "000771", "state": "PROPOSED"},
    ]
    assert [edge["node"]["staffNumber"] for edge in waiting["edges"]] == ["000771"]
    assert (first["pageInfo"]["hasNextPage"], waiting["pageInfo"]["hasNextPage"]) == (True, False)


async def test_signing_out_ends_the_session(person: Person, front: Front) -> None:
    token = (await person.sign_in()).access_token

    assert await front.ask("mutation { signOut }", token) == {"data": {"signOut": True}}

    await asyncio.sleep(SECONDS)
    assert await front.code_of("{ me { number } }", token) == "UNAUTHENTICATED"


async def test_refresh_gives_tokens_that_work(person: Person, front: Front) -> None:
    signed_in = await person.sign_in()
    query = "mutation ($token: String!) { refresh(refreshToken: $token) { accessToken endsAt } }"

    answer = await front.http.post(
        "/graphql", json={"query": query, "variables": {"token": signed_in.refresh_token}}
    )

    token = answer.json()["data"]["refresh"]["accessToken"]
    assert "data" in await front.ask("{ me { number } }", token)


async def test_staff_are_listed_in_pages(administrator: str, make_person: MakePerson, front: Front) -> None:
    await make_person("000111", "tax_chief")
    query = "query ($after: String) { staff(first: 1, after: $after) {"
    query += " edges { node { number roles { role } } } pageInfo { hasNextPage endCursor } } }"

    first = (await front.ask(query, administrator))["data"]["staff"]
    second = (await front.ask(query, administrator, after=first["pageInfo"]["endCursor"]))["data"]["staff"]

    assert [edge["node"] for edge in first["edges"] + second["edges"]] == [
        {"number": "000111", "roles": [{"role": "tax_chief"}]},
        {"number": "900003", "roles": [{"role": "administrator"}]},
    ]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


async def test_barring_a_person_shows_at_once(administrator: str, person: Person, front: Front) -> None:
    answer = await front.ask(f'mutation {{ disableStaff(number: "001234") {{ {STAFF} }} }}', administrator)

    assert answer["data"]["disableStaff"]["disabledAt"] is not None


async def test_an_administrator_sees_and_ends_sessions(
    administrator: str, person: Person, front: Front
) -> None:
    signed_in = await person.sign_in()
    listing = '{ staffSessions(number: "001234") { id } }'
    shown = (await front.ask(listing, administrator))["data"]["staffSessions"]

    ended = await front.ask(
        "mutation ($id: UUID!) { revokeSession(id: $id) }", administrator, id=shown[0]["id"]
    )

    assert [row["id"] for row in shown] == [str(session_of(signed_in))]
    assert ended == {"data": {"revokeSession": True}}
    assert (await front.ask(listing, administrator))["data"]["staffSessions"] == []


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ('mutation { proposeRole(number: "900003", role: "auditor") { id } }', "SELF_ADMINISTRATION"),
        ('mutation { proposeEnrolment(number: "900003") { codePart } }', "SELF_ADMINISTRATION"),
        (
            'mutation { revokeRole(number: "900003", role: "auditor") { number } }',
            "SELF_ADMINISTRATION",
        ),
        ('mutation { disableStaff(number: "900003") { number } }', "SELF_ADMINISTRATION"),
        ('mutation { proposeRole(number: "999999", role: "auditor") { id } }', "NOT_FOUND"),
        ("mutation { approveAccountChange(id: 9999999) { codePart } }", "NOT_FOUND"),
        ("mutation { rejectAccountChange(id: 9999999) { id } }", "NOT_FOUND"),
        ('{ staffMember(number: "999999") { number } }', "NOT_FOUND"),
        ('{ staffMember(number: "x y") { number } }', "NOT_FOUND"),
        ('{ staffSessions(number: "") { id } }', "NOT_FOUND"),
        ('{ staff(after: "bm90") { edges { cursor } } }', "VALIDATION"),
        (NO_SESSION, "NOT_FOUND"),
        ('mutation { revokeSession(id: "x") }', "GRAPHQL_VALIDATION"),
        ('mutation { changePassword(currentPassword: "x", newPassword: "y") }', "PASSWORD_WEAK"),
    ],
)
async def test_refusals_have_codes(operation: str, code: str, administrator: str, front: Front) -> None:
    assert await front.code_of(operation, administrator) == code


@pytest.mark.parametrize(
    "operation",
    [
        "{ staff { edges { cursor } } }",
        '{ staffMember(number: "1") { number } }',
        '{ staffSessions(number: "1") { id } }',
        'mutation { disableStaff(number: "1") { number } }',
        'mutation { proposeRole(number: "1", role: "auditor") { id } }',
        'mutation { revokeRole(number: "1", role: "auditor") { number } }',
        'mutation { proposeEnrolment(number: "1") { codePart } }',
        "mutation { approveAccountChange(id: 1) { codePart } }",
        "mutation { rejectAccountChange(id: 1) { id } }",
        "{ accountChanges { edges { cursor } } }",
        NO_SESSION,
        CREATE.replace("($number: String!)", "").replace("$number", '"1"'),
    ],
)
async def test_the_register_is_closed_to_clerks_and_to_nobody(
    operation: str, person: Person, front: Front
) -> None:
    token = (await person.sign_in()).access_token

    assert await front.code_of(operation, token) == "FORBIDDEN"
    assert await front.code_of(operation) == "UNAUTHENTICATED"


async def test_the_administrator_touches_no_data_of_the_city(administrator: str, person: Person) -> None:
    actor = await Authenticator(person.identity).authenticate(bearer(administrator))

    assert {permission.object.partition(".")[0] for permission in actor.grants} == {"core"}


async def test_secrets_typed_wrong_are_not_echoed(person: Person, front: Front) -> None:
    token = (await person.sign_in()).access_token
    query = "mutation ($p: String!) { changePassword(currentPassword: $p, newPassword: $p) }"
    answer = await front.http.post(
        "/graphql",
        json={"query": query, "variables": {"p": "typed-secret"}},
        headers=bearer(token),
    )

    assert "typed-secret" not in answer.text


async def test_a_lost_telephone_is_replaced(
    administrator: str, deputy: str, person: Person, front: Front
) -> None:
    token = (await person.sign_in()).access_token
    propose = 'mutation { proposeEnrolment(number: "001234") { codePart change { id } } }'
    proposed = (await front.ask(propose, administrator))["data"]["proposeEnrolment"]
    before = await front.ask("{ me { number } }", token)
    approved = (await front.ask(APPROVE, deputy, id=proposed["change"]["id"]))["data"]["approveAccountChange"]
    person.identity.clock.move(timedelta(seconds=30))

    enrolled = await front.ask(
        ENROL,
        number="001234",
        code=proposed["codePart"] + approved["codePart"],
        password=OTHER_PASSWORDS[0],
    )

    assert before["data"]["me"]["number"] == "001234"
    assert enrolled["data"]["enrol"].startswith("otpauth://")


async def test_no_key_is_needed_to_sign_in(front: Front) -> None:
    answer = await front.http.post(
        "/graphql",
        json={"query": 'mutation { signIn(staffNumber: "1", password: "x", code: "1") { endsAt } }'},
    )

    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID_CREDENTIALS"
