"""Published years are locked by hash: a change of a locked file is seen, and must be made on purpose."""

import hashlib
import json
from pathlib import Path

from plugins.shikakeisan.law.files import YEARS
from plugins.shikakeisan.law.years import known_years, year_path

LOCK = YEARS / "lock.json"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def locked() -> dict[str, str]:
    """File name to hash, as locked."""
    found: dict[str, str] = json.loads(LOCK.read_text(encoding="utf-8"))
    return found


def lock_faults() -> list[str]:
    """Year files that are not as locked, or not locked at all."""
    expected = locked()
    paths = [year_path(year) for year in known_years()]
    faults = [
        f"{p.name} は確定後に変更されています" for p in paths if expected.get(p.name) not in {None, digest(p)}
    ]
    return faults + [
        f"{p.name} は確定（ハッシュの記録）がありません" for p in paths if p.name not in expected
    ]


def write_lock() -> None:
    """Lock the year files as they stand."""
    hashes = {year_path(year).name: digest(year_path(year)) for year in known_years()}
    LOCK.write_text(json.dumps(hashes, indent=2) + "\n", encoding="utf-8")
