"""The pre-parser: every malformed request is a 4xx with JSON, never a 500, never an echo."""

from typing import Any

import pytest

from core.graphql.errors import BadRequest
from core.graphql.request import MAX_DEPTH, parse_request

JSON = {"content-type": "application/json", "authorization": "clerk"}
GOOD = b'{"query":"{ amount }"}'


@pytest.fixture
def house(offline_house: Any) -> Any:
    """Whatever is malformed is refused before the database is asked."""
    return offline_house


def nested(depth: int, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    return b'{"query":"{a}","variables":{"v":' + opening * depth + closing * depth + b"}}"


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"", "json"),
        (b" ", "json"),
        (b"{", "json"),
        (b"null", "one-object"),
        (b"5", "one-object"),
        (b'"text"', "one-object"),
        (b"true", "one-object"),
        (b"[]", "one-object"),
        (b'[{"query":"{ amount }"}]', "one-object"),
        (b"\xff\xfe", "utf-8"),
        (b'{"query":"\xff"}', "utf-8"),
        (b'{"query":"\xed\xa0\x80"}', "utf-8"),
        (b'\xef\xbb\xbf{"query":"{ amount }"}', "json"),
        (b'{"query":"{ amount }"} extra', "json"),
        (b"{'query':'{ amount }'}", "json"),
        (b'{"query":"{ amount }",}', "json"),
        (b'{"query":"a\nb"}', "json"),
        (b'{"query":"a\0b"}', "json"),
        (b'{"query":"\\ud800"}', "text"),
        (b'{"query":"{a}","variables":{"v":"\\ud83d"}}', "text"),
        (b'{"query":"{a}","variables":{"v":"\\u0000"}}', "text"),
        (b'{"query":"{a}","variables":{"\\u0000":1}}', "text"),
        (b'{"query":"{a}","variables":{"v":[["\\udfff"]]}}', "text"),
        (b'{"query":"{a}","query":"{b}"}', "duplicate-key"),
        (b'{"query":"{a}","variables":{"a":1,"a":2}}', "duplicate-key"),
        (b'{"query":"{a}","variables":{"v":NaN}}', "number-range"),
        (b'{"query":"{a}","variables":{"v":Infinity}}', "number-range"),
        (b'{"query":"{a}","variables":{"v":-Infinity}}', "number-range"),
        (b'{"query":"{a}","variables":{"v":1e999}}', "number-range"),
        (b'{"query":"{a}","variables":{"v":0.' + b"1" * 50 + b"}}", "number-range"),
        (b'{"query":"{a}","variables":{"v":' + b"9" * 5000 + b"}}", "integer-range"),
        (b'{"query":"{a}","variables":{"v":9223372036854775808}}', "integer-range"),
        (b'{"query":"{a}","variables":{"v":-9223372036854775809}}', "integer-range"),
        (nested(MAX_DEPTH), "depth"),
        (nested(100_000), "depth"),
        (nested(100_000, b'{"a":', b"}"), "depth"),
        (b"[" * 100_000, "depth"),
        (b'{"a":' * 100_000, "depth"),
        (b"{}", "query-or-documentId"),
        (b'{"query":null}', "query-or-documentId"),
        (b'{"query":""}', "query-or-documentId"),
        (b'{"query":"{a}","documentId":"' + b"a" * 64 + b'"}', "query-or-documentId"),
        (b'{"query":5}', "key-type"),
        (b'{"query":["{a}"]}', "key-type"),
        (b'{"query":"{a}","variables":[]}', "key-type"),
        (b'{"query":"{a}","variables":"{}"}', "key-type"),
        (b'{"query":"{a}","operationName":5}', "key-type"),
        (b'{"query":"{a}","extensions":[]}', "key-type"),
        (b'{"query":"{a}","unknown":1}', "unknown-key"),
        (b'{"query":"{a}","operations":5,"map":[]}', "unknown-key"),
        (b'{"query":"{a}","extensions":{"persistedQuery":{}}}', "unknown-key"),
        (b'{"query":"{a}","extensions":{"reason":5}}', "reason"),
        (b'{"query":"{a}","extensions":{"reason":"a\\nb"}}', "reason"),
        (b'{"query":"{a}","extensions":{"reason":"' + b"x" * 201 + b'"}}', "reason"),
        (b'{"documentId":"../../etc/passwd"}', "documentId"),
        (b'{"documentId":"' + b"A" * 64 + b'"}', "documentId"),
        (b'{"documentId":"' + b"a" * 64 + b'\\n"}', "documentId"),
    ],
)
async def test_malformed_bodies(house: Any, body: bytes, rule: str) -> None:
    answer = await house.send(content=body, headers=JSON)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    [error] = answer.json()["errors"]
    assert error["message"] == "リクエストの形式に誤りがあります。"
    assert error["extensions"]["code"] == "BAD_REQUEST"
    assert error["extensions"]["rule"] == rule
    assert error["extensions"]["correlationId"] == answer.headers["x-correlation-id"]


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ('application/json;charset="UTF-8"', 200),
        ("Application/JSON", 200),
        ("application/json; charset=shift_jis", 415),
        ("application/json; charset=utf-16", 415),
        ("text/plain", 415),
        ("application/graphql", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 415),
        ("multipart/form-data; boundary=x", 415),
        ("", 415),
        (";", 415),
    ],
)
async def test_media_types(house: Any, content_type: str, status: int) -> None:
    answer = await house.send(content=GOOD, headers={**JSON, "content-type": content_type})

    assert answer.status_code == status


async def test_a_compressed_body_is_refused(house: Any) -> None:
    answer = await house.send(content=GOOD, headers={**JSON, "content-encoding": "gzip"})

    assert answer.status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "X"])
async def test_other_methods(house: Any, method: str) -> None:
    answer = await house.send(method=method, content=GOOD, headers=JSON)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("declared", [None, "10", "99999999", "9" * 30, "-1", "x", "１２"])
async def test_a_body_is_read_up_to_the_limit_only(house: Any, declared: str | None) -> None:
    sent = 0

    async def receive() -> dict[str, Any]:
        nonlocal sent
        sent += 65_536
        return {"type": "http.request", "body": b" " * 65_536, "more_body": True}

    answers: list[Any] = []
    headers = [(b"content-type", b"application/json")]
    if declared is not None:
        headers.append((b"content-length", declared.encode()))

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    await house.endpoint(scope, receive, send)

    assert answers[0]["status"] == 413
    assert sent <= 1_048_576 + 65_536


async def test_a_client_that_goes_away_gets_nothing(house: Any) -> None:
    async def receive() -> dict[str, Any]:
        return {"type": "http.disconnect"}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "headers": headers, "query_string": b""}
    await house.endpoint(scope, receive, send)

    assert sent == []


@pytest.mark.parametrize("header", ["%ff", "a%00b", "x" * 201, "%e2%80%a8"])
async def test_bad_reason_headers(house: Any, header: str) -> None:
    answer = await house.send(content=GOOD, headers={**JSON, "x-reason": header})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["rule"] == "reason"


async def test_answers_carry_safe_headers(house: Any) -> None:
    answer = await house.send(content=GOOD, headers=JSON)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_the_console_is_one_page_that_fetches_nothing(house: Any) -> None:
    answer = await house.send(method="GET", headers={"accept": "text/html"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'sha256-" in answer.headers["content-security-policy"]
    assert "http" not in answer.text.replace("HTTP", "").replace("http-equiv", "")


async def test_without_a_console_there_is_no_page(house: Any) -> None:
    house.endpoint.console = None

    answer = await house.send(method="GET", headers={"accept": "text/html"})

    assert answer.status_code == 405


def test_depth_is_counted_outside_of_texts_only() -> None:
    body = b'{"query":"{a}","variables":{"v":"' + b"[" * 1000 + b'\\"' + b"{" * 1000 + b'"}}'

    assert parse_request(body).variables == {"v": "[" * 1000 + '"' + "{" * 1000}


@pytest.mark.parametrize("tail", [b'"\\"' + b'\\"[' * 300_000, b'"' * 900_000, b'\\"' * 400_000 + b"[" * 70])
def test_unclosed_texts_are_scanned_once(tail: bytes) -> None:
    """A scan that went back at every quote would not end within the hour."""
    with pytest.raises(BadRequest):
        parse_request(b'{"a":' + tail + b"[" * 100)


def test_digests_tell_requests_apart() -> None:
    bodies = [
        b'{"query":"{a}"}',
        b'{"query":"{b}"}',
        b'{"query":"{a}","operationName":"x"}',
        b'{"query":"{a}","variables":{"a":1}}',
        b'{"query":"{a}","variables":{"a":"1"}}',
        b'{"documentId":"' + b"a" * 64 + b'"}',
    ]

    assert len({parse_request(body).digest() for body in bodies}) == len(bodies)
    assert (
        parse_request(b'{"query":"{a}","variables":{"a":1,"b":2}}').digest()
        == parse_request(b'{"variables":{"b":2,"a":1},"query":"{a}"}').digest()
    )
