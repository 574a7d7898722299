"""What an operation asks for: permissions, fields, personal types; found once, before it is ever run."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLCompositeType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_input_object_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from core.access.journal import PersonalData
from core.access.permission import Permission
from core.graphql.fields import NO_STORE, OPEN, PERMISSION
from core.graphql.masking import MASK

DEFINITION = GraphQLCoreConverter.DEFINITION_BACKREF


@dataclass(frozen=True, slots=True)
class Guard:
    """A variable that asks for a permission when the request gives it a value, itself or by its fields."""

    variable: str
    permission: Permission | None
    type: GraphQLNamedType


@dataclass(slots=True)
class Demand:
    """What (part of) an operation asks for. Of each of `alternatives` one permission suffices.

    `cost` is the number of fields that the answer can have when every page is as long as it may be.
    """

    permissions: set[Permission] = field(default_factory=set)
    alternatives: set[frozenset[Permission]] = field(default_factory=set)
    fields: set[tuple[str, str]] = field(default_factory=set)
    guards: set[Guard] = field(default_factory=set)
    no_store: bool = False
    cost: int = 0

    def add(self, other: "Demand", times: int = 1) -> None:
        self.permissions |= other.permissions
        self.alternatives |= other.alternatives
        self.fields |= other.fields
        self.guards |= other.guards
        self.no_store |= other.no_store
        self.cost += other.cost * times


def metadata_of(element: Any) -> Mapping[Any, Any]:
    """Return what the Strawberry definition behind a field or argument was given as metadata."""
    definition = element.extensions.get(DEFINITION)
    return definition.metadata if definition is not None else {}


def permission_of(element: Any) -> Permission | None:
    """Return the permission that a field, input field or argument states."""
    found: Permission | None = metadata_of(element).get(PERMISSION)
    return found


def personal_type(kind: object) -> str:
    """Return the name under which the access log knows a type with personal data, or an empty string."""
    definition = kind.extensions.get(DEFINITION) if isinstance(kind, GraphQLObjectType) else None
    origin = getattr(definition, "origin", None)
    return origin.journal_type if isinstance(origin, type) and issubclass(origin, PersonalData) else ""


class Analyst:
    """Walks the operations of one validated document; every fragment once."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, page_limit: int) -> None:
        self.schema = schema
        self.page_limit = page_limit
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.known: dict[str, Demand] = {}
        self.defaults: dict[str, ValueNode] = {}

    def operation(self, node: OperationDefinitionNode) -> Demand:
        """Return everything that `node` asks for."""
        root = self.schema.get_root_type(node.operation)
        if root is None:
            return Demand()
        for definition in node.variable_definitions or ():
            if definition.default_value is not None:
                self.defaults[definition.variable.name.value] = definition.default_value
        return self.selections(root, node.selection_set)

    def selections(self, parent: GraphQLCompositeType, node: SelectionSetNode) -> Demand:
        demand = Demand()
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                demand.add(self.field(parent, selection))
            elif isinstance(selection, InlineFragmentNode):
                demand.add(self.inline(parent, selection))
            elif isinstance(selection, FragmentSpreadNode):
                demand.add(self.fragment(selection.name.value))
        return demand

    def inline(self, parent: GraphQLCompositeType, node: InlineFragmentNode) -> Demand:
        condition = node.type_condition
        inner = parent if condition is None else self.schema.type_map[condition.name.value]
        return self.selections(_composite(inner), node.selection_set)

    def fragment(self, name: str) -> Demand:
        if name not in self.known:
            node = self.fragments[name]
            inner = _composite(self.schema.type_map[node.type_condition.name.value])
            self.known[name] = self.selections(inner, node.selection_set)
        return self.known[name]

    def field(self, parent: GraphQLCompositeType, node: FieldNode) -> Demand:
        name = node.name.value
        demand = Demand(cost=1)
        if name.startswith("__"):
            demand.fields |= {(parent.name, name)} - {(parent.name, "__typename")}
            return demand
        for owner in self.owners(parent):
            demand.fields.add((owner.name, name))
            _ask(demand, owner.fields[name])
        stated = self.stated(parent, name)
        self.arguments(demand, stated, node)
        inner = get_named_type(stated.type)
        if node.selection_set is not None and is_composite_type(inner):
            demand.add(self.selections(inner, node.selection_set), self.page_size(stated, node))
        return demand

    def owners(self, parent: GraphQLCompositeType) -> Iterable[GraphQLObjectType]:
        """Return the types whose fields can answer: those behind an interface too."""
        if is_abstract_type(parent):
            return self.schema.get_possible_types(parent)
        return [parent] if isinstance(parent, GraphQLObjectType) else []

    def stated(self, parent: Any, name: str) -> GraphQLField:
        found: GraphQLField = parent.fields[name]
        return found

    def arguments(self, demand: Demand, stated: GraphQLField, node: FieldNode) -> None:
        for argument in node.arguments or ():
            definition: GraphQLArgument = stated.args[argument.name.value]
            self.value(demand, argument.value, permission_of(definition), definition.type)

    def value(
        self, demand: Demand, node: ValueNode, permission: Permission | None, kind: GraphQLInputType
    ) -> None:
        """Enter what a given value asks for: at once if it stands in the text, by a guard if not."""
        inner = get_named_type(kind)
        if isinstance(node, VariableNode):
            if permission is not None or is_input_object_type(inner):
                demand.guards.add(Guard(node.name.value, permission, inner))
            default = self.defaults.get(node.name.value)
            if default is not None:
                self.value(demand, default, permission, kind)
            return
        if permission is not None:
            demand.permissions.add(permission)
        if isinstance(node, ListValueNode):
            for item in node.values:
                self.value(demand, item, None, kind)
        elif isinstance(node, ObjectValueNode) and isinstance(inner, GraphQLInputObjectType):
            for part in node.fields:
                definition = inner.fields[part.name.value]
                self.value(demand, part.value, permission_of(definition), definition.type)

    def page_size(self, stated: GraphQLField, node: FieldNode) -> int:
        """Return how many objects a paged field can bring; an unpaged one counts once."""
        if "first" not in stated.args:
            return 1
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        first = given.get("first")
        if isinstance(first, IntValueNode):
            return max(1, min(int(first.value), self.page_limit))
        return self.page_limit


def asked_by_variables(guards: Iterable[Guard], variables: Mapping[str, Any]) -> set[Permission]:
    """Return the permissions that the values given with a request ask for."""
    asked: set[Permission] = set()
    for guard in guards:
        if guard.variable in variables:
            if guard.permission is not None:
                asked.add(guard.permission)
            _ask_for_value(asked, variables[guard.variable], guard.type)
    return asked


def _ask_for_value(asked: set[Permission], value: object, kind: GraphQLNamedType) -> None:
    if isinstance(value, list):
        for item in value:
            _ask_for_value(asked, item, kind)
    elif isinstance(value, dict) and isinstance(kind, GraphQLInputObjectType):
        for name in value.keys() & kind.fields.keys():
            definition = kind.fields[name]
            permission = permission_of(definition)
            if permission is not None:
                asked.add(permission)
            _ask_for_value(asked, value[name], get_named_type(definition.type))


def _ask(demand: Demand, stated: GraphQLField) -> None:
    given = metadata_of(stated)
    permission: Permission = given[PERMISSION]
    demand.no_store |= bool(given.get(NO_STORE))
    if permission == OPEN:
        return
    if MASK in given:
        demand.alternatives.add(frozenset({permission, given[MASK]}))
    else:
        demand.permissions.add(permission)


def _composite(kind: object) -> GraphQLCompositeType:
    if not is_composite_type(kind):
        raise TypeError("a fragment on a type that has no fields passed validation")
    return kind
