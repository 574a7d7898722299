"""Fields that some see only masked, and fields that nobody sees without saying why.

`@door(MY_NUMBER_READ, "個人番号", extensions=[Masked(MY_NUMBER_MASK), NeedsReason()])`: those who hold the
field's own permission get the value, after stating a reason; those who hold only `MY_NUMBER_MASK` get
asterisks; everybody else is refused. For a masked reader the resolver is never called, so the real value is
not even loaded, and whether there is one at all cannot be told from the answer.
"""

from collections.abc import Awaitable, Callable
from types import MappingProxyType
from typing import Any

from strawberry import Info
from strawberry.extensions import FieldExtension
from strawberry.types.field import StrawberryField

from core.access.actor import Actor
from core.access.permission import Permission
from core.errors import Forbidden, JuminzeiError
from core.graphql.fields import PERMISSION

MASK = "mask"  # key of the masking permission in a field's metadata, beside PERMISSION
MASKED_TEXT = "************"  # always twelve, whatever stands behind it


class ReasonRequired(JuminzeiError):
    """Shown, or done, only for those who state why: with the request (`X-Reason`), or as `reason`."""

    code = "REASON_REQUIRED"
    message = "理由を入力してください。閲覧と処理の理由は、アクセス記録に残ります。"
    status = 400


def sees_value(actor: Actor, read: Permission, mask: Permission) -> bool:
    """Tell whether `actor` gets the value or the mask; raises Forbidden for those who hold neither."""
    if read in actor.grants:
        return True
    if mask in actor.grants:
        return False
    raise Forbidden


class Masked(FieldExtension):
    """Shows `text` instead of the value to those who hold only the permission `mask`; one per field."""

    def __init__(self, mask: Permission, text: str = MASKED_TEXT) -> None:
        self.mask = mask
        self.text = text
        self.read: Permission

    def apply(self, field: StrawberryField) -> None:
        """Enter the masking permission in the field's metadata and description."""
        self.read = _permission_of(field)
        field.metadata = MappingProxyType({**field.metadata, MASK: self.mask})
        note = f"Masked for `{self.mask}`."
        if note not in (field.description or ""):
            field.description = f"{field.description} {note}"

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """Answer for a plain resolver."""
        if sees_value(info.context.actor, self.read, self.mask):
            return next_(source, info, **kwargs)
        return self.text

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Answer for an async resolver."""
        if sees_value(info.context.actor, self.read, self.mask):
            return await next_(source, info, **kwargs)
        return self.text


class NeedsReason(FieldExtension):
    """Gives the value only to a request that states a reason, which the access log keeps.

    Stands before or behind `Masked`: a reader who gets only the mask needs no reason.
    """

    def __init__(self) -> None:
        self.read: Permission

    def apply(self, field: StrawberryField) -> None:
        """Learn who would get the value."""
        self.read = _permission_of(field)

    def resolve(self, next_: Callable[..., Any], source: Any, info: Info, **kwargs: Any) -> Any:
        """Answer for a plain resolver."""
        self._check(info)
        return next_(source, info, **kwargs)

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **kwargs: Any
    ) -> Any:
        """Answer for an async resolver."""
        self._check(info)
        return await next_(source, info, **kwargs)

    def _check(self, info: Info) -> None:
        if self.read in info.context.actor.grants:
            require_reason(info.context.reason)


def require_reason(reason: str) -> None:
    """Raise ReasonRequired unless `reason` says something (services call this too, before a write)."""
    if not reason.strip():
        raise ReasonRequired


def _permission_of(field: StrawberryField) -> Permission:
    permission: Permission | None = field.metadata.get(PERMISSION)
    if permission is None:
        raise TypeError(f"field {field.python_name} states no permission")
    return permission
