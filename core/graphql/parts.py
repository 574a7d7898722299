"""What a plug-in hands over to be composed into the one schema."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class GraphQLParts:
    """Root types and additions of one plug-in.

    `query`, `mutation` and `subscription` are `@strawberry.type` classes whose fields are merged into the
    roots. `additions` maps the type of another plug-in to a `@strawberry.type` class that holds only the
    new fields; their resolvers take `strawberry.Parent[Owner]`.
    """

    query: tuple[type, ...] = ()
    mutation: tuple[type, ...] = ()
    subscription: tuple[type, ...] = ()
    additions: Mapping[type, type] = field(default_factory=dict)
