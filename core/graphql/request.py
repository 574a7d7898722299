"""From bytes to a checked request: whatever does not fit is refused here, in linear time, with a reason.

Nothing behind this file ever sees a body that is too long, not UTF-8, nested too deep, ambiguous (duplicate
keys), or that holds a number or a text which PostgreSQL could not keep.
"""

import asyncio
import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import unquote

import orjson
from starlette.requests import Request

from core.graphql.errors import (
    BadRequest,
    MethodNotAllowed,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)

MAX_DEPTH = 64
BODY_SECONDS = 20.0
REASON_LENGTH = 200
INT64 = range(-(2**63), 2**63)

_KEYS = {"query": str, "documentId": str, "operationName": str, "variables": dict, "extensions": dict}
# Every alternative succeeds once it has begun, so the scan never goes back: linear, also on unclosed strings.
_STRUCTURE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
UNSAFE_TEXT = re.compile("[\0\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DOCUMENT_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """One well-formed request: either `text` or the hash of a stored document, and what goes with it."""

    text: str | None
    document_id: str | None
    operation: str | None
    variables: Mapping[str, Any]
    reason: str

    def digest(self) -> bytes:
        """Return a hash that is equal for requests which ask the same."""
        told = [self.text, self.document_id, self.operation, self.variables]
        return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).digest()


async def read_request(request: Request, limit: int) -> GraphQLRequest:
    """Read and check one request of at most `limit` bytes; raises a refusal with HTTP status 4xx."""
    _check_head(request, limit)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _read_body(request, limit)
    except TimeoutError:
        raise RequestTimeout from None
    return parse_request(body, request.headers.get("x-reason", ""))


def parse_request(body: bytes, reason_header: str = "") -> GraphQLRequest:
    """Check the bytes of one request."""
    given = _load(body)
    query, document_id = given.get("query"), given.get("documentId")
    if (query is None) == (document_id is None) or query == "":
        raise BadRequest(rule="query-or-documentId")
    reason = _reason(given.get("extensions") or {}, reason_header)
    operation, variables = given.get("operationName"), given.get("variables") or {}
    return GraphQLRequest(query, _document_id(document_id), operation, variables, reason)


def _check_head(request: Request, limit: int) -> None:
    if request.method != "POST":
        raise MethodNotAllowed
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if kind.strip() != "application/json" or charset not in ("", "charset=utf-8", "charset=utf8"):
        raise UnsupportedMediaType
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType(rule="content-encoding")
    length = request.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and (len(length) > 12 or int(length) > limit):
        raise PayloadTooLarge(limit=limit)


async def _read_body(request: Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise PayloadTooLarge(limit=limit)
        chunks.append(chunk)
    return b"".join(chunks)


def _load(body: bytes) -> dict[str, Any]:
    _check_depth(body)
    try:
        given = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_constant,
        )
    except UnicodeDecodeError:
        raise BadRequest(rule="utf-8") from None
    except ValueError:
        raise BadRequest(rule="json") from None
    if not isinstance(given, dict):
        raise BadRequest(rule="one-object")
    if b"\\u" in body:
        _check_texts(given)
    _check_keys(given)
    return given


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _STRUCTURE.finditer(body):
        mark = body[token.start()]
        depth += (mark in b"[{") - (mark in b"]}")
        if depth > MAX_DEPTH:
            raise BadRequest(rule="depth", limit=MAX_DEPTH)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadRequest(rule="duplicate-key")
    return made


def _integer(digits: str) -> int:
    if len(digits) > 20 or (value := int(digits)) not in INT64:
        raise BadRequest(rule="integer-range")
    return value


def _float(digits: str) -> float:
    if len(digits) > 40 or not math.isfinite(value := float(digits)):
        raise BadRequest(rule="number-range")
    return value


def _constant(_name: str) -> NoReturn:
    raise BadRequest(rule="number-range")


def _check_texts(value: object) -> None:
    if isinstance(value, str):
        if UNSAFE_TEXT.search(value):
            raise BadRequest(rule="text")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key)
            _check_texts(item)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)


def _check_keys(given: dict[str, Any]) -> None:
    for key, value in given.items():
        if key not in _KEYS:
            raise BadRequest(rule="unknown-key")
        if value is not None and type(value) is not _KEYS[key]:
            raise BadRequest(rule="key-type", field=key)


def _document_id(given: str | None) -> str | None:
    if given is None:
        return None
    match = _DOCUMENT_ID.fullmatch(given)
    if match is None:
        raise BadRequest(rule="documentId")
    return match[1]


def _reason(extensions: dict[str, Any], header: str) -> str:
    if extensions.keys() - {"reason"}:
        raise BadRequest(rule="unknown-key", field="extensions")
    reason = extensions.get("reason") or _header_text(header)
    if not isinstance(reason, str) or len(reason) > REASON_LENGTH or _CONTROL.search(reason):
        raise BadRequest(rule="reason", limit=REASON_LENGTH)
    return reason.strip()


def _header_text(header: str) -> str:
    try:
        return unquote(header, errors="strict")
    except UnicodeDecodeError:
        raise BadRequest(rule="reason") from None
