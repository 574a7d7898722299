"""Whatever comes in: an answer with a body, never 5xx, never the submitted text."""

import json
import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CANARY = "Zq7CanaryZq7"
SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
ALL_VARIABLES = """
    query($i: Int, $y: Yen, $f: Filter, $s: String) {
        amount(yen: $y)
        search(filter: $f, number: $s) { id }
        people(first: $i, after: $s) { edges { cursor } }
    }
"""

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.just(CANARY)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
words = st.sampled_from(
    [
        *("{", "}", "(", ")", "[", "]", ":", "!", "=", "|", "&", "@", "$", "...", "#", "\n", '"""', '"x"'),
        *("query", "mutation", "subscription", "fragment F on Person", "on", "...F", "$v: Int", CANARY),
        *(
            "person",
            "people",
            "edges",
            "node",
            "id",
            "amount",
            "note",
            "yen",
            "friend",
            "first: 5",
            "-1",
            "1.5",
        ),
    ]
)
documents = st.lists(words, max_size=30).map(" ".join) | st.text(string.printable, max_size=60)
headers = st.dictionaries(
    st.sampled_from(["content-type", "content-length", "accept", "x-reason", "idempotency-key"]),
    st.binary(max_size=30),
)


async def ask(house: Any, **request: Any) -> int:
    given_headers = request.pop("headers", {})
    known = {"content-type": "application/json", "authorization": "clerk"}
    answer = await house.send(headers={**known, **given_headers}, **request)
    content = answer.json()
    assert answer.status_code < 500
    assert content.keys() <= {"data", "errors"}
    assert content.get("errors", [None])
    assert CANARY not in answer.text
    status: int = answer.status_code
    return status


@SETTINGS
@given(body=st.binary(max_size=200))
async def test_any_bytes(house: Any, body: bytes) -> None:
    assert await ask(house, content=body) == 400


@SETTINGS
@given(body=values)
async def test_any_json(house: Any, body: Any) -> None:
    assert await ask(house, content=_json(body)) == 400


@SETTINGS
@given(text=documents)
async def test_any_document(house: Any, text: str) -> None:
    await ask(house, content=_json({"query": text}))


@SETTINGS
@given(variables=st.dictionaries(st.sampled_from(["i", "y", "f", "s", "x"]), values, max_size=5))
async def test_any_variables(house: Any, variables: Any) -> None:
    await ask(house, content=_json({"query": ALL_VARIABLES, "variables": variables}))


@SETTINGS
@given(given_headers=headers)
async def test_any_headers(house: Any, given_headers: dict[str, bytes]) -> None:
    await ask(house, content=b'{"query":"{ amount }"}', headers=given_headers)


@pytest.mark.slow
@settings(SETTINGS, max_examples=20_000)
@given(text=documents, variables=values)
async def test_many_requests(house: Any, text: str, variables: Any) -> None:
    await ask(house, content=_json({"query": text, "variables": variables}))


def _json(value: object) -> bytes:
    return json.dumps(value).encode()
