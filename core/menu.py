"""Entries that front ends may show; who sees one is decided by the same policy as the field behind it."""

from dataclasses import dataclass

from core.access.permission import Permission


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A menu entry: a stable id, its Japanese label, and the permission of the field it leads to."""

    id: str
    label: str
    permission: Permission
