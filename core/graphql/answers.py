"""Answers: JSON with stable codes and Japanese messages; what was submitted is never echoed or logged."""

import logging
import traceback
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.responses import Response

from core.errors import Invalid, JuminzeiError, RateLimited, Unavailable

log = logging.getLogger("juminzei.graphql")

RETRY_SECONDS = 5
HEADERS: Mapping[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class BadValue(Invalid):
    """A value of the request does not fit its type; `details` name the place in the document."""

    message = "入力された値の形式に誤りがあります。"


def refusal_entry(error: JuminzeiError, correlation_id: str, **place: object) -> dict[str, Any]:
    """Make the entry of one refusal in `errors`."""
    extensions = {**error.details, "code": error.code, "correlationId": correlation_id}
    return {"message": error.text, **place, "extensions": extensions}


def error_entries(errors: Iterable[GraphQLError], correlation_id: str) -> list[dict[str, Any]]:
    """Turn the errors of an execution into entries; what is not a refusal of ours goes to the log."""
    return [_entry(error, correlation_id) for error in errors]


def refusals_of(errors: Iterable[GraphQLError]) -> list[JuminzeiError]:
    """Return each error as a refusal; the base class stands for an internal error."""
    return [_refusal(error) for error in errors]


def body_of(content: Mapping[str, object]) -> bytes:
    """Encode an answer; raises TypeError for a value that JSON cannot hold."""
    return orjson.dumps(content)


def json_response(
    body: bytes, status: int, correlation_id: str, more: Mapping[str, str] | None = None
) -> Response:
    """Make the HTTP answer."""
    headers = {**HEADERS, "x-correlation-id": correlation_id, **(more or {})}
    return Response(body, status, headers, "application/json; charset=utf-8")


def refusal_response(error: JuminzeiError, correlation_id: str) -> Response:
    """Answer a request that was refused before or instead of being executed."""
    body = body_of({"errors": [refusal_entry(error, correlation_id)]})
    return json_response(body, error.status, correlation_id, headers_of(error))


def headers_of(error: JuminzeiError) -> Mapping[str, str]:
    """Return the headers that go with a refusal."""
    if error.status == Unavailable.status:
        return {"retry-after": str(RETRY_SECONDS)}
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.details.get("retryAfter", RETRY_SECONDS))}
    return {"allow": "POST"} if error.status == 405 else {}


def log_unexpected(error: BaseException, correlation_id: str) -> None:
    """Log the kind and the place of an error, not its text: that may quote a person's data."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    log.error("%s %s at %s", correlation_id, kind, places or "unknown place")


def _entry(error: GraphQLError, correlation_id: str) -> dict[str, Any]:
    refusal = _refusal(error)
    if type(refusal) is JuminzeiError:
        log_unexpected(error.original_error or error, correlation_id)
    place = {"path": error.path} if error.path else {}
    return refusal_entry(refusal, correlation_id, **place)


def _refusal(error: GraphQLError) -> JuminzeiError:
    """Find out what an error of the execution means for the one who asked."""
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    is_about_input = error.path is None and error.nodes
    if is_about_input or original is None or isinstance(original, GraphQLError):
        return _bad_value(error, original)
    return original if isinstance(original, JuminzeiError) else JuminzeiError()


def _bad_value(error: GraphQLError, original: BaseException | None) -> JuminzeiError:
    """A variable or argument that could not be read: say where and which rule, never the value."""
    place = error.locations[0] if error.locations else None
    found: dict[str, Any] = {"line": place.line, "column": place.column} if place else {}
    if error.extensions and "field" in error.extensions:
        found["field"] = error.extensions["field"]
    if isinstance(original, JuminzeiError):
        return BadValue(original.text, **{**original.details, **found})
    return BadValue(None, **found)
