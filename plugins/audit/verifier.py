"""Is an exported access log what was sealed? Needs the file and the public key; no database, no network.

It reads the file once, from the first row on, and stops at the first thing that does not fit. Checkpoints
kept in a second place are compared on the way; they alone show that the end of the file was cut off.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from plugins.audit.chain import (
    FORMAT,
    Checkpoint,
    first_link,
    header_line,
    next_link,
    read_checkpoint,
    row_line,
    row_of,
)
from plugins.audit.errors import ChainBroken, NotAnExport

LONGEST_LINE = 1 << 20
Keys = Sequence[Ed25519PublicKey]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found to be in order."""

    origin: str
    rows: int
    checkpoints: int
    kept_elsewhere: int
    until: str


@dataclass(slots=True)
class _Progress:
    """How far the chain holds: the last good row, and what is known to be signed."""

    origin: str
    link: bytes
    keys: Keys
    elsewhere: dict[int, Checkpoint] = field(default_factory=dict)
    rows: int = 0
    seen: Checkpoint | None = None
    compared: set[int] = field(default_factory=set)

    @property
    def signed(self) -> int:
        """The number of rows that the file's last checkpoint covers."""
        return self.seen.size if self.seen else 0


def verify(file: BinaryIO, keys: Keys, elsewhere: Sequence[Checkpoint] = ()) -> Verdict:
    """Verify an export; raises ChainBroken, which names the first bad row, or NotAnExport."""
    lines = _lines(file)
    origin = _origin(next(lines, b""))
    progress = _Progress(origin, first_link(origin), keys)
    for checkpoint in elsewhere:
        _keep(progress, checkpoint)
    for line in lines:
        if line.startswith(b'{"checkpoint":'):
            _pass_checkpoint(progress, line)
        else:
            _pass_row(progress, line)
    _check_end(progress)
    seen = progress.seen
    return Verdict(
        origin, progress.rows, seen.number if seen else 0, len(progress.compared), seen.time if seen else ""
    )


def read_public_key(file: Path) -> Ed25519PublicKey:
    """Read an Ed25519 public key (PEM); raises ValueError for anything else."""
    key = load_pem_public_key(file.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def read_kept(folder: Path) -> list[Checkpoint]:
    """Read the checkpoints kept in `folder` (`*.jsonl`); raises ChainBroken for a damaged line."""
    found = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_bytes().splitlines(keepends=True), start=1):
            checkpoint = read_checkpoint(line)
            if checkpoint is None:
                raise ChainBroken(f"検査点の控え {file.name} の {number} 行目が壊れています。", line=number)
            found.append(checkpoint)
    return found


def _lines(file: BinaryIO) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        yield line


def _origin(line: bytes) -> str:
    try:
        origin = orjson.loads(line)["origin"]
    except (ValueError, TypeError, KeyError):
        raise NotAnExport from None
    if not isinstance(origin, str) or line != header_line(origin):
        raise NotAnExport(f"1行目が {FORMAT} の見出しではありません。")
    return origin


def _keep(progress: _Progress, checkpoint: Checkpoint) -> None:
    _check_statement(progress, checkpoint)
    same = progress.elsewhere.setdefault(checkpoint.size, checkpoint)
    if same.root != checkpoint.root:
        text = f"{checkpoint.size} 件目までについて、内容の異なる検査点が二つ保管されています。"
        raise ChainBroken(text, number=1)


def _pass_row(progress: _Progress, line: bytes) -> None:
    row = row_of(line)
    link = next_link(progress.link, row)
    if line != row_line(link, row):
        raise _bad_row(line, progress.rows + 1)
    progress.link = link
    progress.rows += 1
    kept = progress.elsewhere.get(progress.rows)
    if kept is not None:
        _check_root(progress, kept, "別の場所に保管された検査点")
        progress.compared.add(kept.size)


def _bad_row(line: bytes, expected: int) -> ChainBroken:
    """Say what is wrong with the row that should have been number `expected`."""
    try:
        found = orjson.loads(line)["row"]["sequence"]
    except (ValueError, TypeError, KeyError):
        found = None
    if type(found) is not int:
        what = "記録として読めません(壊れているか、別のものに置き換えられています)。"
    elif found == expected:
        what = "封印した後で内容が変更されています。"
    elif found > expected:
        what = f"あるべき場所に {found} 件目があります(記録が削除されたか、順序が変えられています)。"
    else:
        what = f"あるべき場所に {found} 件目があります(記録が挿入されたか、重複しています)。"
    return ChainBroken(f"{expected} 件目: {what}", number=expected)


def _pass_checkpoint(progress: _Progress, line: bytes) -> None:
    checkpoint = read_checkpoint(line)
    if checkpoint is None:
        raise ChainBroken(f"{progress.rows} 件目の後の検査点が壊れています。", number=progress.signed + 1)
    _check_statement(progress, checkpoint)
    expected = progress.seen.number + 1 if progress.seen else 1
    if checkpoint.number != expected or checkpoint.size <= progress.signed:
        raise ChainBroken(
            f"{progress.rows} 件目の後: 検査点 {expected} の場所に検査点 {checkpoint.number} があります。",
            number=progress.signed + 1,
        )
    _check_root(progress, checkpoint, f"検査点 {checkpoint.number}")
    progress.seen = checkpoint


def _check_statement(progress: _Progress, checkpoint: Checkpoint) -> None:
    """Check what a checkpoint is by itself: of this log, and signed with a key we were given."""
    at = f"検査点 {checkpoint.number}({checkpoint.size} 件目まで)"
    if not checkpoint.is_signed_by(progress.keys):
        raise ChainBroken(f"{at}の署名が、この公開鍵のものではありません。", number=progress.signed + 1)
    if checkpoint.origin != progress.origin:
        raise ChainBroken(f"{at}は別の記録のものです。", number=progress.signed + 1)


def _check_root(progress: _Progress, checkpoint: Checkpoint, name: str) -> None:
    if (checkpoint.size, checkpoint.root) == (progress.rows, progress.link.hex()):
        return
    first, last = progress.signed + 1, max(progress.rows, checkpoint.size)
    raise ChainBroken(
        f"{first} 件目から {last} 件目までのどこかが書き換えられています({name}と一致しません)。",
        number=first,
    )


def _check_end(progress: _Progress) -> None:
    longest = max(progress.elsewhere, default=0)
    if longest > progress.rows:
        kept = progress.elsewhere[longest]
        raise ChainBroken(
            f"{progress.rows + 1} 件目: ファイルは {progress.rows} 件で終わっていますが、別の場所に保管された"
            f"検査点 {kept.number}({kept.time})は {longest} 件あったことを示しています(末尾が切り取られたか、"
            "その時刻より前に出力されたファイルです)。",
            number=progress.rows + 1,
        )
    if progress.rows > progress.signed:
        raise ChainBroken(
            f"{progress.signed + 1} 件目: ここから末尾までを証明する検査点がありません。",
            number=progress.signed + 1,
        )
