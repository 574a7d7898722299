"""Where in a variable a value does not fit: a path of names from the schema, never the value."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    VariableDefinitionNode,
    get_nullable_type,
    is_input_type,
    is_list_type,
    type_from_ast,
)
from graphql.utilities.validate_input_value import validate_input_value


def place_errors(errors: list[GraphQLError], schema: GraphQLSchema, variables: Mapping[str, Any]) -> None:
    """Note on each error about a variable where the fault lies, under `field` in its extensions."""
    places: dict[str, Iterator[str]] = {}
    for error in errors:
        node = error.nodes[0] if error.nodes else None
        if error.path is None and isinstance(node, VariableDefinitionNode):
            name = node.variable.name.value
            if name not in places:
                places[name] = iter(_places(schema, node, variables.get(name)))
            field = next(places[name], "")
            error.extensions = {"field": field} if field else {}


def _places(schema: GraphQLSchema, node: VariableDefinitionNode, value: object) -> list[str]:
    kind = type_from_ast(schema, node.type)
    found: list[str] = []
    if is_input_type(kind):
        validate_input_value(
            value, kind, lambda _, path: found.append(_known_path(kind, path)), hide_suggestions=True
        )
    return found


def _known_path(kind: Any, path: list[str | int]) -> str:
    """Join the parts of a path that the schema knows: a key the client made up may hold anything."""
    known: list[str] = []
    for part in path:
        kind = get_nullable_type(kind)
        if isinstance(part, int) and is_list_type(kind):
            kind = kind.of_type
        elif isinstance(kind, GraphQLInputObjectType) and part in kind.fields:
            kind = kind.fields[str(part)].type
        else:
            break
        known.append(str(part))
    return ".".join(known)
