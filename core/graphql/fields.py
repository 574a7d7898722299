"""Fields that state what they ask for: each has a permission and a Japanese label."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry.extensions import FieldExtension

from core.access.permission import Permission

PERMISSION = "permission"
Resolver = TypeVar("Resolver", bound=Callable[..., Any])


def column(permission: Permission, label: str, *, default: Any = ...) -> Any:
    """Declare a field that is a plain attribute of its type: `name: str = column(PERSON, "氏名")`."""
    given = {} if default is ... else {"default": default}
    return strawberry.field(
        description=_describe(permission, label), metadata={PERMISSION: permission}, **given
    )


def door(
    permission: Permission, label: str, *, extensions: Sequence[FieldExtension] = ()
) -> Callable[[Resolver], Resolver]:
    """Declare a field with a resolver: `@door(PERSON, "住所の履歴") async def addresses(self, info)`."""

    def decorate(resolver: Resolver) -> Resolver:
        made: Any = strawberry.field(
            resolver=resolver,
            description=_describe(permission, label),
            metadata={PERMISSION: permission},
            extensions=list(extensions),
        )
        return made  # type: ignore[no-any-return]  # Strawberry's field stands in for the method it wraps

    return decorate


def _describe(permission: Permission, label: str) -> str:
    return f"{label}\n\nRequires `{permission}`."
