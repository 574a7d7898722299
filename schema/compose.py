"""Composes the one schema: roots merged, types extended, everything without a permission refused."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from strawberry.exceptions import DuplicatedTypeName
from strawberry.schema.name_converter import NameConverter

from core.access.permission import Permission
from core.access.policy import Policy
from core.errors import StartError
from core.graphql.analysis import DEFINITION, metadata_of, permission_of
from core.graphql.fields import OPEN, Structure
from core.graphql.parts import GraphQLParts
from core.graphql.schema import HouseSchema, fields_of
from core.runtime import Runtime
from schema.menu import menu_parts

ROOTS = ("query", "mutation", "subscription")
_NAMES = NameConverter()


def compose_schema(runtime: Runtime) -> HouseSchema:
    """Compose the parts of core and of the enabled plug-ins, against the deployment's policy."""
    menu = menu_parts(runtime.plugins.gather("menu"))
    return compose([*runtime.plugins.answers("graphql"), menu], runtime.policy)


def compose(parts: Sequence[GraphQLParts], policy: Policy) -> HouseSchema:
    """Merge `parts`; raises StartError for a name given twice, or a field without a known permission."""
    query, mutation, subscription = (_merged(root, _pieces(parts, root)) for root in ROOTS)
    if query is None:
        raise StartError("GraphQL: no plug-in brings a query")
    try:
        schema = HouseSchema(query, mutation, subscription, _additions(parts))
    except DuplicatedTypeName as error:
        owners = " and ".join(sorted(map(owner_of, (error.first_cls, error.second_cls))))
        raise StartError(f"GraphQL: type {_type_name(error)} is defined by both {owners}") from None
    for name, field in _all_fields(schema):
        _check_stated(name, field)
    for name, element in _all_guarded(schema):
        _check_known(name, element, policy.permissions)
    return schema


def owner_of(kind: object) -> str:
    """Name the plug-in (or `core`) that a class comes from, by the module it stands in."""
    module = str(getattr(kind, "__module__", ""))
    return module.removeprefix("plugins.").split(".", 1)[0]


def _pieces(parts: Sequence[GraphQLParts], root: str) -> list[type]:
    return [kind for part in parts for kind in getattr(part, root)]


def _merged(root: str, pieces: Sequence[type]) -> type | None:
    """Make one root type that inherits all pieces, in the order of requirements."""
    _refuse_duplicates(root.capitalize(), pieces)
    if not pieces:
        return None
    merged: type = strawberry.type(type(root.capitalize(), tuple(pieces), {}))
    return merged


def _additions(parts: Sequence[GraphQLParts]) -> Mapping[type, Sequence[type]]:
    additions: dict[type, list[type]] = {}
    for part in parts:
        for owner, addition in part.additions.items():
            additions.setdefault(owner, []).append(addition)
    for owner, kinds in additions.items():
        _refuse_duplicates(owner.__name__, [owner, *kinds])
        for kind in kinds:
            _refuse_bare_fields(owner, kind)
    return additions


def _refuse_duplicates(name: str, kinds: Sequence[type]) -> None:
    seen: dict[str, type] = {}
    for kind in kinds:
        for field in fields_of(kind):
            field_name = _NAMES.get_graphql_name(field)
            if field_name in seen:
                owners = f"{owner_of(seen[field_name])} and {owner_of(kind)}"
                raise StartError(f"GraphQL: field {name}.{field_name} is defined by both {owners}")
            seen[field_name] = kind


def _refuse_bare_fields(owner: type, kind: type) -> None:
    """An added field cannot be an attribute of the owner's class: it needs a resolver."""
    for field in fields_of(kind):
        if field.base_resolver is None:
            place = f"{owner.__name__}.{_NAMES.get_graphql_name(field)}"
            raise StartError(f"GraphQL: {owner_of(kind)} adds {place} without a resolver")


def _all_fields(schema: HouseSchema) -> Iterator[tuple[str, GraphQLField]]:
    for kind in schema.core.type_map.values():
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and not kind.name.startswith("__"):
            for name, field in kind.fields.items():
                yield f"{kind.name}.{name}", field


def _all_guarded(schema: HouseSchema) -> Iterator[tuple[str, Any]]:
    """Return everything that may ask for a permission: fields, their arguments, fields of inputs."""
    for name, field in _all_fields(schema):
        yield name, field
        yield from ((f"{name}({argument})", definition) for argument, definition in field.args.items())
    for kind in schema.core.type_map.values():
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{kind.name}.{name}", definition) for name, definition in kind.fields.items())


def _check_stated(name: str, field: GraphQLField) -> None:
    definition = field.extensions[DEFINITION]
    permission = permission_of(field)
    if permission is None:
        owner = owner_of(definition.origin)
        raise StartError(f"GraphQL: field {name} of {owner} states no permission (see core.graphql.fields)")
    if permission == OPEN and not _is_structure(definition.origin):
        raise StartError(
            f"GraphQL: {name} of {owner_of(definition.origin)} is open, but its type no Structure"
        )


def _check_known(name: str, element: Any, known: frozenset[Permission]) -> None:
    """Refuse a permission that nobody can hold, be it the field's own or the one of its mask."""
    for asked in metadata_of(element).values():
        if isinstance(asked, Permission) and asked != OPEN and asked not in known:
            raise StartError(f"GraphQL: {name} asks for {asked}, which no policy grants")


def _is_structure(origin: object) -> bool:
    return isinstance(origin, type) and issubclass(origin, Structure)


def _type_name(error: DuplicatedTypeName) -> str:
    return error.message.split()[1]
