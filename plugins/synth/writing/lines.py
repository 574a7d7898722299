"""A file of lines that counts and adds up its own digest, for the manifest beside it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import orjson


class Lines:
    """Writes `folder/name`; on leaving, `folder/manifest.json` says how many lines and which bytes."""

    def __init__(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True)
        self.folder, self.name = folder, name
        self.count = 0
        self._digest = hashlib.sha256()
        self._file = (folder / name).open("wb")

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        said = {"name": self.name, "records": self.count, "sha256": self._digest.hexdigest()}
        manifest = orjson.dumps({"files": [said]}, option=orjson.OPT_INDENT_2)
        (self.folder / "manifest.json").write_bytes(manifest)

    def write(self, lines: Iterable[bytes]) -> None:
        """Write lines, each with its line end."""
        for line in lines:
            self._file.write(line)
            self._digest.update(line)
            self.count += 1
