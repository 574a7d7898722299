"""What a field of the API asks for: an action on an object of the policy."""

from typing import NamedTuple


class Permission(NamedTuple):
    """An `action` (`read`, `mask`, `write`, `approve`, …) on a policy object (`atena.person`)."""

    object: str
    action: str

    def __str__(self) -> str:
        return f"{self.object}:{self.action}"
