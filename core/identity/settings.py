"""The settings of identity: how people sign in, how long they stay in, which keys are used."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from core.settings import Setting, boolean, one_of, whole

PASSWORD_PROFILE = Setting(
    "password_profile",
    one_of("okayama", "nist"),
    "okayama",
    "okayama: a password lasts 90 days; nist: it does not expire. Both ask for a second factor",
)
HASH_MEMORY = Setting("password_hash_memory", whole(19456, 1048576), 19456, "memory of argon2id in KiB")
HASH_ROUNDS = Setting("password_hash_rounds", whole(2, 20), 2, "passes of argon2id over its memory")
HASH_WORKERS = Setting("password_hash_workers", whole(1, 64), 2, "passwords checked at the same time")
FAILURES = Setting("sign_in_failures", whole(3, 10), 5, "failed sign-ins in a row that lock an account")
ORIGIN_FAILURES = Setting(
    "sign_in_origin_failures", whole(5, 10000), 50, "failed sign-ins that lock out one network address"
)
LOCK_MINUTES = Setting("sign_in_lock_minutes", whole(1, 1440), 15, "how long a lock lasts, in minutes")
IDLE_MINUTES = Setting(
    "session_idle_minutes", whole(5, 30), 15, "a session without a request ends after this"
)
ABSOLUTE_HOURS = Setting("session_absolute_hours", whole(1, 12), 8, "a session ends after this in any case")
TOKEN_MINUTES = Setting("access_token_minutes", whole(1, 15), 10, "how long an access token is valid")
ISSUER = Setting("token_issuer", str, "juminzei", "the issuer and audience named in access tokens")
TOKEN_URL = Setting(
    "oauth_token_url",
    str,
    "http://127.0.0.1:8000/oauth/token",
    "the public address of /oauth/token, which other systems name as audience of their assertions",
)
TOKEN_KEYS = Setting(
    "token_key_file",
    Path,
    Path(),
    "PEM file of Ed25519 keys that sign access tokens: the first signs, all verify (production: required)",
)
SEAL_KEYS = Setting(
    "identity_key_file",
    Path,
    Path(),
    "file of 32-byte keys in base64, one a line, that seal TOTP and client secrets: the first seals, "
    "all open (production: required)",
)
TERMINAL_TOKEN = Setting(
    "token",
    str,
    "",
    "access token of the person who acts at the terminal, instead of password and code; for the environment",
    secret=True,
)
UNATTENDED = Setting(
    "unattended",
    boolean,
    default=False,
    help="commands that change what counts run in the name of the system where nobody signs in; "
    "for the environment of a machine's own timetable (outside production always)",
)

PASSWORD_AGE = {"okayama": timedelta(days=90), "nist": None}

SETTINGS: tuple[Setting[Any], ...] = (
    PASSWORD_PROFILE,
    HASH_MEMORY,
    HASH_ROUNDS,
    HASH_WORKERS,
    FAILURES,
    ORIGIN_FAILURES,
    LOCK_MINUTES,
    IDLE_MINUTES,
    ABSOLUTE_HOURS,
    TOKEN_MINUTES,
    ISSUER,
    TOKEN_URL,
    TOKEN_KEYS,
    SEAL_KEYS,
    TERMINAL_TOKEN,
    UNATTENDED,
)
