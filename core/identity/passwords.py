"""Passwords: which are good enough, and how they are kept (argon2id) without stalling the server."""

import asyncio
import base64
import re
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from core.errors import Unavailable
from core.identity.errors import WeakPassword
from core.identity.settings import HASH_MEMORY, HASH_ROUNDS, HASH_WORKERS
from core.settings import Settings

R = TypeVar("R")
SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 6
SHORTEST_NUMBER = 4
HISTORY = 5
WAITING = 64
COMMON = re.compile(r"passw[o0]rd|qwerty|asdfgh|12345|abcdef|juminzei|okayama|letmein|welcome")


def normalise(password: str) -> str:
    """Return the form that is hashed (NFKC), so that the same keys give the same password everywhere."""
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, staff_number: str) -> None:
    """Raise WeakPassword with the rule that a new password breaks."""
    text = normalise(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise WeakPassword(f"パスワードは{SHORTEST}文字以上{LONGEST}文字以内にしてください。", rule="length")
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise WeakPassword("パスワードに使えない文字が含まれています。", rule="characters")
    if len(staff_number) >= SHORTEST_NUMBER and staff_number.casefold() in text.casefold():
        raise WeakPassword("パスワードに職員番号を含めないでください。", rule="staff_number")
    if len(set(text)) < FEWEST_DIFFERENT or COMMON.search(text.casefold()):
        raise WeakPassword("推測されやすいパスワードは使えません。", rule="common")


class Hasher:
    """Hashes and verifies in threads of its own, few at a time; a flood is turned away, not queued."""

    def __init__(self, settings: Settings) -> None:
        workers = settings[HASH_WORKERS]
        self._hasher = PasswordHasher(settings[HASH_ROUNDS], settings[HASH_MEMORY], parallelism=1)
        self._threads = ThreadPoolExecutor(workers, "argon2")
        self._waiting = 0
        self._nobody = _unmatched(settings)

    async def hash(self, password: str) -> str:
        """Return the argon2id hash with its parameters."""
        return await self._run(self._hasher.hash, _as_bytes(password))

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Tell whether `password` fits; without a hash the same work is done and the answer is no."""
        fits = await self._run(self._verify, hashed or self._nobody, _as_bytes(password))
        return fits and bool(hashed)

    async def _run(self, work: Callable[..., R], *arguments: str | bytes) -> R:
        if self._waiting >= WAITING:
            raise Unavailable
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1

    def _verify(self, hashed: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (Argon2Error, InvalidHashError):
            return False


def _as_bytes(password: str) -> bytes:
    """Encode what was typed, whatever it was: half a surrogate pair is a wrong password, not a fault."""
    return normalise(password).encode("utf-8", "surrogatepass")


def _unmatched(settings: Settings) -> str:
    """Return a hash of nothing: verified for an unknown number, so that it costs the same work."""
    salt, digest = (base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={settings[HASH_MEMORY]},t={settings[HASH_ROUNDS]},p=1${salt}${digest}"
