"""Seeded names and numbers must not turn up where they do not belong: logs, refusals, URLs, other tables."""

import base64
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from core.storage.address import DATABASE_URL, ServerAddress
from core.storage.database import Database
from plugins.atena.graphql import query
from schema.testing import House, environ_of
from tests.schema.server import Server, served

NAME, NUMBER, PASSWORD = "秘密山漏子", "123456789018", "kaNaria-no-Uta-77"
REGISTER = (
    "mutation($i: RegisterNonResidentInput!) { registerNonResident(input: $i) { atenaNumber version } }"
)
PROPOSE_NUMBER = "mutation($i: ProposeMyNumberInput!) { proposeMyNumber(input: $i) { id } }"
CONFIRM_NUMBER = (
    "mutation($id: Int!, $n: String!) { confirmMyNumber(proposalId: $id, myNumber: $n) { outcome } }"
)
FIND = "query($s: PersonSearchInput!) { searchPersons(search: $s) { edges { node { atenaNumber name } } } }"
SHOW = "query($n: String!) { person(atenaNumber: $n) { name myNumber } }"
SIGN_IN = (
    "mutation($n: String!, $p: String!) { signIn(staffNumber: $n, password: $p, code: $p) { accessToken } }"
)
TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname IN ('core', 'audit', 'atena') ORDER BY 1
"""
SPELLINGS = [
    spelt
    for canary in (NAME, NUMBER, PASSWORD)
    for spelt in (
        canary,
        quote(canary),
        json.dumps(canary).strip('"'),
        canary.encode().hex(),
        base64.b64encode(canary.encode()).decode(),
    )
]


@pytest.fixture
async def live(house: House, tmp_path: Path, address: ServerAddress) -> AsyncIterator[Server]:
    async with served(tmp_path, environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})) as live:
        yield live


def canaries_in(text: str) -> list[str]:
    return [spelt for spelt in SPELLINGS if spelt in text]


async def tables_with(owner: Database, canary: str) -> set[str]:
    """Search every column of every table, binary ones too."""
    found = set()
    async with owner.read() as session:
        for table in (await session.scalars(text(TABLES))).all():
            rows = await session.scalars(text(f"SELECT row_to_json(t)::text FROM {table} t"))  # noqa: S608
            content = "\n".join(rows.all())
            if canary in content or canary.encode().hex() in content:
                found.add(str(table))
    return found


async def refused_texts(live: Server, token: str) -> list[str]:
    """Send the canaries where they do not belong, in many ways, and return what came back."""
    bearer = {"authorization": f"Bearer {token}"}
    bodies: list[bytes] = [
        *(f'{{ person(atenaNumber: "{canary}") {{ {canary} }} }}'.encode() for canary in (NAME, NUMBER)),
        *(f"{{ {canary}".encode() for canary in (NAME, NUMBER, PASSWORD)),
        f'query($s: PersonSearchInput!, $a{NUMBER}: Int) {{ me {{ number }} }}'.encode(),
    ]  # fmt: skip
    answers = [
        await live.client.post(live.url, json={"query": body.decode()}, headers=bearer) for body in bodies
    ]
    for variables in (
        {"s": {"birthDate": NAME}},
        {"s": {"myNumber": NUMBER[:-1] + "7"}},
        {"s": {NAME: NUMBER}},
        {"s": NUMBER},
        {"s": int(NUMBER)},
        {"s": {"name": [NAME]}},
        {NUMBER: NAME},
    ):
        body = {"query": FIND, "variables": variables, "extensions": {"reason": "照会"}}
        answers.append(await live.client.post(live.url, json=body, headers=bearer))
    wrong = {"name": NAME, "birthDate": NUMBER, "sex": PASSWORD, "kana": NUMBER}
    answers.append(await live.ask(REGISTER, token, i=wrong))
    answers += [await live.ask(SIGN_IN, n=number, p=PASSWORD) for number in (NUMBER, NAME, "900001")]
    answers.append(await live.ask("{ me { number } }", token=NUMBER))
    path = live.url.replace("/graphql", f"/{quote(NAME)}?n={NUMBER}")
    answers.append(await live.client.get(path, headers={"x-reason": NUMBER}))
    form = {"client_id": NUMBER, "grant_type": quote(NAME), "client_assertion": PASSWORD}
    answers.append(await live.client.post(live.url.replace("/graphql", "/oauth/token"), data=form))
    answers.append(
        await live.client.post(live.url, content=f'{{"{NAME}": "{NUMBER}'.encode(), headers=bearer)
    )
    raw = await live.send(f"GET /{NUMBER} HTTP/1.1\r\nHost: {NUMBER}\r\n{PASSWORD}\r\n\r\n".encode())
    return [*(str(answer.headers) + answer.text for answer in answers), raw.decode()]


async def test_canaries_stay_where_they_belong(
    house: House, live: Server, tmp_path: Path, owner_database: Database
) -> None:
    token = house.people["tax_clerk"].token
    made = (await live.ask(REGISTER, token, i={"name": NAME})).json()["data"]["registerNonResident"]
    number = made["atenaNumber"]
    given = {"atenaNumber": number, "myNumber": NUMBER, "evidence": "SHOWN", "reason": "個人番号カード"}
    proposal = (await live.ask(PROPOSE_NUMBER, token, i=given)).json()["data"]["proposeMyNumber"]["id"]
    answer = await live.ask(CONFIRM_NUMBER, house.people["tax_chief"].token, id=proposal, n=NUMBER)
    assert answer.json() == {"data": {"confirmMyNumber": {"outcome": "CONFIRMED"}}}
    shown = await live.ask(SHOW, token, {"x-reason": quote("届出")}, n=number)
    assert shown.json()["data"]["person"] == {"name": NAME, "myNumber": NUMBER}

    leaks = [text for text in await refused_texts(live, token) if canaries_in(text)]

    assert leaks == []
    assert await tables_with(owner_database, NUMBER) == set()
    assert await tables_with(owner_database, PASSWORD) == set()
    assert await tables_with(owner_database, NAME) == {"atena.person_revision"}
    live.stop()
    assert canaries_in(live.log.read_text()) == []


async def test_a_crash_is_logged_with_its_place_and_id_but_without_its_text(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def crash(_session: object, atena_number: str, _moment: object) -> None:
        raise ValueError(f"no such person: {atena_number} {NAME}")

    monkeypatch.setattr(query, "find_person", crash)
    caplog.set_level(logging.DEBUG)

    answer = await house.ask(SHOW, "tax_clerk", reason="照会", n=NUMBER)

    error = answer.json()["errors"][0]
    assert (answer.json()["data"], error["extensions"]["code"]) == (None, "INTERNAL")
    lines = [record.getMessage() for record in caplog.records if record.name == "juminzei.graphql"]
    assert [line.split(" ", 2)[:2] for line in lines] == [
        [error["extensions"]["correlationId"], "builtins.ValueError"]
    ]
    assert canaries_in(answer.text + caplog.text) == []
