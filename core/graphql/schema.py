"""Strawberry's schema with the seams the house needs: added fields, prepared documents, a silent log."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, GraphQLSchema
from strawberry import Schema
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.base import StrawberryObjectDefinition, get_object_definition
from strawberry.types.field import StrawberryField

from core.graphql.analysis import DEFINITION
from core.graphql.scalars import SCALARS

PREPARED = "prepared"


class UsePrepared(SchemaExtension):
    """Hands the document that was prepared (parsed, validated, measured) before to Strawberry."""

    def on_operation(self) -> None:  # type: ignore[override]  # Strawberry takes plain functions too
        context = self.execution_context
        if context.operation_extensions:
            context.graphql_document = context.operation_extensions[PREPARED]
            context.pre_execution_errors = []


class HouseSchema(Schema):
    """The one schema, composed of the types of core and of every plug-in.

    `additions` maps an owner's class to the classes whose fields are added to it.
    """

    def __init__(
        self,
        query: type,
        mutation: type | None = None,
        subscription: type | None = None,
        additions: Mapping[type, Sequence[type]] | None = None,
    ) -> None:
        self.additions = additions or {}
        super().__init__(
            query,
            mutation,
            subscription,
            extensions=[UsePrepared],
            config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
        )

        self._shorten_plain_fields()

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        """Return a type's own fields and those that others add to it."""
        added = self.additions.get(type_definition.origin, ())
        more = [field for kind in added for field in fields_of(kind)]
        return [*super().get_fields(type_definition), *more]

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing: the text of an error may quote what was submitted. See core.graphql.answers."""

    def _shorten_plain_fields(self) -> None:
        """Read plain attributes without Strawberry's detour: most fields of an answer are such."""
        for kind in self.core.type_map.values():
            for field in kind.fields.values() if isinstance(kind, GraphQLObjectType) else ():
                definition = field.extensions.get(DEFINITION)
                if isinstance(definition, StrawberryField) and definition.is_basic_field:
                    field.resolve = _attribute(definition.python_name)

    @property
    def core(self) -> GraphQLSchema:
        """Return graphql-core's schema; Strawberry offers it under a private name only."""
        return self._schema


def _attribute(name: str) -> Callable[[object, object], object]:
    def resolve(source: object, _info: object) -> object:
        return getattr(source, name)

    return resolve


def fields_of(kind: type) -> list[StrawberryField]:
    """Return the fields of a `@strawberry.type` class."""
    definition: Any = get_object_definition(kind, strict=True)
    return list(definition.fields)
