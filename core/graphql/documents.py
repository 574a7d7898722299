"""Prepared documents: parsed, measured, validated and analysed once; kept in a bounded cache.

After that a request costs one look-up and one set difference. Documents that hold a text or a long number
are not kept, so that nobody's name or number stays in memory: values belong into variables.
"""

import copy
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from core.access.actor import Actor, ActorKind
from core.access.permission import Permission
from core.errors import Forbidden, Unauthenticated
from core.graphql.analysis import Analyst, Demand, Guard, asked_by_variables, metadata_of, personal_type
from core.graphql.errors import BadDocument, BadRequest, DocumentRequired, DocumentUnknown, TooComplex
from core.graphql.fields import NO_STORE
from core.graphql.limits import Limits, bad_syntax, measure, scan
from core.graphql.request import GraphQLRequest
from core.graphql.schema import HouseSchema

MAX_COST = 20_000
SHOWN_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """One operation of a document, and all that is known of it before it runs.

    `reads` maps each personal type it touches (as the access log names it) to the fields it asks for.
    """

    text: str
    ast: DocumentNode
    operation: str | None
    kind: OperationType
    name: str
    permissions: frozenset[Permission]
    alternatives: frozenset[frozenset[Permission]]
    fields: frozenset[tuple[str, str]]
    guards: frozenset[Guard]
    reads: Mapping[str, tuple[str, ...]]
    no_store: bool

    def check_access(self, actor: Actor, variables: Mapping[str, Any]) -> None:
        """Raise Forbidden, or Unauthenticated for nobody in particular, unless `actor` may run this."""
        missing = self.permissions - actor.grants
        if self.guards:
            missing |= asked_by_variables(self.guards, variables) - actor.grants
        unmet = [choice for choice in self.alternatives if not choice & actor.grants]
        is_anonymous = actor.kind is ActorKind.ANONYMOUS
        if is_anonymous and (missing or unmet or not self.fields):
            raise Unauthenticated
        if missing or unmet:
            raise Forbidden(missing=sorted(map(str, missing.union(*unmet))))


class Documents:
    """Prepares documents for one schema; `trusted` maps the SHA-256 of stored documents to their texts."""

    def __init__(
        self,
        schema: HouseSchema,
        *,
        introspection: bool = False,
        limits: Limits | None = None,
        page_limit: int = 50,
        trusted: Mapping[str, str] | None = None,
        trusted_only: bool = False,
        cached_documents: int = 500,
        cached_characters: int = 1_000_000,
    ) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self.page_limit = page_limit
        self.trusted = trusted or {}
        self.trusted_only = trusted_only
        self.rules = _rules(introspection=introspection)
        self._cached_documents = cached_documents
        self._cached_characters = cached_characters
        self._characters = 0
        self._cache: OrderedDict[tuple[str, str | None], PreparedDocument] = OrderedDict()

    def __len__(self) -> int:
        return len(self._cache)

    def find(self, request: GraphQLRequest) -> PreparedDocument:
        """Return the prepared document of a request; raises what is wrong with it."""
        text = self._text(request)
        key = (text, request.operation)
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
            return found
        holds_values = scan(text, self.limits)
        prepared = self._prepare(text, request.operation)
        if not holds_values or request.document_id is not None:
            self._keep(key, prepared)
        return prepared

    def _text(self, request: GraphQLRequest) -> str:
        if request.text is not None:
            if self.trusted_only:
                raise DocumentRequired
            return request.text
        text = self.trusted.get(request.document_id or "")
        if text is None:
            raise DocumentUnknown
        return text

    def _prepare(self, text: str, operation: str | None) -> PreparedDocument:
        try:
            ast = parse(text)
        except GraphQLSyntaxError as error:
            raise bad_syntax(error) from None
        measure(ast, self.limits)
        problems = validate(self.schema.core, ast, self.rules, max_errors=SHOWN_PROBLEMS)
        if problems:
            raise BadDocument(problems=[_place(problem) for problem in problems[:SHOWN_PROBLEMS]])
        node = get_operation_ast(ast, operation)
        if node is None:
            raise BadRequest(rule="operationName")
        demand = Analyst(self.schema.core, ast, self.page_limit).operation(node)
        if demand.cost > MAX_COST:
            raise TooComplex(rule="cost", limit=MAX_COST)
        keeps_answer = node.operation is OperationType.MUTATION and not self._is_secret(demand)
        if keeps_answer and (demand.alternatives or demand.no_store):
            # the answers of mutations are kept for a repeated request; what is secret or masked never is
            raise BadDocument(problems=[{"rule": "MaskedFieldInMutation"}])
        return self._made(text, ast, operation, node, demand)

    def _made(
        self,
        text: str,
        ast: DocumentNode,
        operation: str | None,
        node: OperationDefinitionNode,
        demand: Demand,
    ) -> PreparedDocument:
        return PreparedDocument(
            text=text,
            ast=ast,
            operation=operation,
            kind=node.operation,
            name=self._root_fields(node, demand),
            permissions=frozenset(demand.permissions),
            alternatives=frozenset(demand.alternatives),
            fields=frozenset(demand.fields),
            guards=frozenset(demand.guards),
            reads=self._reads(demand),
            no_store=demand.no_store,
        )

    def _is_secret(self, demand: Demand) -> bool:
        """Tell whether it is the mutation itself whose answer is never kept, not a field inside of it."""
        root = self.schema.core.mutation_type
        called = [root.fields[name] for kind, name in demand.fields if root is not None and kind == root.name]
        return any(metadata_of(field).get(NO_STORE) for field in called)

    def _root_fields(self, node: OperationDefinitionNode, demand: Demand) -> str:
        """Name the operation by our names: those the client chose may hold anything."""
        root = self.schema.core.get_root_type(node.operation)
        return ",".join(
            sorted(name for kind, name in demand.fields if root is not None and kind == root.name)
        )

    def _reads(self, demand: Demand) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for kind, name in demand.fields:
            known_as = personal_type(self.schema.core.type_map[kind])
            if known_as:
                found.setdefault(known_as, set()).add(name)
        return {known_as: tuple(sorted(names)) for known_as, names in sorted(found.items())}

    def _keep(self, key: tuple[str, str | None], prepared: PreparedDocument) -> None:
        self._cache[key] = prepared
        self._characters += len(key[0])
        while len(self._cache) > self._cached_documents or self._characters > self._cached_characters:
            (text, _), _ = self._cache.popitem(last=False)
            self._characters -= len(text)


def _rules(*, introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    rules = [*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule]
    if not introspection:
        rules.append(NoSchemaIntrospectionCustomRule)
    return tuple(_named(rule) for rule in rules)


def _named(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """Make `rule` put its own name on the errors it reports, as their texts may quote what was submitted."""

    def named(self: ASTValidationRule, context: Any) -> None:
        own = copy.copy(context)
        own.on_error = lambda error: context.on_error(_labelled(error, rule.__name__))
        rule.__init__(self, own)

    return type(rule.__name__, (rule,), {"__init__": named})


def _labelled(error: GraphQLError, rule: str) -> GraphQLError:
    error.extensions = {"rule": rule.removesuffix("Rule")}
    return error


def _place(error: GraphQLError) -> dict[str, object]:
    place = error.locations[0] if error.locations else None
    found = {"line": place.line, "column": place.column} if place else {}
    return {**found, **(error.extensions or {})}
