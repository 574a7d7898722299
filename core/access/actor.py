"""The one who acts: a member of staff, a program, the system itself, or nobody yet."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core.access.permission import Permission


class ActorKind(StrEnum):
    """The kinds of those who act."""

    ANONYMOUS = "anonymous"
    STAFF = "staff"
    CLIENT = "client"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts in a request or job, with everything they are granted.

    `number` is the 職員番号, or the client id of a program. `subjects` are the policy subjects
    (`role:…`, `scope:…`) that `grants` was compiled from.
    """

    kind: ActorKind
    number: str
    department: str = ""
    session: UUID | None = None
    subjects: frozenset[str] = frozenset()
    grants: frozenset[Permission] = frozenset()

    def may(self, permission: Permission) -> bool:
        """Tell whether the actor holds `permission`."""
        return permission in self.grants


SYSTEM = Actor(ActorKind.SYSTEM, "system")
