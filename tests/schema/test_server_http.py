"""Bytes that are no proper HTTP, sent to the real server: refused with a code, never a 5xx, never a hang."""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from core.storage.address import DATABASE_URL, ServerAddress
from schema.protocol import HEAD_BYTES, HEAD_SECONDS
from schema.testing import environ_of
from tests.schema.server import Server, served

BODY = b'{"query":"{ me { number } }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nHost: house\r\nContent-Type: application/json\r\n"
GOOD = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")


@pytest.fixture
async def live(tmp_path: Path, address: ServerAddress) -> AsyncIterator[Server]:
    async with served(tmp_path, environ_of(tmp_path, **{DATABASE_URL.variable: address.app_url})) as live:
        yield live


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in STATUS.findall(answer)]


def with_length(length: bytes, body: bytes = BODY) -> bytes:
    return HEAD + b"Content-Length: " + length + b"\r\n\r\n" + body


def chunked(body: bytes) -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + body


def with_header(line: bytes) -> bytes:
    return HEAD + line + b"\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


CRAFTED = {
    "HTTP/0.9": (b"GET /graphql\r\n\r\n", {400, 405}),
    "no version": (b"POST /graphql\r\n\r\n", {400, 415}),
    "HTTP/3.0": (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", {400}),
    "unknown method": (b"BREW /graphql HTTP/1.1\r\nHost: a\r\n\r\n", {400}),
    "TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), {400}),
    "HTTP/2 preface": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
    "CONNECT": (b"CONNECT evil:443 HTTP/1.1\r\nHost: evil:443\r\n\r\n", {400, 404, 405}),
    "OPTIONS *": (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {400, 404, 405}),
    "absolute URI": (GOOD.replace(b"/graphql", b"http://evil.example/graphql"), {400, 401, 404}),
    "path climbing": (GOOD.replace(b"/graphql", b"/../../etc/passwd"), {404}),
    "NUL in the path": (GOOD.replace(b"/graphql", b"/gra\0phql"), {400}),
    "invalid UTF-8 in the path": (GOOD.replace(b"/graphql", b"/%ff%fe"), {404}),
    "NUL in a header": (with_header(b"X-Reason: a\0b"), {400}),
    "line feed in a header name": (with_header(b"X-Re\nason: a"), {400}),
    "no colon": (with_header(b"nonsense"), {400}),
    "two lengths": (with_header(b"Content-Length: 3"), {400}),
    "length and chunks": (with_header(b"Transfer-Encoding: chunked"), {400}),
    "unknown coding": (HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + BODY, {400, 415}),
    "negative length": (with_length(b"-1"), {400}),
    "length in words": (with_length(b"ten"), {400}),
    "length beyond 64 bits": (with_length(b"9" * 30), {400}),
    "length too long for us": (with_length(b"999999999"), {413}),
    "length too short": (with_length(b"5"), {400, 401}),
    "chunk size no number": (chunked(b"zz\r\nabc\r\n0\r\n\r\n"), {400}),
    "chunk shorter than said": (chunked(b"2\r\n{\"query\"\r\n0\r\n\r\n"), {400}),
    "invalid UTF-8 body": (with_length(b"4", b"\xff\xfe\xfd\xfc"), {400}),
    "body of NULs": (with_length(b"4", bytes(4)), {400}),
    "huge header": (with_header(b"X-Long: " + b"a" * 40_000), {431}),
    "many headers": (with_header(b"\r\n".join(b"X-%d: y" % n for n in range(5_000))), {431}),
    "huge path": (GOOD.replace(b"/graphql", b"/" + b"a" * 40_000), {431}),
    "upgrade": (with_header(b"Connection: Upgrade\r\nUpgrade: websocket"), {400, 401, 415}),
    "h2c": (with_header(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c"), {400, 401, 415}),
}  # fmt: skip


async def test_malformed_requests_are_refused_with_a_code_and_a_correlation_id(live: Server) -> None:
    answers = {name: await live.send(data) for name, (data, _) in CRAFTED.items()}
    wrong = {name: answer for name, answer in answers.items() if not refused(answer, CRAFTED[name][1])}
    assert wrong == {}
    assert statuses(await live.send(GOOD)) == [401]


def refused(answer: bytes, allowed: set[int]) -> bool:
    """Tell whether the first answer is one of those allowed, and says why in our form."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    if length is None or not set(statuses(answer)) <= allowed:
        return False
    extensions = json.loads(rest[: int(length[1])])["errors"][0]["extensions"]
    return bool(extensions["code"]) and extensions["correlationId"].encode() in head


async def test_cut_bodies_leave_nothing_behind(live: Server) -> None:
    for cut in range(0, len(GOOD), 7):
        assert set(statuses(await live.send(GOOD[:cut], quiet=0.1))) <= {400, 401}
    assert set(statuses(await live.send(chunked(b"5\r\n{"), quiet=0.1))) <= {400}
    assert statuses(await live.send(GOOD)) == [401]


async def test_pipelined_requests_are_answered_in_order_and_an_endless_head_ends_them(live: Server) -> None:
    health = b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n"
    closing = b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection(*live.place)
    writer.write(health * 20 + GOOD + closing)
    assert statuses(await asyncio.wait_for(reader.read(-1), 15)) == [200] * 20 + [401, 404]
    writer.close()


async def test_no_answer_names_the_server_or_the_host_that_the_client_made_up(live: Server) -> None:
    for path in ("/graphql", "/graphql/", "/health/", "/nothing", "/oauth/token/"):
        answer = await live.client.get(
            live.url.replace("/graphql", path), headers={"host": "evil.example"}, follow_redirects=False
        )
        assert "evil" not in answer.text + str(answer.headers)
        assert "server" not in answer.headers
        assert answer.status_code in (200, 404, 405)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "NOT_FOUND"),
        ("POST", "/", 404, "NOT_FOUND"),
        ("GET", "/graphql", 405, "METHOD_NOT_ALLOWED"),
        ("PUT", "/graphql", 405, "METHOD_NOT_ALLOWED"),
        ("DELETE", "/health", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/oauth/token", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_other_paths_and_methods_get_json(
    live: Server, method: str, path: str, status: int, code: str
) -> None:
    answer = await live.client.request(method, live.url.replace("/graphql", path))
    extensions = answer.json()["errors"][0]["extensions"]
    assert (answer.status_code, extensions["code"]) == (status, code)
    assert extensions["correlationId"] == answer.headers["x-correlation-id"]
    assert ("allow" in answer.headers) is (status == 405)


async def test_a_head_without_end_is_cut_off_at_its_limit(live: Server) -> None:
    reader, writer = await asyncio.open_connection(*live.place)
    writer.write(HEAD + b"X-Long: ")
    sent = 0
    try:
        while sent < 64 * HEAD_BYTES:
            writer.write(b"a" * 16_384)
            await writer.drain()
            sent += 16_384
        answer = await reader.read(-1)
    except ConnectionError:
        answer = b""
    assert statuses(answer) in ([431], [])  # nothing, where the close overtook the answer
    writer.close()
    assert statuses(await live.send(GOOD)) == [401]


@pytest.mark.slow
@pytest.mark.parametrize("begin", [b"", b"\r\n", b"POST /gra", HEAD])
async def test_a_slow_head_is_given_up(live: Server, begin: bytes) -> None:
    reader, writer = await asyncio.open_connection(*live.place)
    writer.write(begin)
    answer = await asyncio.wait_for(reader.read(-1), HEAD_SECONDS + 20)
    assert statuses(answer) == ([408] if begin.strip() else [])
    writer.close()


@pytest.mark.slow
@pytest.mark.parametrize("path", [b"/graphql", b"/oauth/token"])
async def test_a_slow_body_is_given_up(live: Server, path: bytes) -> None:
    kind = b"application/json" if path == b"/graphql" else b"application/x-www-form-urlencoded"
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n{" % (path, kind)
    reader, writer = await asyncio.open_connection(*live.place)
    writer.write(head)
    assert statuses(await asyncio.wait_for(reader.read(-1), 60)) == [408]
    writer.close()


async def test_hostile_bytes_get_no_5xx_and_no_hang(live: Server) -> None:
    await bombard(live, 150, seed=1)


@pytest.mark.slow
async def test_many_hostile_bytes_get_no_5xx_and_no_hang(live: Server) -> None:
    await bombard(live, 2_000, seed=2)


async def bombard(live: Server, count: int, seed: int) -> None:
    """Send mutations of good and crafted requests, 16 at a time."""
    dice = random.Random(seed)
    seeds = [GOOD, *(data for data, _ in CRAFTED.values() if len(data) < 5_000)]
    hostile = [mutated(dice, dice.choice(seeds)) for _ in range(count)]
    gate = asyncio.Semaphore(16)

    async def one(data: bytes) -> list[int]:
        async with gate:
            return statuses(await live.send(data, quiet=1, patience=30))

    found = await asyncio.gather(*map(one, hostile))
    assert {status for each in found for status in each if status >= 500} == set()
    assert sum(map(bool, found)) > count / 4
    assert statuses(await live.send(GOOD)) == [401]
    assert "Traceback" not in live.log.read_text()


Mutation = Callable[[random.Random, bytes], bytes]


def flip(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + dice.randbytes(1) + data[place + 1 :]


def cut(dice: random.Random, data: bytes) -> bytes:
    return data[: dice.randrange(len(data)) + 1]


def repeat(dice: random.Random, data: bytes) -> bytes:
    start = dice.randrange(len(data))
    return data[:start] + data[start : start + dice.randrange(40)] * dice.randrange(1, 50) + data[start:]


def insert(dice: random.Random, data: bytes) -> bytes:
    place = dice.randrange(len(data))
    piece = dice.choice((b"\0", b"\r\n", b"\n", b"\r\n\r\n", b"\xff\xfe", b"%00", b"0\r\n\r\n", b"{" * 70))
    return data[:place] + piece + data[place:]


def mutated(dice: random.Random, data: bytes) -> bytes:
    changes: tuple[Mutation, ...] = (flip, cut, repeat, insert)
    for _ in range(dice.randrange(1, 5)):
        data = dice.choice(changes)(dice, data)
    return data
