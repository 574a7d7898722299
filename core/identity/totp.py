"""Time-based one-time passwords (RFC 6238: SHA-1, six digits, 30 seconds), the second factor."""

import base64
import hmac
import re
import secrets
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
CODE = re.compile(r"[0-9]{6}", re.ASCII)


def new_secret() -> bytes:
    """Return a new shared secret of 160 bits, the length RFC 4226 recommends."""
    return secrets.token_bytes(20)


def code_at(secret: bytes, step: int) -> str:
    """Return the code of one step, the number of whole 30 seconds since 1970."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(moment: datetime) -> int:
    """Return the step that `moment` falls in."""
    return int(moment.timestamp()) // STEP_SECONDS


def matching_step(secret: bytes, code: str, moment: datetime) -> int | None:
    """Return the step whose code this is, at most one step away from `moment`, or None."""
    if not CODE.fullmatch(code):
        return None
    now = step_of(moment)
    fitting = [s for s in (now - 1, now, now + 1) if hmac.compare_digest(code_at(secret, s), code)]
    return max(fitting, default=None)


def uri(secret: bytes, issuer: str, account: str) -> str:
    """Return the `otpauth:` address that an authenticator application takes, usually as a QR code."""
    key = base64.b32encode(secret).decode().rstrip("=")
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?secret={key}&issuer={quote(issuer)}"
