"""Stored documents: the queries of our own front ends, asked for by the SHA-256 of their text."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from core.errors import StartError


def read_trusted(folder: Path) -> Mapping[str, str]:
    """Read every `*.graphql` under `folder`, keyed by hash; `.` means that there are none.

    Raises StartError for a folder that is not there, is empty, or holds a file that is not UTF-8.
    """
    if folder == Path():
        return {}
    files = sorted(folder.rglob("*.graphql"))
    if not files:
        raise StartError(f"setting trusted_documents: no *.graphql file in {folder}")
    return dict(_entry(file) for file in files)


def _entry(file: Path) -> tuple[str, str]:
    content = file.read_bytes()
    try:
        return hashlib.sha256(content).hexdigest(), content.decode("utf-8")
    except UnicodeDecodeError:
        raise StartError(f"setting trusted_documents: {file} is not UTF-8") from None
