"""Subscriptions over SSE: events, ends, limits, and nothing left open."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from core.graphql import streams

HEADERS = [
    (b"content-type", b"application/json"),
    (b"accept", b"text/event-stream"),
    (b"authorization", b"clerk"),
]


class Listener:
    """A client that listens until it has heard enough."""

    def __init__(self, house: Any, query: str) -> None:
        self.heard = bytearray()
        self.status = 0
        self.gone = asyncio.Event()
        self._news = asyncio.Event()
        self._bodies = [orjson.dumps({"query": query})]
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/graphql",
            "headers": HEADERS,
            "query_string": b"",
        }
        self.task = asyncio.ensure_future(house.endpoint(scope, self.receive, self.send))

    async def receive(self) -> dict[str, Any]:
        if self._bodies:
            return {"type": "http.request", "body": self._bodies.pop(), "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        if self.gone.is_set():
            raise OSError("the client is gone")
        self.heard += message.get("body", b"")
        self._news.set()

    async def until(self, words: bytes) -> None:
        while words not in self.heard:
            self._news.clear()
            await asyncio.wait_for(self._news.wait(), 10)

    async def leave(self) -> None:
        self.gone.set()
        await asyncio.wait_for(self.task, 10)


@pytest.fixture
def listen(house: Any) -> Callable[[str], Listener]:
    return lambda query: Listener(house, query)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.02)
    monkeypatch.setattr(streams, "RECHECK_SECONDS", 0.05)


async def test_events_come_one_by_one_and_are_recorded(house: Any, listen: Any) -> None:
    listener = listen("subscription { count(upto: 2) { id } }")
    await listener.task

    assert listener.status == 200
    assert listener.heard.decode().split("\n\n") == [
        'event: next\ndata: {"data":{"count":{"id":"0"}}}',
        'event: next\ndata: {"data":{"count":{"id":"1"}}}',
        "event: complete\ndata:",
        "",
    ]
    lines = await house.lines()
    assert [(line["operation"], line["object_ids"], line["fields"]) for line in lines] == [
        ("count", ["0"], ["id"]),
        ("count", ["1"], ["id"]),
    ]


async def test_without_a_record_there_is_no_event(house: Any, listen: Any) -> None:
    house.recording = False

    listener = listen("subscription { count(upto: 2) { id } }")
    await listener.task

    assert b"ACCESS_NOT_RECORDED" in listener.heard
    assert b'"data":{' not in listener.heard


@pytest.mark.usefixtures("quick")
async def test_heartbeats_while_nothing_happens(listen: Any) -> None:
    listener = listen("subscription { wait }")

    await listener.until(b":\n\n:\n\n")
    await listener.leave()


@pytest.mark.parametrize("loss", ["signed out", "permission taken"])
@pytest.mark.usefixtures("quick")
async def test_a_stream_ends_with_its_session(house: Any, listen: Any, waiting: list[str], loss: str) -> None:
    listener = listen("subscription { wait }")
    await listener.until(b":\n\n")

    if loss == "signed out":
        del house.actors["clerk"]
    else:
        house.actors["clerk"] = house.actors["other"]
    await asyncio.wait_for(listener.task, 10)

    code = b"UNAUTHENTICATED" if loss == "signed out" else b"FORBIDDEN"
    assert code in listener.heard
    assert listener.heard.endswith(streams.COMPLETE)
    assert waiting == ["open", "closed"]


@pytest.mark.usefixtures("quick")
async def test_a_client_that_leaves_leaves_nothing(house: Any, listen: Any, waiting: list[str]) -> None:
    listener = listen("subscription { wait }")
    await listener.until(b":\n\n")

    await listener.leave()

    assert waiting == ["open", "closed"]
    assert not house.endpoint.slots.open
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert others == []


@pytest.mark.usefixtures("quick")
async def test_no_transaction_is_open_while_waiting(house: Any, listen: Any) -> None:
    listener = listen("subscription { wait }")
    await listener.until(b":\n\n")

    async with house.database.read() as session:
        here = "datname = current_database() AND state LIKE 'idle in%'"
        query = f"SELECT count(*) FROM pg_stat_activity WHERE {here}"  # noqa: S608  # written above
        assert await session.scalar(text(query)) == 0
    await listener.leave()


async def test_a_crash_ends_the_stream_without_its_text(
    listen: Any, caplog: pytest.LogCaptureFixture
) -> None:
    listener = listen("subscription { crash }")
    await listener.task

    assert b'{"data":{"crash":"one"}}' in listener.heard
    assert b'"code":"INTERNAL"' in listener.heard
    assert "ひみつ" not in listener.heard.decode()
    assert "ひみつ" not in caplog.text


@pytest.mark.usefixtures("quick")
async def test_the_number_of_streams_is_bounded(house: Any, listen: Any) -> None:
    listeners = [listen("subscription { wait }") for _ in range(house.endpoint.slots.limit)]
    for listener in listeners:
        await listener.until(b":\n\n")

    answer = await house.post("subscription { wait }", headers={"accept": "text/event-stream"})

    assert answer.status_code == 429
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_STREAMS"
    for listener in listeners:
        await listener.leave()
    assert not house.endpoint.slots.open


async def test_a_subscription_needs_an_event_stream(house: Any) -> None:
    answer = await house.post("subscription { wait }")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["rule"] == "accept-event-stream"


async def test_a_bad_variable_ends_the_stream(house: Any) -> None:
    answer = await house.post(
        "subscription($n: Int!) { count(upto: $n) { id } }",
        variables={"n": "123456789018"},
        headers={"accept": "text/event-stream"},
    )

    assert "VALIDATION" in answer.text
    assert "123456789018" not in answer.text
