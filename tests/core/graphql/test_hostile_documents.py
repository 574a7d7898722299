"""The hostile pack (T-15): each document is answered with a 400-class error, in linear time."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import JuminzeiError
from core.graphql.documents import Documents
from core.graphql.request import GraphQLRequest
from core.graphql.schema import HouseSchema

MAX_CALLS = 400_000
"""Python calls that one document may cost; some 0.1 s. Counted, as a clock would make the test waver."""


def calls_of(work: Callable[[], object]) -> int:
    count = 0

    def note(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def fragments(count: int, spreads: int, kind: str = "Person", end: str = "id") -> str:
    chain = [
        f"fragment F{number} on {kind} {{ {' '.join([f'...F{number + 1}'] * spreads)} }}"
        for number in range(count)
    ]
    return " ".join([*chain, f"fragment F{count} on {kind} {{ {end} }}"])


def person(selection: str) -> str:
    return f"{{ person(id: $x) {{ {selection} }} }}".replace("(id: $x)", '(id: "1")')


HOSTILE = {
    "150 nested fragments": person("...F0") + fragments(150, 2),
    "40 nested fragments": person("...F0") + fragments(40, 2),
    "20 nested fragments": person("...F0") + fragments(20, 2),
    "15 fragments spread 3 times": person("...F0") + fragments(15, 3),
    "nested fragments on the root": "{ ...F0 }" + fragments(20, 2, "Query", "amount"),
    "nested fragments nobody spreads": "{ amount }" + fragments(38, 2) + " fragment G on Person { ...F0 }",
    "fragments through fields": person("...F0") + fragments(25, 2, end="friend { ...F0 }"),
    "a fragment that spreads itself": person("...F") + "fragment F on Person { ...F }",
    "two fragments in a circle": person("...F") + "fragment F on Person {...G} fragment G on Person {...F}",
    "a circle through a field": person("...F") + "fragment F on Person { friend { ...F } }",
    "a circle nobody spreads": "{ amount } fragment F on Person { friend { ...F } }",
    "a wide circle": person("...F0")
    + " ".join(f"fragment F{n} on Person {{ {' '.join(f'...F{m}' for m in range(30))} }}" for n in range(30)),
    "an unknown fragment": person("...Nowhere"),
    "deep fields": person("friend { " * 30 + "id" + " }" * 30),
    "very deep fields": "{ a" * 5_000,
    "deep inline fragments": person("... on Person { " * 45 + "id" + " }" * 45),
    "deep lists": "{ search(filter: " + "[" * 3_000 + "]" * 3_000 + ") { id } }",
    "deep objects": "{ search(filter: " + "{also: " * 100 + "{}" + "}" * 100 + ") { id } }",
    "deep variable types": "query($v: " + "[" * 3_000 + "Int" + "]" * 3_000 + ") { amount }",
    "unclosed brackets": "{" * 10_000,
    "closing brackets": "}" * 10_000,
    "101 aliases": person(" ".join(f"a{number}: id" for number in range(101))),
    "aliases by fragments": person(" ".join(["...F"] * 60)) + "fragment F on Person { a: id b: name }",
    "2000 aliases": "{" + " ".join(f"a{number}: amount" for number in range(2_000)) + "}",
    "11 root fields": "{" + " ".join(f"a{number}: amount" for number in range(11)) + "}",
    "root fields by fragments": "{ ...F ...F ...F }"
    "fragment F on Query { a: amount b: amount c: amount d: amount }",
    "two mutations": 'mutation { a: note(text: "") { id } b: note(text: "") { id } }',
    "two mutations by fragments": 'mutation { ...F ...F } fragment F on Mutation { note(text: "") { id } }',
    "two mutations inline": 'mutation { ... { note(text: "") { id } } ... { b: note(text: "") { id } } }',
    "two subscriptions": "subscription { wait crash }",
    "the same field 3900 times": "{" + "amount " * 3_900 + "}",
    "the same field 1000 times, nested": person("id " * 1_000),
    "the same field in 58 fragments": person(" ".join(f"...F{n}" for n in range(58)))
    + " ".join(f"fragment F{n} on Person {{ id name friend {{ id }} }}" for n in range(58)),
    "51 directives": person("id " + "@skip(if: true) " * 51),
    "800 unknown directives": "{ amount " + "@x " * 800 + "}",
    "directives on fragments": person("...F " + "@x " * 60) + "fragment F on Person { id }",
    "100 operations": " ".join(f"query Q{number} {{ amount }}" for number in range(100)),
    "100 fragments": "{ amount }" + " ".join(f"fragment F{n} on Person {{ id }}" for n in range(100)),
    "two operations without a name": "{ amount } { amount }",
    "two operations of one name": "query Q { amount } query Q { amount }",
    "700 variables": "query(" + " ".join(f"$v{n}: Int" for n in range(600)) + ") { amount }",
    "the same variable 600 times": "query(" + "$v: Int " * 600 + ") { amount }",
    "the same argument 600 times": "{ amount(" + "yen: 1 " * 600 + ") }",
    "the same input field 600 times": "{ search(filter: {" + 'name: "a" ' * 300 + "}) { id } }",
    "a long name": "{ " + "a" * 40_000 + " }",
    "a long text": '{ person(id: "' + "x" * 40_000 + '") { id } }',
    "a long block text": '{ person(id: """' + "x\n" * 10_000 + '"") { id } }',
    "a long comment": "#" * 40_000 + "\n{ amount }",
    "40000 commas": "," * 40_000 + "{ amount }",
    "a number of 5000 digits": "{ amount(yen: " + "9" * 5_000 + ") }",
    "a number of 39 digits": "{ amount(yen: " + "9" * 39 + ") }",
    "a float for yen": "{ amount(yen: 1e3) }",
    "pages in pages in pages": "{ people {" + " edges { node { friends {" * 2 + " edges { cursor" + " }" * 9,
    "introspection": "{ __schema { types { fields { type { fields { name } } } } } }",
    "introspection of a type": '{ __type(name: "Person") { name } }',
    "an unknown field": "{ persn }",
    "a type definition": "type Query { a: Int }",
    "only a fragment": "fragment F on Person { id }",
    "nothing": " ",
    "a NUL": "{ amount \0 }",
    "an escaped NUL": '{ person(id: "\\u0000") { id } }',
    "an escaped NUL in braces": '{ person(id: "\\u{0}") { id } }',
    "half a surrogate pair": '{ person(id: "\\ud800") { id } }',
    "a control character": "{ amount \x07 }",
    "@defer": person("... @defer { id }"),
}


@pytest.fixture(scope="module")
def documents(sample_schema: HouseSchema) -> Documents:
    return Documents(sample_schema)


def refuse(documents: Documents, text: str) -> None:
    with pytest.raises(JuminzeiError) as refusal:
        documents.find(GraphQLRequest(text, None, None, {}, ""))
    assert 400 <= refusal.value.status < 500


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_at_little_cost(documents: Documents, name: str) -> None:
    assert calls_of(lambda: refuse(documents, HOSTILE[name])) < MAX_CALLS
    assert len(documents) == 0


@pytest.mark.parametrize("name", ["150 nested fragments", "a wide circle", "deep lists", "@defer"])
async def test_the_endpoint_answers_them_with_400(house: Any, name: str) -> None:
    answer = await house.post(HOSTILE[name])

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["extensions"]["code"] in {"QUERY_TOO_COMPLEX", "GRAPHQL_VALIDATION", "GRAPHQL_SYNTAX"}


def test_the_pack_is_large_enough() -> None:
    assert len(HOSTILE) >= 40


@pytest.mark.parametrize(
    "text",
    [
        person("id name friend { id name friend { id } }"),
        person("...F friend { ...F }") + "fragment F on Person { id name }",
        "{ people(first: 50) { edges { node { id name friend { id } } cursor } pageInfo { hasNextPage } } }",
        "{" + " ".join(f"a{number}: amount" for number in range(10)) + "}",
    ],
)
def test_ordinary_documents_pass(documents: Documents, text: str) -> None:
    assert documents.find(GraphQLRequest(text, None, None, {}, "")).text == text


def test_counting_does_not_grow_with_the_expansion(documents: Documents) -> None:
    texts = [person("...F0") + fragments(37, spreads) + " { amount }" for spreads in (2, 4)]

    twice, four_times = (calls_of(lambda text=text: refuse(documents, text)) for text in texts)

    assert four_times < 3 * twice
