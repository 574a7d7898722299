"""Signing in, staying in and being shut out, over HTTP at a server of two processes; programs with scopes."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import httpx
import jwt
import pytest

from core.access.actor import SYSTEM
from core.clock import Clock
from core.identity import totp
from core.identity.clients import ClientRegister, NewClient
from core.identity.demo import DemoSignIn
from core.identity.events import Events
from core.identity.oauth import ASSERTION
from core.identity.opening import open_identity
from core.identity.settings import TOKEN_URL
from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from schema.testing import House, environ_of
from tests.schema.server import Server, served

ME = "{ me { number } }"
PERSON = "query($n: String!) { person(atenaNumber: $n) { atenaNumber name } }"
SIGN_IN = (
    "mutation($number: String!, $password: String!, $code: String!) { signIn(staffNumber: $number,"
    " password: $password, code: $code) { accessToken refreshToken } }"
)
REFRESH = "mutation($old: String!) { refresh(refreshToken: $old) { accessToken refreshToken } }"
PROBES = 8
"""Requests of one kind on fresh connections, so that both processes get some."""


@pytest.fixture
async def live(house: House, tmp_path: Path, address: ServerAddress) -> AsyncIterator[Server]:
    environ = environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url, "JUMINZEI_WORKERS": "2"})
    async with served(tmp_path, environ) as live:
        yield live


def code_for(person: DemoSignIn) -> str:
    (key,) = parse_qs(urlsplit(person.totp_uri).query)["secret"]
    secret = base64.b32decode(key + "=" * (-len(key) % 8))
    return totp.code_at(secret, totp.step_of(Clock().now()))


async def statuses(live: Server, query: str, token: str, **variables: Any) -> set[int]:
    """Ask on connections of their own, side by side."""
    async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0), timeout=30) as client:
        other = Server(live.process, live.url, live.log, client, {})
        answers = await asyncio.gather(*(other.ask(query, token, **variables) for _ in range(PROBES)))
    return {answer.status_code for answer in answers}


async def test_a_day_of_a_clerk_from_sign_in_to_sign_out(house: House, live: Server) -> None:
    clerk = house.people["tax_clerk"]
    given: dict[str, Any] = {
        "number": clerk.staff_number,
        "password": clerk.password,
        "code": code_for(clerk),
    }

    opened = (await live.ask(SIGN_IN, **given)).json()["data"]["signIn"]
    assert await statuses(live, PERSON, opened["accessToken"], n=house.samples["person"]) == {200}
    again = (await live.ask(SIGN_IN, **given)).json()
    assert again["errors"][0]["extensions"]["code"] == "INVALID_CREDENTIALS", "a code works once"

    renewed = (await live.ask(REFRESH, old=opened["refreshToken"])).json()["data"]["refresh"]
    assert await statuses(live, ME, renewed["accessToken"]) == {200}
    stolen = await live.ask(REFRESH, old=opened["refreshToken"])
    assert stolen.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await asyncio.sleep(1)
    assert await statuses(live, ME, renewed["accessToken"]) == {401}, "reuse ends the whole session"

    assert await statuses(live, ME, clerk.token) == {200}
    assert (await live.ask("mutation { signOut }", clerk.token)).json() == {"data": {"signOut": True}}
    await asyncio.sleep(1)
    assert await statuses(live, ME, clerk.token) == {401}


async def test_a_role_taken_away_or_a_person_barred_is_refused_everywhere_within_a_second(
    house: House, live: Server
) -> None:
    clerk, admin = house.people["tax_clerk"], house.people["administrator"]
    number = house.samples["person"]
    assert await statuses(live, PERSON, clerk.token, n=number) == {200}

    revoke = 'mutation($n: String!) { revokeRole(number: $n, role: "tax_clerk") { number } }'
    answer = await live.ask(revoke, admin.token, n=clerk.staff_number)
    assert "errors" not in answer.json()
    await asyncio.sleep(1)
    assert await statuses(live, PERSON, clerk.token, n=number) == {403}
    assert await statuses(live, ME, clerk.token) == {200}

    disable = "mutation($n: String!) { disableStaff(number: $n) { number } }"
    assert "errors" not in (await live.ask(disable, admin.token, n=clerk.staff_number)).json()
    await asyncio.sleep(1)
    assert await statuses(live, ME, clerk.token) == {401}


async def register_program(house: House, scope: str) -> str:
    identity = open_identity(house.runtime, house.database)
    async with house.database.transaction() as session:
        events = Events(identity.record, identity.clock, "test", str(uuid4()))
        new = NewClient("jumin-003", scope[:3], "住民記録", (scope,), identity.clock.today())
        return await ClientRegister(identity, session, SYSTEM, events).create(new)


async def token_for(live: Server, secret: str, scope: str) -> dict[str, Any]:
    now = int(time.time())
    claims = {"iss": "jumin-003", "sub": "jumin-003", "aud": TOKEN_URL.default, "iat": now, "exp": now + 60}
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": ASSERTION,
        "client_assertion": jwt.encode({**claims, "jti": str(uuid4())}, secret, "HS256"),
    }
    answer = await live.client.post(live.url.replace("/graphql", "/oauth/token"), data=form)
    content: dict[str, Any] = answer.json()
    return content


async def test_a_program_reads_a_person_within_its_scope_and_nothing_else(
    house: House, live: Server, owner_database: Database
) -> None:
    scope = "003:person:read"
    secret = await register_program(house, scope)
    token = (await token_for(live, secret, scope))["access_token"]
    number = house.samples["person"]

    answer = await live.ask(PERSON, token, n=number)
    assert answer.json()["data"]["person"]["atenaNumber"] == number
    (row,) = [each for each in await house.audit(owner_database) if each.object_ids == [number]]
    assert (row.actor_kind, row.staff_number, row.fields) == ("client", "jumin-003", ["atenaNumber", "name"])

    for query in (
        f'{{ person(atenaNumber: "{number}") {{ myNumber }} }}',
        '{ searchPersons(search: {myNumber: "123456789018"}) { edges { node { name } } } }',
        '{ searchEmployers(search: {name: "株"}) { edges { node { name } } } }',
        'mutation { registerNonResident(input: {name: "試験"}) { atenaNumber } }',
        "{ me { number } }",
        "{ jobs { edges { node { id } } } }",
    ):
        answer = await live.ask(query, token)
        assert (answer.status_code, answer.json().get("data")) == (403, None), query
    other = await token_for(live, secret, "003:employer:read")
    assert other["error"] == "invalid_scope"
