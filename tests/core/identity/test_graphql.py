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
CREATE = """mutation ($number: String!) {
  createStaff(number: $number, name: "新人 一郎", department: "0101", validFrom: "2026-04-01") {
    staffNumber enrolmentCode
  }
}"""
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


async def test_a_new_person_goes_the_whole_way(administrator: str, front: Front, person: Person) -> None:
    created = await front.ask(CREATE, administrator, number="000777")
    code = created["data"]["createStaff"]["enrolmentCode"]

    enrolled = await front.ask(
        "mutation ($code: String!, $password: String!) {"
        ' enrol(staffNumber: "000777", enrolmentCode: $code, password: $password) }',
        code=code,
        password=PASSWORD,
    )
    granted = await front.ask(
        f'mutation {{ grantRole(number: "000777", role: "auditor", validTo: "2099-04-01") {{ {STAFF} }} }}',
        administrator,
    )

    assert enrolled["data"]["enrol"].startswith("otpauth://totp/juminzei:000777?")
    today = person.identity.clock.today().isoformat()
    assert granted["data"]["grantRole"] == {
        "number": "000777",
        "name": "新人 一郎",
        "validTo": None,
        "disabledAt": None,
        "department": {"code": "0101", "name": "課税管理課"},
        "roles": [{"role": "auditor", "validFrom": today, "validTo": "2099-04-01"}],
    }


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
        ('mutation { grantRole(number: "900003", role: "auditor") { number } }', "SELF_ADMINISTRATION"),
        (
            'mutation { revokeRole(number: "900003", role: "auditor") { number } }',
            "SELF_ADMINISTRATION",
        ),
        ('mutation { disableStaff(number: "900003") { number } }', "SELF_ADMINISTRATION"),
        ('mutation { grantRole(number: "999999", role: "auditor") { number } }', "NOT_FOUND"),
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
        'mutation { grantRole(number: "1", role: "auditor") { number } }',
        'mutation { revokeRole(number: "1", role: "auditor") { number } }',
        'mutation { renewEnrolment(number: "1") { enrolmentCode } }',
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


async def test_a_lost_telephone_is_replaced(administrator: str, person: Person, front: Front) -> None:
    renewed = await front.ask(
        'mutation { renewEnrolment(number: "001234") { staffNumber enrolmentCode } }', administrator
    )
    code = renewed["data"]["renewEnrolment"]["enrolmentCode"]
    person.identity.clock.move(timedelta(seconds=30))

    enrolled = await front.ask(
        "mutation ($code: String!, $password: String!) {"
        ' enrol(staffNumber: "001234", enrolmentCode: $code, password: $password) }',
        code=code,
        password=OTHER_PASSWORDS[0],
    )

    assert enrolled["data"]["enrol"].startswith("otpauth://")


async def test_no_key_is_needed_to_sign_in(front: Front) -> None:
    answer = await front.http.post(
        "/graphql",
        json={"query": 'mutation { signIn(staffNumber: "1", password: "x", code: "1") { endsAt } }'},
    )

    assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID_CREDENTIALS"
