"""The second place for checkpoints: one file per log, only ever appended to.

It should lie on another machine: it is what shows that the end of the log was cut off, also when somebody who
owns the database did it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plugins.audit.chain import Checkpoint, read_checkpoint
from plugins.audit.errors import ChainBroken

TAIL = 8192


@dataclass(frozen=True, slots=True)
class SecondPlace:
    """The file of one log in the folder that the setting `audit_checkpoint_dir` names."""

    folder: Path
    origin: str

    @property
    def file(self) -> Path:
        """Return where the checkpoints stand."""
        return self.folder / f"{self.origin}.jsonl"

    def last(self) -> Checkpoint | None:
        """Return the last checkpoint kept; raises ChainBroken when the last line is none."""
        tail = self._tail()
        lines = tail[: tail.rfind(b"\n") + 1].splitlines(keepends=True)
        if not lines:
            return None
        found = read_checkpoint(lines[-1])
        if found is None:
            raise ChainBroken("別の場所に保管された検査点の最後の行が壊れています。")
        return found

    def append(self, checkpoints: Sequence[Checkpoint]) -> None:
        """Add `checkpoints` and return when they are on the disk."""
        self.folder.mkdir(parents=True, exist_ok=True)
        half = len(self._tail().rpartition(b"\n")[2])
        with self.file.open("ab") as out:
            # a line that a crash left half written is not a checkpoint: it gives way to the whole one
            out.truncate(out.tell() - half)
            out.write(b"".join(checkpoint.line() for checkpoint in checkpoints))
            out.flush()
            os.fsync(out.fileno())

    def _tail(self) -> bytes:
        if not self.file.exists():
            return b""
        with self.file.open("rb") as kept:
            kept.seek(max(0, self.file.stat().st_size - TAIL))
            return kept.read()
