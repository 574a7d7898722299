"""What can be one of a few words is an enum in the schema; a free string is data, or named by people."""

from collections.abc import Iterator
from pathlib import Path

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLString, build_schema, get_named_type

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"
CLOSED = frozenset({"state", "kind", "channel", "senderKind", "accountKind", "standing", "outcome"})
DATA = {
    "Document.kind",
    "DeliveryFile.kind",
    "FactOrigin.kind",
    "KeyDocumentInput.kind",
    "PlanCorrectionBatchInput.kind",
    "ProposeTaxCorrectionInput.kind",
}
"""Kinds that data files add to: layouts of documents, kinds of corrections, where facts come from."""


def strings() -> Iterator[str]:
    for owner in build_schema(SDL.read_text(encoding="utf-8")).type_map.values():
        if isinstance(owner, GraphQLObjectType | GraphQLInputObjectType):
            for name, field in owner.fields.items():
                arguments = getattr(field, "args", {})
                said = {name: field, **{f"{name}.{each}": one for each, one in arguments.items()}}
                yield from (
                    f"{owner.name}.{place}"
                    for place, one in said.items()
                    if get_named_type(one.type) is GraphQLString and place.rpartition(".")[2] in CLOSED
                )


def test_a_closed_set_is_an_enum() -> None:
    assert set(strings()) == DATA
