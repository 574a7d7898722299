"""A load generator: closed loop, keep-alive connections, raw asyncio and httptools; loopback only.

    python bench/load.py REQUESTS.json --port 8000 --clients 16 --seconds 3

REQUESTS.json: {"headers": {...}, "bodies": ["...", ...]}. Prints one JSON object: requests, errors,
seconds, and latencies in milliseconds (p50, p99).
"""

import argparse
import asyncio
import json
import random
import time
from pathlib import Path
from typing import Any

import httptools
import uvloop

HOST = "127.0.0.1"
MOST_CLIENTS, MOST_SECONDS = 256, 60.0


class Client(asyncio.Protocol):
    """One connection that sends the next request as soon as the last one is answered."""

    def __init__(self, requests: list[bytes], until: float, chance: random.Random) -> None:
        self.requests, self.until, self.chance = requests, until, chance
        self.latencies: list[float] = []
        self.errors = 0
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Begin."""
        self.transport = transport
        self.send()

    def send(self) -> None:
        """Send one of the requests."""
        self.parser = httptools.HttpResponseParser(self)
        self.body = bytearray()
        self.began = time.perf_counter()
        self.transport.write(self.chance.choice(self.requests))

    def data_received(self, data: bytes) -> None:
        """Feed the parser."""
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        """Keep the body: an answer with errors counts as an error."""
        self.body += body

    def on_message_complete(self) -> None:
        """Note the latency and go on until the time is over."""
        now = time.perf_counter()
        self.latencies.append((now - self.began) * 1000)
        self.errors += self.parser.get_status_code() != 200 or b'"errors"' in self.body
        if now < self.until:
            # a new parser for each answer, so not from within this one's callback
            asyncio.get_running_loop().call_soon(self.send)
        else:
            self.transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        """End; a lost connection before the time counts as an error."""
        self.errors += error is not None
        self.ended.set_result(None)


async def run(requests: list[bytes], port: int, clients: int, seconds: float) -> dict[str, float]:
    """Load the port and return the figures."""
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    made = [Client(requests, began + seconds, random.Random(number)) for number in range(clients)]
    for client in made:
        await loop.create_connection(lambda client=client: client, HOST, port)
    await asyncio.gather(*(client.ended for client in made))
    spent = time.perf_counter() - began
    latencies = sorted(latency for client in made for latency in client.latencies)
    return {
        "requests": len(latencies),
        "errors": sum(client.errors for client in made),
        "seconds": spent,
        "p50": latencies[len(latencies) // 2],
        "p99": latencies[len(latencies) * 99 // 100],
    }


def encode(headers: dict[str, str], bodies: list[str], port: int) -> list[bytes]:
    """Return whole HTTP requests."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return [
        f"POST /graphql HTTP/1.1\r\nhost: {HOST}:{port}\r\n{lines}"
        f"content-type: application/json\r\ncontent-length: {len(body.encode())}\r\n\r\n{body}".encode()
        for body in bodies
    ]


def main() -> None:
    """Read the arguments, load, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("requests", type=Path)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--clients", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    given = parser.parse_args()
    clients, seconds = min(given.clients, MOST_CLIENTS), min(given.seconds, MOST_SECONDS)
    work = json.loads(given.requests.read_text(encoding="utf-8"))
    requests = encode(work["headers"], work["bodies"], given.port)
    print(json.dumps(uvloop.run(run(requests, given.port, clients, seconds))))


if __name__ == "__main__":
    main()
