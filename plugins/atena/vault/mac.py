"""HMAC-SHA-256 (RFC 2104) under one key, prepared: `hmac.digest` begins anew for each text."""

import hashlib

_BLOCK = 64


class Mac:
    """A key to make keyed digests with."""

    def __init__(self, key: bytes) -> None:
        filled = key.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in filled))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in filled))

    def digest(self, data: bytes) -> bytes:
        """Return the 32 bytes for `data`."""
        inner = self._inner.copy()
        inner.update(data)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()
