"""Fields that state what they ask for: each has a permission and a Japanese label."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import strawberry
from strawberry.extensions import FieldExtension

from core.access.permission import Permission

PERMISSION = "permission"
NO_STORE = "no_store"
OPEN = Permission("open", "read")
"""Stated by fields that open no door of their own. Only fields of a `Structure` may state it."""

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


class Structure:
    """Mixin of types that only hold others together (a page, an edge): what they lead to is guarded."""


def column(permission: Permission, label: str, *, default: Any = ...) -> Any:
    """Declare a field that is a plain attribute of its type: `name: str = column(PERSON, "氏名")`.

    On an input type, the permission is asked of those who fill the field in.
    """
    given = {} if default is ... else {"default": default}
    return strawberry.field(
        description=_describe(permission, label), metadata={PERMISSION: permission}, **given
    )


def door(
    permission: Permission,
    label: str,
    *,
    extensions: Sequence[FieldExtension] = (),
    no_store: bool = False,
) -> Callable[[Resolver], Resolver]:
    """Declare a field with a resolver: `@door(PERSON, "住所の履歴") async def addresses(self, info)`.

    `no_store` is for a mutation whose answer holds a secret (a token): the answer is never kept, so such a
    mutation takes no `Idempotency-Key`.
    """

    def decorate(resolver: Resolver) -> Resolver:
        made: Any = strawberry.field(
            resolver=resolver,
            description=_describe(permission, label),
            metadata={PERMISSION: permission, NO_STORE: no_store},
            extensions=list(extensions),
        )
        return made  # type: ignore[no-any-return]  # Strawberry's field stands in for the method it wraps

    return decorate


def stream(permission: Permission, label: str) -> Callable[[Resolver], Resolver]:
    """Declare a subscription: an async generator whose values are sent as they come."""

    def decorate(resolver: Resolver) -> Resolver:
        made: Any = strawberry.subscription(
            resolver=resolver, description=_describe(permission, label), metadata={PERMISSION: permission}
        )
        return made  # type: ignore[no-any-return]  # Strawberry's field stands in for the method it wraps

    return decorate


def guarded(permission: Permission, label: str) -> Any:
    """Describe an argument that only holders of `permission` may use: `Annotated[str | None, guarded(…)]`."""
    return strawberry.argument(description=_describe(permission, label), metadata={PERMISSION: permission})


def _describe(permission: Permission, label: str) -> str:
    return label if permission == OPEN else f"{label}\n\nRequires `{permission}`."
