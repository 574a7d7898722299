"""Access tokens: what we issue we read, and nothing that anybody forges."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.clock import MovableClock
from core.errors import Unauthenticated
from core.identity.keys import SigningKeys, signing_keys
from core.identity.tokens import AccessTokens, ClientToken, StaffToken
from core.settings import Settings
from tests.core.identity.conftest import Front, Person

SESSION = uuid4()


@pytest.fixture
def keys(make_settings: Callable[..., Settings]) -> SigningKeys:
    return signing_keys(make_settings())


@pytest.fixture
def tokens(make_settings: Callable[..., Settings], clock: MovableClock, keys: SigningKeys) -> AccessTokens:
    return AccessTokens(make_settings(), clock, keys)


def test_a_staff_token_is_read_back(tokens: AccessTokens, clock: MovableClock) -> None:
    ends_at = clock.now() + timedelta(hours=8)

    found = tokens.read(tokens.for_staff("001234", SESSION, ends_at))

    assert isinstance(found, StaffToken)
    assert (found.number, found.session) == ("001234", SESSION)
    assert 590 <= found.expires - clock.now().timestamp() <= 600


def test_a_client_token_is_read_back(tokens: AccessTokens) -> None:
    found = tokens.read(tokens.for_client("jumin-018", frozenset({"018:thing:read", "018:thing:list"})))

    assert isinstance(found, ClientToken)
    assert (found.client, found.scopes) == ("jumin-018", {"018:thing:read", "018:thing:list"})


def test_a_token_ends_with_its_session(tokens: AccessTokens, clock: MovableClock) -> None:
    token = tokens.for_staff("001234", SESSION, clock.now() + timedelta(seconds=60))
    clock.move(timedelta(seconds=61))

    with pytest.raises(Unauthenticated):
        tokens.read(token)


def encode(part: object) -> str:
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


@dataclass
class Forger:
    """Starts from everything a real token says and changes one thing, mostly signed with the real key."""

    keys: SigningKeys
    now: int
    session: str
    number: str
    header: dict[str, Any] = field(init=False)
    claims: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.header = {"alg": "EdDSA", "typ": "staff+jwt", "kid": self.keys.kid}
        self.claims = {
            "iss": "juminzei",
            "aud": "juminzei",
            "sub": self.number,
            "sid": self.session,
            "iat": self.now,
            "nbf": self.now,
            "exp": self.now + 600,
            "jti": "forged-1",
        }

    def sign(self, header: object = None, claims: object = None) -> str:
        """Return a token signed with the real key."""
        body = f"{encode(header or self.header)}.{encode(claims or self.claims)}"
        return f"{body}.{encode(self.keys.private.sign(body.encode()))}"

    def hmac(self, key: bytes, **header: str) -> str:
        """Return a token signed by HMAC with something public."""
        body = f"{encode({**self.header, 'alg': 'HS256', **header})}.{encode(self.claims)}"
        return f"{body}.{encode(hmac.digest(key, body.encode(), 'sha256'))}"

    def stranger(self, **header: object) -> str:
        """Return a token signed with a key of the forger's own."""
        body = f"{encode({**self.header, **header})}.{encode(self.claims)}"
        return f"{body}.{encode(Ed25519PrivateKey.generate().sign(body.encode()))}"

    def public(self, form: str) -> bytes:
        key = self.keys.private.public_key()
        if form == "raw":
            return key.public_bytes_raw()
        return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)

    def claim(self, **changed: object) -> str:
        return self.sign(claims={**self.claims, **changed})

    def without(self, name: str) -> str:
        return self.sign(claims={key: value for key, value in self.claims.items() if key != name})

    def head(self, **changed: object) -> str:
        return self.sign(header={**self.header, **changed})

    def respelt(self) -> str:
        """Return the real token with the unused bits of the signature's last character set."""
        token = self.sign()
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return token[:-1] + alphabet[alphabet.index(token[-1]) + 1]


OWN_JWK = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
FORGERIES: dict[str, Callable[[Forger], str]] = {
    "empty": lambda _: "",
    "one part": lambda _: "abc",
    "two dots": lambda _: "..",
    "four parts": lambda f: f.sign() + ".x",
    "null bytes": lambda f: f.sign() + "\0",
    "blank inside": lambda f: f.sign().replace(".", ". ", 1),
    "padding": lambda f: f.sign() + "==",
    "respelt signature": lambda f: f.respelt(),
    "no signature": lambda f: f.sign().rpartition(".")[0] + ".",
    "short signature": lambda f: f.sign()[:-4],
    "zero signature": lambda f: f.sign().rpartition(".")[0] + "." + "A" * 86,
    "other payload, same signature": lambda f: ".".join(
        [f.sign().split(".")[0], encode({**f.claims, "sub": "900003"}), f.sign().split(".")[2]]
    ),
    "alg none": lambda f: f"{encode({**f.header, 'alg': 'none'})}.{encode(f.claims)}.",
    "alg None, signed": lambda f: f.head(alg="None"),
    "alg HS256 with raw public key": lambda f: f.hmac(f.public("raw")),
    "alg HS256 with PEM public key": lambda f: f.hmac(f.public("pem")),
    "alg HS256 with kid": lambda f: f.hmac(f.keys.kid.encode()),
    "alg HS256 with empty key": lambda f: f.hmac(b""),
    "alg ES256": lambda f: f.head(alg="ES256"),
    "alg Ed25519": lambda f: f.head(alg="Ed25519"),
    "alg eddsa": lambda f: f.head(alg="eddsa"),
    "alg list": lambda f: f.head(alg=["EdDSA"]),
    "alg missing": lambda f: f.sign(header={"typ": "staff+jwt", "kid": f.keys.kid}),
    "stranger's key": lambda f: f.stranger(),
    "stranger's kid": lambda f: f.stranger(kid="0123456789abcdef"),
    "jwk": lambda f: f.stranger(jwk=OWN_JWK),
    "jku": lambda f: f.stranger(jku="http://127.0.0.1:1/keys"),
    "x5u": lambda f: f.stranger(x5u="file:///etc/passwd"),
    "jwk on the real key": lambda f: f.head(jwk=OWN_JWK),
    "crit": lambda f: f.head(crit=["exp"]),
    "b64 false": lambda f: f.head(b64=False),
    "zip": lambda f: f.head(zip="DEF"),
    "cty": lambda f: f.head(cty="JWT"),
    "typ missing": lambda f: f.sign(header={"alg": "EdDSA", "kid": f.keys.kid}),
    "typ JWT": lambda f: f.head(typ="JWT"),
    "typ of programs": lambda f: f.head(typ="at+jwt"),
    "typ list": lambda f: f.head(typ=["staff+jwt"]),
    "typ number": lambda f: f.head(typ=1),
    "kid missing": lambda f: f.sign(header={"alg": "EdDSA", "typ": "staff+jwt"}),
    "kid list": lambda f: f.head(kid=[f.keys.kid]),
    "kid path": lambda f: f.head(kid="../../etc/passwd"),
    "header list": lambda f: f.sign(header=["EdDSA"]),
    "header not JSON": lambda f: f.sign(header=b"{"),
    "header not UTF-8": lambda f: f.sign(header=b'{"alg":"\xff"}'),
    "header deep": lambda f: f.sign(header=b'{"alg":' + b"[" * 700 + b"]" * 700 + b"}"),
    "payload list": lambda f: f.sign(claims=[1]),
    "payload text": lambda f: f.sign(claims="sub"),
    "payload not JSON": lambda f: f.sign(claims=b"{"),
    "payload not UTF-8": lambda f: f.sign(claims=b'{"sub":"\xff"}'),
    "too long": lambda f: f.claim(more="x" * 4000),
    "exp missing": lambda f: f.without("exp"),
    "iat missing": lambda f: f.without("iat"),
    "nbf missing": lambda f: f.without("nbf"),
    "aud missing": lambda f: f.without("aud"),
    "iss missing": lambda f: f.without("iss"),
    "sub missing": lambda f: f.without("sub"),
    "jti missing": lambda f: f.without("jti"),
    "sid missing": lambda f: f.without("sid"),
    "expired": lambda f: f.claim(iat=f.now - 700, nbf=f.now - 700, exp=f.now - 100),
    "expires now": lambda f: f.claim(exp=f.now),
    "exp far": lambda f: f.claim(exp=10**30),
    "exp an hour": lambda f: f.claim(exp=f.now + 3600),
    "exp text": lambda f: f.claim(exp=str(f.now + 600)),
    "exp float": lambda f: f.claim(exp=f.now + 600.5),
    "exp true": lambda f: f.claim(exp=True),
    "exp null": lambda f: f.claim(exp=None),
    "exp NaN": lambda f: f.claim(exp=float("nan")),
    "exp infinite": lambda f: f.claim(exp=float("inf")),
    "exp before iat": lambda f: f.claim(iat=f.now + 3, exp=f.now + 2),
    "iat in the future": lambda f: f.claim(iat=f.now + 60),
    "iat long ago": lambda f: f.claim(iat=0),
    "iat text": lambda f: f.claim(iat="0"),
    "nbf in the future": lambda f: f.claim(nbf=f.now + 60),
    "nbf list": lambda f: f.claim(nbf=[]),
    "aud other": lambda f: f.claim(aud="juminzei2"),
    "aud list": lambda f: f.claim(aud=["juminzei"]),
    "aud prefix": lambda f: f.claim(aud="jumin"),
    "aud object": lambda f: f.claim(aud={"juminzei": 1}),
    "iss other": lambda f: f.claim(iss="somebody"),
    "iss prefix": lambda f: f.claim(iss="jumin"),
    "iss list": lambda f: f.claim(iss=["juminzei"]),
    "sub other": lambda f: f.claim(sub="900003"),
    "sub number": lambda f: f.claim(sub=1234),
    "sub object": lambda f: f.claim(sub={"$ne": ""}),
    "jti number": lambda f: f.claim(jti=1),
    "sid unknown": lambda f: f.claim(sid=str(uuid4())),
    "sid not a UUID": lambda f: f.claim(sid="' OR 1=1 --"),
    "sid number": lambda f: f.claim(sid=7),
    "sid braced": lambda f: f.claim(sid=f"{{{f.session}}}"),
    "sid upper": lambda f: f.claim(sid=f.session.upper()),
}


def test_the_pack_is_large_enough() -> None:
    assert len(FORGERIES) >= 40


@pytest.fixture
async def forger(person: Person, clock: MovableClock) -> Forger:
    signed_in = await person.sign_in()
    claims = jwt.decode(signed_in.access_token, options={"verify_signature": False})
    keys = signing_keys(person.identity.settings)
    return Forger(keys, int(clock.now().timestamp()), claims["sid"], person.number)


async def test_the_forger_starts_from_a_token_that_works(forger: Forger, front: Front) -> None:
    answer = await front.ask("{ me { number } }", forger.sign())

    assert answer == {"data": {"me": {"number": forger.number}}}


async def test_no_forged_token_is_accepted(forger: Forger, front: Front, subtests: pytest.Subtests) -> None:
    for name, forge in FORGERIES.items():
        with subtests.test(name):
            token = forge(forger).encode("utf-8", "surrogateescape")
            answer = await front.http.post(
                "/graphql",
                json={"query": "{ me { number } }"},
                headers={"authorization": b"Bearer " + token},
            )

            assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (
                401,
                "UNAUTHENTICATED",
            )


@pytest.mark.parametrize("header", ["", "Bearer", "Basic dXNlcjpwYXNz", "bearer  x", "Token x", "Bearer\tx"])
async def test_a_header_without_a_bearer_token_is_not_nobody(header: str, front: Front) -> None:
    answer = await front.http.post(
        "/graphql",
        json={"query": 'mutation { refresh(refreshToken: "x") { accessToken } }'},
        headers={"authorization": header},
    )

    assert answer.status_code == 401
