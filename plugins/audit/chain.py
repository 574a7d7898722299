"""The chain that seals the access log: bytes without ambiguity, links, signed checkpoints.

A row's canonical bytes are RFC 8785 JSON: sorted keys, no spaces, `null` apart from `""`; so no two
different rows have the same bytes. Row n is sealed by link(n) = SHA-256(1 ‖ link(n-1) ‖ SHA-256(0 ‖ row n)),
and link(0) depends on the origin. A checkpoint signs how many rows there are and the last link, so that a
chain rewritten from some row on, or cut short, can be told from the real one by whoever kept a checkpoint.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = "juminzei-audit/1"
ROW, LINK, ORIGIN = b"\0", b"\1", b"\2"  # what a hash is of: without them a row could pass for a link
PURPOSE = b"juminzei audit checkpoint\0"  # the key signs nothing else, and nothing else passes for it


def canonical(value: Mapping[str, object]) -> bytes:
    """Return RFC 8785 bytes of texts, integers below 2⁵³, null, and lists or mappings of these."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def first_link(origin: str) -> bytes:
    """Return link(0) of the log named `origin`."""
    return sha256(ORIGIN + origin.encode()).digest()


def next_link(previous: bytes, row: bytes) -> bytes:
    """Return the link that seals a row's canonical bytes behind everything before it."""
    return sha256(LINK + previous + sha256(ROW + row).digest()).digest()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: at `time` (UTC) the log `origin` had `size` rows and ended in the link `root`.

    `number` counts the checkpoints of this log from 1, without gaps. `root` and `signature` are hex.
    """

    origin: str
    number: int
    size: int
    root: str
    time: str
    signature: str = ""

    def signed(self, key: Ed25519PrivateKey) -> "Checkpoint":
        """Return this checkpoint with its signature."""
        signature = key.sign(self._statement()).hex()
        return Checkpoint(self.origin, self.number, self.size, self.root, self.time, signature)

    def is_signed_by(self, keys: Iterable[Ed25519PublicKey]) -> bool:
        """Tell whether one of `keys` signed exactly this."""
        return any(self._fits(key) for key in keys)

    def line(self) -> bytes:
        """Return the line that stands for this checkpoint in exports and in the second place."""
        return canonical({"checkpoint": asdict(self)}) + b"\n"

    def _fits(self, key: Ed25519PublicKey) -> bool:
        try:
            key.verify(bytes.fromhex(self.signature), self._statement())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _statement(self) -> bytes:
        stated = asdict(self)
        del stated["signature"]
        return PURPOSE + canonical(stated)


def read_checkpoint(line: bytes) -> Checkpoint | None:
    """Return the checkpoint that `line` is, to the byte; None for anything else."""
    try:
        checkpoint = Checkpoint(**orjson.loads(line)["checkpoint"])
    except (ValueError, TypeError, KeyError):
        return None
    whole = type(checkpoint.number) is int and type(checkpoint.size) is int
    texts = (checkpoint.origin, checkpoint.root, checkpoint.time, checkpoint.signature)
    sound = whole and all(isinstance(text, str) for text in texts)
    return checkpoint if sound and checkpoint.line() == line else None


def header_line(origin: str) -> bytes:
    """Return the first line of an export."""
    return canonical({"format": FORMAT, "origin": origin}) + b"\n"


def row_line(link: bytes, row: bytes) -> bytes:
    """Return the line of one sealed row: its link, then its canonical bytes as they were hashed."""
    return b'{"link":"%b","row":%b}\n' % (link.hex().encode(), row)


ROW_STARTS = len(row_line(bytes(32), b"")) - len(b"}\n")


def row_of(line: bytes) -> bytes:
    """Return the bytes at the place of the row in a line made by `row_line`."""
    return line[ROW_STARTS:-2]
