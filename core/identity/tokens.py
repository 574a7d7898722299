"""Access tokens: JWT signed with Ed25519, short-lived, and strict in every claim.

A staff token only names a session row, which decides at every request; a client token names a client row.
The two kinds differ in `typ`, so neither can be taken for the other.
"""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
from jwt.types import Options

from core.clock import Clock
from core.errors import Unauthenticated
from core.identity.keys import SigningKeys
from core.identity.settings import ISSUER, TOKEN_MINUTES
from core.settings import Settings

STAFF_TYPE, CLIENT_TYPE = "staff+jwt", "at+jwt"
ALGORITHM = "EdDSA"
LONGEST_LIFE = timedelta(minutes=15)
LEEWAY_SECONDS = 5
MOST_BYTES = 2048
SHAPE = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}", re.ASCII)
COMMON_CLAIMS = ["exp", "iat", "nbf", "aud", "iss", "sub", "jti"]
OWN_CLAIMS: Mapping[str, list[str]] = {STAFF_TYPE: ["sid"], CLIENT_TYPE: ["client_id", "scope"]}
UNTIMED: Options = {
    # the three times are checked below against our own clock, which tests can move
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "strict_aud": True,
    "enforce_minimum_key_length": True,
}


@dataclass(frozen=True, slots=True)
class StaffToken:
    """What a staff token says: who, and by which session."""

    number: str
    session: UUID
    expires: int


@dataclass(frozen=True, slots=True)
class ClientToken:
    """What a client token says: which program, and the scopes it asked for."""

    client: str
    scopes: frozenset[str]
    expires: int
    issued: int
    jti: str


class AccessTokens:
    """Issues and reads access tokens."""

    def __init__(self, settings: Settings, clock: Clock, keys: SigningKeys) -> None:
        self.issuer = settings[ISSUER]
        self.life = timedelta(minutes=settings[TOKEN_MINUTES])
        self._clock = clock
        self._keys = keys

    def for_staff(self, number: str, session: UUID, ends_at: datetime) -> str:
        """Return a token for one session; it never outlives the session."""
        return self._issue(STAFF_TYPE, number, {"sid": str(session)}, ends_at)

    def for_client(self, client: str, scopes: frozenset[str]) -> str:
        """Return a token for a program (RFC 9068)."""
        return self._issue(CLIENT_TYPE, client, {"client_id": client, "scope": " ".join(sorted(scopes))})

    def read(self, token: str) -> StaffToken | ClientToken:
        """Return what a token says; raises Unauthenticated, without saying why, unless it is one of ours."""
        kind, claims = self._verified(token)
        try:
            if kind == STAFF_TYPE:
                return StaffToken(claims["sub"], _uuid(claims["sid"]), claims["exp"])
            scopes = frozenset(_text(claims["scope"]).split())
            if claims["client_id"] != claims["sub"]:
                raise Unauthenticated
            return ClientToken(claims["sub"], scopes, claims["exp"], claims["iat"], claims["jti"])
        except ValueError:
            raise Unauthenticated from None

    def still_valid(self, expires: int) -> bool:
        """Tell whether a token that was read before has not expired since."""
        return self._clock.now().timestamp() < expires

    def _issue(self, kind: str, subject: str, own: Mapping[str, str], ends_at: datetime | None = None) -> str:
        now = self._clock.now()
        end = min(now + self.life, ends_at or now + self.life)
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.issuer,
            "sub": subject,
            "iat": int(now.timestamp()),
            "nbf": int(now.timestamp()),
            "exp": int(end.timestamp()),
            "jti": secrets.token_urlsafe(16),
            **own,
        }
        return jwt.encode(claims, self._keys.private, ALGORITHM, {"typ": kind, "kid": self._keys.kid})

    def _verified(self, token: str) -> tuple[str, dict[str, Any]]:
        if len(token) > MOST_BYTES or not SHAPE.fullmatch(token) or not _canonical(token):
            raise Unauthenticated
        try:
            header = jwt.get_unverified_header(token)
            kind, key = self._expected(header)
            options: Options = {**UNTIMED, "require": [*COMMON_CLAIMS, *OWN_CLAIMS[kind]]}
            claims = jwt.decode(token, key, [ALGORITHM], options, audience=self.issuer, issuer=self.issuer)
        except (jwt.PyJWTError, RecursionError):
            raise Unauthenticated from None
        check_times(claims, self._clock.now(), LONGEST_LIFE)
        return kind, claims

    def _expected(self, header: Mapping[str, Any]) -> tuple[str, Any]:
        """Return kind and key; a header with anything else in it (jwk, jku, x5u, crit, …) is not ours."""
        kind, kid = str(header.get("typ")), str(header.get("kid"))
        if header.keys() != {"alg", "typ", "kid"} or kind not in OWN_CLAIMS or kid not in self._keys.public:
            raise Unauthenticated
        return kind, self._keys.public[kid]


def check_times(claims: Mapping[str, Any], now: datetime, longest: timedelta) -> None:
    """Raise Unauthenticated unless the token is valid now and was not made for longer than `longest`.

    `nbf` may be missing (in assertions of clients); a time that is no whole number is refused.
    """
    times = [claims["iat"], claims.get("nbf", claims["iat"]), claims["exp"]]
    if any(type(moment) is not int for moment in times):
        raise Unauthenticated
    issued, begin, end = times
    present = now.timestamp()
    begun = max(issued, begin) <= present + LEEWAY_SECONDS
    if not begun or end <= present or not 0 < end - issued <= longest.total_seconds():
        raise Unauthenticated


def _canonical(token: str) -> bool:
    """Tell whether the signature is spelt in the one way that we spell it (base64 leaves bits unused)."""
    signature = token.rpartition(".")[2]
    return base64.urlsafe_b64encode(base64.urlsafe_b64decode(signature + "==")).decode()[:-2] == signature


def _uuid(value: object) -> UUID:
    found = UUID(_text(value))
    if str(found) != value:
        raise ValueError("not canonical")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")  # one kind of error for every misshapen claim
    return value
