"""The way in for programs: client_secret_jwt, scopes, introspection, and what bad requests get."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest
from jwt.api_jws import PyJWS

from core.access.actor import SYSTEM, ActorKind
from core.access.permission import Permission
from core.clock import MovableClock
from core.errors import Invalid, NotFound, Unauthenticated
from core.identity import memory
from core.identity.authenticator import Authenticator
from core.identity.clients import ClientRegister, NewClient
from core.identity.errors import ClientExists
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.oauth import ASSERTION, FORM
from core.storage.database import WriteSession
from tests.core.identity.conftest import Front, Person, Recorded, bearer

URL = "http://127.0.0.1:8000/oauth/token"
NEW = NewClient("jumin-018", "018", "住民記録", ("018:thing:read", "018:thing:list"), date(2020, 4, 1))


@pytest.fixture
async def secret(identity: Identity, events: Events) -> str:
    """The secret of a registered program."""
    async with identity.database.transaction() as session:
        return await ClientRegister(identity, session, SYSTEM, events).create(NEW)


@pytest.fixture
def claims(clock: MovableClock) -> dict[str, Any]:
    now = int(clock.now().timestamp())
    return {"iss": NEW.id, "sub": NEW.id, "aud": URL, "iat": now, "exp": now + 60, "jti": str(uuid4())}


async def post(front: Front, path: str, assertion: str, **more: str) -> httpx.Response:
    form = {"client_assertion_type": ASSERTION, "client_assertion": assertion, **more}
    return await front.http.post(path, data=form)


async def token_answer(front: Front, assertion: str, **more: str) -> httpx.Response:
    return await post(front, "/oauth/token", assertion, **{"grant_type": "client_credentials", **more})


async def test_a_program_gets_a_short_lived_token_with_its_scopes(
    secret: str, claims: dict[str, Any], front: Front, authenticator: Authenticator, recorded: Recorded
) -> None:
    answer = await token_answer(front, jwt.encode(claims, secret, "HS256"), scope="018:thing:read")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    content = answer.json()
    assert content.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (content["token_type"], content["expires_in"], content["scope"]) == (
        "Bearer",
        600,
        "018:thing:read",
    )
    actor = await authenticator.authenticate(bearer(content["access_token"]))
    assert (actor.kind, actor.number, actor.subjects) == (ActorKind.CLIENT, NEW.id, {"scope:018:thing:read"})
    assert actor.grants == {Permission("sample.thing", "read")}
    assert (recorded.records[-1].action, recorded.records[-1].object_ids) == ("token_issued", (NEW.id,))


async def test_without_a_scope_a_program_gets_all_of_its_own(
    secret: str, claims: dict[str, Any], front: Front
) -> None:
    answer = await token_answer(front, jwt.encode(claims, secret, "HS256"))

    assert answer.json()["scope"] == "018:thing:list 018:thing:read"


async def test_an_assertion_works_once(secret: str, claims: dict[str, Any], front: Front) -> None:
    assertion = jwt.encode(claims, secret, "HS256")

    answers = await asyncio.gather(*(token_answer(front, assertion) for _ in range(4)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


def sign(claims: dict[str, Any], secret: str) -> str:
    """Sign what PyJWT would refuse to encode."""
    return PyJWS().encode(json.dumps(claims).encode(), secret, "HS256")


ASSERTIONS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "other secret": lambda c, s: jwt.encode(c, "x" * 43, "HS256"),
    "HS384": lambda c, s: jwt.encode(c, s.ljust(48, "x"), "HS384"),
    "none": lambda c, s: jwt.encode(c, None, "none"),
    "unknown program": lambda c, s: jwt.encode({**c, "iss": "other-1", "sub": "other-1"}, s, "HS256"),
    "iss differs from sub": lambda c, s: jwt.encode({**c, "sub": "other-1"}, s, "HS256"),
    "iss list": lambda c, s: sign({**c, "iss": ["jumin-018"]}, s),
    "exp NaN": lambda c, s: sign({**c, "exp": float("nan")}, s),
    "aud other": lambda c, s: jwt.encode({**c, "aud": URL + "/"}, s, "HS256"),
    "aud list": lambda c, s: jwt.encode({**c, "aud": [URL]}, s, "HS256"),
    "no aud": lambda c, s: jwt.encode({k: v for k, v in c.items() if k != "aud"}, s, "HS256"),
    "no exp": lambda c, s: jwt.encode({k: v for k, v in c.items() if k != "exp"}, s, "HS256"),
    "no iat": lambda c, s: jwt.encode({k: v for k, v in c.items() if k != "iat"}, s, "HS256"),
    "no jti": lambda c, s: jwt.encode({k: v for k, v in c.items() if k != "jti"}, s, "HS256"),
    "short jti": lambda c, s: jwt.encode({**c, "jti": "1"}, s, "HS256"),
    "long jti": lambda c, s: jwt.encode({**c, "jti": "x" * 129}, s, "HS256"),
    "jti with NUL": lambda c, s: jwt.encode({**c, "jti": "12345678\0"}, s, "HS256"),
    "jti with half a pair": lambda c, s: jwt.encode({**c, "jti": "12345678\ud800"}, s, "HS256"),
    "expired": lambda c, s: jwt.encode({**c, "iat": c["iat"] - 90, "exp": c["iat"] - 1}, s, "HS256"),
    "too long-lived": lambda c, s: jwt.encode({**c, "exp": c["iat"] + 301}, s, "HS256"),
    "far exp": lambda c, s: jwt.encode({**c, "exp": 10**30}, s, "HS256"),
    "exp text": lambda c, s: sign({**c, "exp": "soon"}, s),
    "payload list": lambda c, s: PyJWS().encode(b"[1]", s, "HS256"),
    "payload deep": lambda c, s: PyJWS().encode(b"[" * 1200 + b"]" * 1200, s, "HS256"),
    "garbage": lambda c, s: "a.b.c",
    "empty": lambda c, s: "",
    "very long": lambda c, s: jwt.encode({**c, "more": "x" * 5000}, s, "HS256"),
}


async def test_no_unsound_assertion_is_accepted(
    secret: str, claims: dict[str, Any], front: Front, subtests: pytest.Subtests
) -> None:
    for name, make in ASSERTIONS.items():
        with subtests.test(name):
            answer = await token_answer(front, make(claims, secret))

            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
            assert answer.json().keys() == {"error", "error_description", "correlation_id"}


BODIES: dict[str, tuple[bytes, str, int, str]] = {
    "empty": (b"", FORM, 400, "invalid_request"),
    "JSON": (b"{}", "application/json", 415, "invalid_request"),
    "no type": (b"grant_type=client_credentials", "", 415, "invalid_request"),
    "not UTF-8": (b"grant_type=%ff", FORM, 400, "invalid_request"),
    "raw bytes": (b"grant_type=\xff\xfe", FORM, 400, "invalid_request"),
    "no value": (b"grant_type", FORM, 400, "invalid_request"),
    "twice": (b"grant_type=a&grant_type=b", FORM, 400, "invalid_request"),
    "many": (b"a=1&" * 50, FORM, 400, "invalid_request"),
    "too large": (b"a=" + b"x" * 9000, FORM, 413, "invalid_request"),
    "other grant": (b"grant_type=password", FORM, 400, "unsupported_grant_type"),
    "no assertion": (b"grant_type=client_credentials", FORM, 401, "invalid_client"),
    "basic": (
        b"grant_type=client_credentials&client_id=jumin-018&client_secret=x",
        FORM,
        401,
        "invalid_client",
    ),
}


async def test_a_malformed_request_gets_a_typed_error(front: Front, subtests: pytest.Subtests) -> None:
    for name, (body, kind, status, error) in BODIES.items():
        with subtests.test(name):
            answer = await front.http.post("/oauth/token", content=body, headers={"content-type": kind})

            assert (answer.status_code, answer.json()["error"]) == (status, error)
            assert answer.headers["x-correlation-id"] == answer.json()["correlation_id"]


@pytest.mark.parametrize("scope", ["018:thing:write", "018:thing:read 019:thing:read", "all", "a\x00"])
async def test_a_scope_that_is_not_registered_is_refused(
    scope: str, secret: str, claims: dict[str, Any], front: Front
) -> None:
    answer = await token_answer(front, jwt.encode(claims, secret, "HS256"), scope=scope)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert scope not in answer.text


@pytest.fixture
async def tokens_of(secret: str, claims: dict[str, Any], front: Front) -> Callable[[], Awaitable[str]]:
    """Return a function that fetches one token."""

    async def fetch() -> str:
        claims["jti"] = str(uuid4())
        answer = await token_answer(front, jwt.encode(claims, secret, "HS256"))
        return str(answer.json()["access_token"])

    return fetch


async def test_a_provider_learns_what_a_token_may(
    tokens_of: Callable[[], Awaitable[str]], secret: str, claims: dict[str, Any], front: Front
) -> None:
    token = await tokens_of()
    claims["jti"] = str(uuid4())

    answer = await post(front, "/oauth/introspect", jwt.encode(claims, secret, "HS256"), token=token)

    content = answer.json()
    assert answer.status_code == 200
    assert (content["active"], content["client_id"], content["scope"]) == (
        True,
        NEW.id,
        "018:thing:list 018:thing:read",
    )
    assert content["exp"] - content["iat"] == 600


async def test_anything_but_a_programs_token_is_not_active(
    person: Person, secret: str, claims: dict[str, Any], front: Front, subtests: pytest.Subtests
) -> None:
    for token in ("x", "", (await person.sign_in()).access_token):
        with subtests.test(token[:8]):
            claims["jti"] = str(uuid4())
            answer = await post(front, "/oauth/introspect", jwt.encode(claims, secret, "HS256"), token=token)

            assert answer.json() == {"active": False}


async def test_introspection_asks_who_asks(front: Front) -> None:
    answer = await post(front, "/oauth/introspect", "a.b.c", token="x")

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_a_barred_program_is_out_within_a_second(
    tokens_of: Callable[[], Awaitable[str]], identity: Identity, events: Events, authenticator: Authenticator
) -> None:
    token = await tokens_of()
    await authenticator.authenticate(bearer(token))
    async with identity.database.transaction() as session:
        await ClientRegister(identity, session, SYSTEM, events).disable(NEW.id)
    await asyncio.sleep(memory.SECONDS)

    assert memory.SECONDS < 1
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(bearer(token))


async def test_a_programs_token_is_nobodys_account(
    tokens_of: Callable[[], Awaitable[str]], front: Front
) -> None:
    assert await front.code_of("{ me { number } }", await tokens_of()) == "FORBIDDEN"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "x"}, "id"),
        ({"id": "a b c"}, "id"),
        ({"system_id": ""}, "systemId"),
        ({"system_id": "019"}, "scopes"),
        ({"name": "\n"}, "name"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("018:thing",)}, "scopes"),
        ({"scopes": ("018:thing:read:x",)}, "scopes"),
        ({"scopes": ("018:thing:*",)}, "scopes"),
        ({"scopes": ("018:thing:read", "019:thing:read")}, "scopes"),
    ],
)
async def test_a_registration_that_does_not_fit_is_refused(
    change: dict[str, Any], field: str, session: WriteSession, identity: Identity, events: Events
) -> None:
    with pytest.raises(Invalid) as refusal:
        await ClientRegister(identity, session, SYSTEM, events).create(NewClient(**{**vars(NEW), **change}))

    assert refusal.value.details["field"] == field


async def test_a_client_id_is_registered_once(
    secret: str, session: WriteSession, identity: Identity, events: Events
) -> None:
    register = ClientRegister(identity, session, SYSTEM, events)
    assert len(secret) == 43

    with pytest.raises(ClientExists):
        await register.create(NEW)
    await register.disable(NEW.id)
    with pytest.raises(NotFound):
        await register.disable(NEW.id)
