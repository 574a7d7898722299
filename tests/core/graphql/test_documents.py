"""Prepared documents: what is known of an operation, and what is kept of it."""

import hashlib
from pathlib import Path

import pytest

from core.access.permission import Permission
from core.errors import JuminzeiError, StartError
from core.graphql.documents import Documents
from core.graphql.errors import BadDocument, BadRequest, DocumentRequired, DocumentUnknown
from core.graphql.request import GraphQLRequest
from core.graphql.schema import HouseSchema
from core.graphql.trusted import read_trusted

PERSON = Permission("sample.person", "read")
NUMBER = Permission("sample.number", "read")
MASK = Permission("sample.number", "mask")
STORED = "query { amount }"
STORED_ID = hashlib.sha256(STORED.encode()).hexdigest()


def ask(text: str | None, operation: str | None = None, document_id: str | None = None) -> GraphQLRequest:
    return GraphQLRequest(text, document_id, operation, {}, "")


def test_permissions_fields_and_personal_types(sample_schema: HouseSchema) -> None:
    text = """
        query($id: String!) { person(id: $id) { ...Named friend { number } } }
        fragment Named on Person { name ... on Person { id } __typename }
    """

    prepared = Documents(sample_schema).find(ask(text))

    assert prepared.permissions == {PERSON}
    assert prepared.alternatives == {frozenset({NUMBER, MASK})}
    assert prepared.reads == {"sample_person": ("friend", "id", "name", "number")}
    assert ("Query", "person") in prepared.fields
    assert prepared.name == "person"
    assert not prepared.no_store


def test_each_operation_of_a_document_is_its_own(sample_schema: HouseSchema) -> None:
    documents = Documents(sample_schema)
    text = "query A { amount } query B { people { edges { node { id } } } }"

    assert [documents.find(ask(text, name)).name for name in "AB"] == ["amount", "people"]
    assert documents.find(ask(text, "A")).reads == {}
    with pytest.raises(BadRequest):
        documents.find(ask(text))
    with pytest.raises(BadRequest):
        documents.find(ask(text, "C"))


def test_a_document_is_prepared_once(sample_schema: HouseSchema) -> None:
    documents = Documents(sample_schema)

    assert documents.find(ask("{ amount }")) is documents.find(ask("{ amount }"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("{ amount }", 1),
        ("{ amount(yen: 20) }", 1),
        ("{ amount(yen: 123456) }", 0),
        ('{ person(id: "x") { id } }', 0),
        ('{ person(id: """x""") { id } }', 0),
    ],
)
def test_values_do_not_stay_in_memory(sample_schema: HouseSchema, text: str, kept: int) -> None:
    documents = Documents(sample_schema)

    documents.find(ask(text))

    assert len(documents) == kept


def test_the_cache_is_bounded(sample_schema: HouseSchema) -> None:
    documents = Documents(sample_schema, cached_documents=3)

    first = documents.find(ask("query Q0 { amount }"))
    for number in range(1, 5):
        documents.find(ask(f"query Q{number} {{ amount }}"))

    assert len(documents) == 3
    assert documents.find(ask("query Q0 { amount }")) is not first


def test_the_cache_is_bounded_by_length_too(sample_schema: HouseSchema) -> None:
    documents = Documents(sample_schema, cached_characters=100)

    for number in range(5):
        documents.find(ask(f"query Q{number} {{ amount }}" + " " * 25))

    assert len(documents) == 2


def test_stored_documents(sample_schema: HouseSchema) -> None:
    documents = Documents(sample_schema, trusted={STORED_ID: STORED}, trusted_only=True)

    assert documents.find(ask(None, document_id=STORED_ID)).name == "amount"
    with pytest.raises(DocumentUnknown):
        documents.find(ask(None, document_id="0" * 64))
    with pytest.raises(DocumentRequired):
        documents.find(ask(STORED))


def test_introspection_where_it_is_allowed(sample_schema: HouseSchema) -> None:
    text = "{ __schema { types { name } } }"

    assert Documents(sample_schema, introspection=True).find(ask(text)).permissions == frozenset()
    with pytest.raises(BadDocument) as refusal:
        Documents(sample_schema).find(ask(text))
    assert refusal.value.details["problems"] == [
        {"line": 1, "column": 3, "rule": "NoSchemaIntrospectionCustom"},
        {"line": 1, "column": 14, "rule": "NoSchemaIntrospectionCustom"},
    ]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{ ひ }", None),
        ("{ secret123456789018 }", "FieldsOnCorrectType"),
        ("{ amount(secret123456789018: 1) }", "KnownArgumentNames"),
        ("{ integer(value: 123456789018) }", "ValuesOfCorrectType"),
        ('{ amount(yen: "secret") }', "ValuesOfCorrectType"),
        ("{ ...secret123456789018 }", "KnownFragmentNames"),
        ("query($secret123456789018: Int) { amount }", "NoUnusedVariables"),
        ("{ x: amount x: integer(value: 1) }", "OverlappingFieldsCanBeMerged"),
    ],
)
def test_refused_documents_are_not_quoted(sample_schema: HouseSchema, text: str, rule: str | None) -> None:
    with pytest.raises(JuminzeiError) as refusal:
        Documents(sample_schema).find(ask(text))

    told = f"{refusal.value} {refusal.value.text} {refusal.value.details}"
    assert "secret" not in told
    assert "123456789018" not in told
    problems = refusal.value.details.get("problems", [{}])
    assert isinstance(problems, list)
    assert problems[0].get("rule") == rule


def test_the_folder_of_stored_documents(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "amount.graphql").write_text(STORED)

    assert read_trusted(tmp_path) == {STORED_ID: STORED}
    assert read_trusted(Path()) == {}


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_wrong_folder_stops_the_start(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.graphql").write_bytes(content)

    with pytest.raises(StartError):
        read_trusted(tmp_path)
