"""Limits on what one document may ask for, counted in linear time.

`scan` counts tokens and brackets before anything is parsed; `measure` then walks every fragment once and
keeps its sums, so that fragments which spread each other cannot make the counting itself expensive (the
stock limiters of Strawberry take exponential time there).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Lexer,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    Source,
    TokenKind,
)

from core.graphql.errors import BadSyntax, TooComplex
from core.graphql.request import UNSAFE_TEXT

_OPENING = {TokenKind.BRACE_L, TokenKind.PAREN_L, TokenKind.BRACKET_L}
_CLOSING = {TokenKind.BRACE_R, TokenKind.PAREN_R, TokenKind.BRACKET_R}
_NUMBERS = {TokenKind.INT, TokenKind.FLOAT}
_TEXTS = {TokenKind.STRING, TokenKind.BLOCK_STRING}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most of each that a document may have; `fields` and `aliases` count after fragments are spread."""

    characters: int = 32_768
    tokens: int = 2_000
    brackets: int = 40
    definitions: int = 60
    depth: int = 16
    nesting: int = 40
    fields: int = 1_500
    aliases: int = 100
    root_fields: int = 10
    directives: int = 50
    repeats: int = 60
    number_digits: int = 40


@dataclass(slots=True)
class _Sums:
    """What a selection set adds up to with all its fragments spread."""

    fields: int = 0
    aliases: int = 0
    depth: int = 0
    nesting: int = 0
    roots: int = 0

    def add(self, other: "_Sums") -> None:
        self.fields += other.fields
        self.aliases += other.aliases
        self.roots += other.roots
        self.depth = max(self.depth, other.depth)
        self.nesting = max(self.nesting, other.nesting)


def scan(text: str, limits: Limits) -> bool:
    """Count tokens and brackets of an unparsed document; raises TooComplex or BadSyntax.

    Tells whether the document holds values that may be somebody's: a text, or a number of five digits.
    """
    _refuse_above("characters", len(text), limits.characters)
    lexer = Lexer(Source(text))
    tokens = depth = 0
    holds_values = False
    try:
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            tokens += 1
            depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
            _refuse_above("tokens", tokens, limits.tokens)
            _refuse_above("brackets", depth, limits.brackets)
            if token.kind in _NUMBERS:
                _refuse_above("number_digits", token.end - token.start, limits.number_digits)
            if token.kind is TokenKind.STRING and UNSAFE_TEXT.search(token.value or ""):
                raise BadSyntax(line=token.line, column=token.column)  # PostgreSQL could not keep it
            holds_values |= token.kind in _TEXTS or (token.kind in _NUMBERS and token.end - token.start > 4)
    except GraphQLSyntaxError as error:
        raise bad_syntax(error) from None
    return holds_values


def bad_syntax(error: GraphQLSyntaxError) -> BadSyntax:
    """Say where a document is broken, without its text."""
    if not error.locations:
        return BadSyntax()
    return BadSyntax(line=error.locations[0].line, column=error.locations[0].column)


def measure(document: DocumentNode, limits: Limits) -> None:
    """Check a parsed document against the limits; raises TooComplex naming the first one passed."""
    _refuse_above("definitions", len(document.definitions), limits.definitions)
    ruler = _Ruler(document, limits)
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    for operation in operations:
        ruler.check_operation(operation)
    ruler.check_flat_counts()


def _refuse_above(rule: str, count: int, limit: int) -> None:
    if count > limit:
        raise TooComplex(rule=rule, limit=limit)


class _Ruler:
    """Measures the selection sets of one document, each fragment once."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.fragments: Mapping[str, FragmentDefinitionNode] = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.known: dict[str, _Sums] = {}
        self.running: set[str] = set()
        self.names: Counter[str] = Counter()
        self.directives = 0

    def check_operation(self, operation: OperationDefinitionNode) -> None:
        self.directives += len(operation.directives or ())
        sums = self.selection_set(operation.selection_set, 1)
        most = 10 if operation.operation is OperationType.QUERY else 1
        _refuse_above("root_fields", sums.roots, min(most, self.limits.root_fields))
        for rule in ("depth", "nesting", "fields", "aliases"):
            _refuse_above(rule, getattr(sums, rule), getattr(self.limits, rule))

    def check_flat_counts(self) -> None:
        """Check what counts once per document; fragments that nobody spreads count too."""
        for name in self.fragments:
            self.fragment(name, 1)
        _refuse_above("directives", self.directives, self.limits.directives)
        # Validation compares fields of one answer name pair by pair: few repeats keep that cheap.
        _refuse_above("repeats", max(self.names.values(), default=0), self.limits.repeats)

    def selection_set(self, selections: SelectionSetNode, level: int) -> _Sums:
        _refuse_above("nesting", level, self.limits.nesting)
        sums = _Sums(nesting=1)
        for part in self.parts(selections.selections, level):
            sums.add(part)
        return sums

    def parts(self, selections: Iterable[SelectionNode], level: int) -> Iterable[_Sums]:
        for node in selections:
            self.directives += len(node.directives or ())
            if isinstance(node, FieldNode):
                yield self.field(node, level)
            elif isinstance(node, InlineFragmentNode):
                yield _deeper(self.selection_set(node.selection_set, level + 1))
            elif isinstance(node, FragmentSpreadNode):
                yield _deeper(self.fragment(node.name.value, level + 1))

    def field(self, node: FieldNode, level: int) -> _Sums:
        self.names[(node.alias or node.name).value] += 1
        sums = _Sums(fields=1, aliases=node.alias is not None, depth=1, nesting=1, roots=1)
        if node.selection_set is not None:
            below = self.selection_set(node.selection_set, level + 1)
            sums.fields += below.fields
            sums.aliases += below.aliases
            sums.depth += below.depth
            sums.nesting += below.nesting
        return sums

    def fragment(self, name: str, level: int) -> _Sums:
        known = self.known.get(name)
        if known is not None:
            return known
        if name in self.running or name not in self.fragments:
            return _Sums()  # a cycle, or an unknown name: validation names it
        self.running.add(name)
        self.known[name] = self.selection_set(self.fragments[name].selection_set, level)
        self.running.discard(name)
        self.directives += len(self.fragments[name].directives or ())
        return self.known[name]


def _deeper(sums: _Sums) -> _Sums:
    return replace(sums, nesting=sums.nesting + 1)
