"""`expectedVersion`: nobody overwrites what they have not seen."""

from core.errors import Conflict


def ensure_version(current: int, expected: int) -> None:
    """Raise Conflict, with the version to reload, unless the caller saw the `current` one.

    Call it on a row that is held (`get_locked`), or two callers can both be right.
    """
    if current != expected:
        raise Conflict(currentVersion=current)
