"""Every role at every field of the composed API, both ways, by the documents that reach it (S1)."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    is_required_input_field,
)

from core.access.actor import Actor, ActorKind
from core.access.permission import Permission
from core.access.policy import Policy
from core.errors import Forbidden, Unauthenticated
from core.graphql.documents import Documents
from core.graphql.request import GraphQLRequest
from core.graphql.schema import HouseSchema
from schema.build import build_runtime
from schema.compose import compose_schema
from schema.matrix import doors
from schema.testing import environ_of


@dataclass(frozen=True)
class Reach:
    """How a document gets to a type: the text around it, and the fields on the way."""

    before: str
    after: str
    way: tuple[tuple[str, str], ...]


@pytest.fixture(scope="module")
def composed(tmp_path_factory: pytest.TempPathFactory) -> tuple[HouseSchema, Policy]:
    runtime = build_runtime(environ_of(tmp_path_factory.mktemp("matrix")))
    return compose_schema(runtime), runtime.policy


def test_every_role_at_every_field(composed: tuple[HouseSchema, Policy]) -> None:
    schema, policy = composed
    documents = Documents(schema)
    asked = doors(schema.core)
    probes = 0
    for (kind, name), permissions in asked.items():
        reach = reach_of(schema).get(kind)
        if reach is None:
            continue  # an argument or an input: it opens nothing by itself
        field = schema.core.type_map[kind].fields[name]
        document = documents.find(request_for(reach, name, field))
        needed = [asked[step] for step in reach.way if step in asked] + [permissions]
        for role in sorted(policy.subjects):
            grants = policy.grants([role])
            allowed = all(any(one in grants for one in choice) for choice in needed)
            assert refuses(document, role, grants) is not allowed, (role, kind, name)
            probes += 1
    assert probes > 500


def refuses(document: object, role: str, grants: frozenset[Permission]) -> bool:
    kind = ActorKind.ANONYMOUS if role == "role:anonymous" else ActorKind.STAFF
    try:
        document.check_access(Actor(kind, "1", subjects=frozenset({role}), grants=grants), {})  # type: ignore[attr-defined]
    except (Forbidden, Unauthenticated):
        return True
    return False


def reach_of(schema: HouseSchema) -> Mapping[str, Reach]:
    """Find the shortest way to each object type, breadth first from the roots."""
    roots = {"query": schema.core.query_type, "mutation": schema.core.mutation_type}
    roots["subscription"] = schema.core.subscription_type
    found = {kind.name: Reach(f"{root} {{", "}", ()) for root, kind in roots.items() if kind is not None}
    waiting = deque(found)
    while waiting:
        name = waiting.popleft()
        for field_name, field in schema.core.type_map[name].fields.items():
            target = get_named_type(field.type)
            if isinstance(target, GraphQLObjectType) and target.name not in found:
                reach = found[name]
                call = field_name + arguments_of(field)
                way = (*reach.way, (name, field_name))
                found[target.name] = Reach(f"{reach.before} {call} {{", f"}} {reach.after}", way)
                waiting.append(target.name)
    return found


def request_for(reach: Reach, name: str, field: GraphQLField) -> GraphQLRequest:
    selection = "" if is_leaf_type(get_named_type(field.type)) else "{ __typename }"
    text = f"{reach.before} {name}{arguments_of(field)} {selection} {reach.after}"
    return GraphQLRequest(text, None, None, {}, "")


def arguments_of(field: GraphQLField) -> str:
    required = {name: each.type for name, each in field.args.items() if is_required_argument(each)}
    if not required:
        return ""
    return f"({', '.join(f'{name}: {literal(kind)}' for name, kind in required.items())})"


def literal(kind: GraphQLInputType) -> str:
    if isinstance(kind, GraphQLNonNull):
        return literal(kind.of_type)
    if isinstance(kind, GraphQLList):
        return f"[{literal(kind.of_type)}]"
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        required = {name: each.type for name, each in kind.fields.items() if is_required_input_field(each)}
        return "{" + ", ".join(f"{name}: {literal(each)}" for name, each in required.items()) + "}"
    return LITERALS.get(kind.name, '"1"')


LITERALS = {
    "Int": "1",
    "Boolean": "true",
    "Date": '"2026-01-01"',
    "DateTime": '"2026-01-01T00:00:00Z"',
    "FiscalYear": "2026",
    "UUID": '"01a20746-d3ef-70a3-aaa8-273b5515ac26"',
    "Yen": "1",
}
