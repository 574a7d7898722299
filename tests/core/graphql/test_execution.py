"""One request, one transaction: answers, refusals, the access log, and nothing half-done."""

import asyncio
import logging
from typing import Any

import pytest

KEY = {"idempotency-key": "key-00000001"}
NOTE = 'mutation($t: String!, $f: String! = "") { note(text: $t, fail: $f) { id } }'


def codes(answer: Any) -> list[str]:
    return [error["extensions"]["code"] for error in answer.json()["errors"]]


async def test_answers_and_records_what_was_read(house: Any) -> None:
    answer = await house.post("query($id: String!) { person(id: $id) { id name } }", variables={"id": "5"})

    assert answer.status_code == 200
    assert answer.json() == {"data": {"person": {"id": "5", "name": "人5"}}}
    [line] = await house.lines()
    assert line == {
        "at": "",
        "actor": "100200",
        "action": "read",
        "operation": "person",
        "object_type": "sample_person",
        "object_ids": ["5"],
        "fields": ["id", "name"],
        "result": "ok",
        "correlation_id": answer.headers["x-correlation-id"],
        "reason": "",
        "origin": "127.0.0.1",
    }


async def test_a_search_without_a_hit_is_recorded(house: Any) -> None:
    answer = await house.post('{ person(id: "none") { id } }')

    assert answer.json() == {"data": {"person": None}}
    assert [(line["object_type"], line["object_ids"]) for line in await house.lines()] == [
        ("sample_person", [])
    ]


async def test_only_shown_rows_of_a_page_are_recorded(house: Any) -> None:
    answer = await house.post(
        "{ people(first: 2) { edges { node { id } } pageInfo { hasNextPage endCursor } } }"
    )

    page = answer.json()["data"]["people"]
    assert [edge["node"]["id"] for edge in page["edges"]] == ["0", "1"]
    assert page["pageInfo"]["hasNextPage"] is True
    assert [line["object_ids"] for line in await house.lines()] == [["0", "1"]]

    after = page["pageInfo"]["endCursor"]
    answer = await house.post(
        "query($after: String) {"
        " people(first: 50, after: $after) { edges { node { id } } pageInfo { hasNextPage } } }",
        variables={"after": after},
    )
    page = answer.json()["data"]["people"]
    assert [edge["node"]["id"] for edge in page["edges"]] == [str(number) for number in range(2, 30)]
    assert page["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ("first: 51", "page-size"),
        ("first: 0", "page-size"),
        ("first: -1", "page-size"),
        ('after: "x"', "cursor"),
        ('after: "WyJhIl0"', "cursor"),
        ('after: "WzEsMl0"', "cursor"),
        ('after: "WzFlOTldCg"', "cursor"),
        ('after: "é"', "cursor"),
        ('after: ""', "cursor"),
    ],
)
async def test_bad_page_bounds_are_refused(house: Any, arguments: str, rule: str) -> None:
    answer = await house.post(f"{{ people({arguments}) {{ edges {{ cursor }} }} }}")

    [error] = answer.json()["errors"]
    assert error["extensions"]["rule"] == rule
    assert error["extensions"]["code"] == "VALIDATION"


@pytest.mark.parametrize(
    ("role", "query", "status", "code"),
    [
        (None, "{ amount }", 401, "UNAUTHENTICATED"),
        (None, "{ __typename }", 401, "UNAUTHENTICATED"),
        (None, "{ unknown }", 401, "UNAUTHENTICATED"),
        (None, "{ __schema { types { name } } }", 401, "UNAUTHENTICATED"),
        ("forged", "{ amount }", 401, "UNAUTHENTICATED"),
        ("other", "{ amount }", 403, "FORBIDDEN"),
        ("other", "{ people { edges { node { id } } } }", 403, "FORBIDDEN"),
        ("viewer", 'mutation { note(text: "x") { id } }', 403, "FORBIDDEN"),
        ("viewer", '{ search(number: "1") { id } }', 403, "FORBIDDEN"),
        ("viewer", '{ search(filter: {number: "1"}) { id } }', 403, "FORBIDDEN"),
        ("viewer", '{ search(filter: {also: {number: "1"}}) { id } }', 403, "FORBIDDEN"),
        ("other", "subscription { wait }", 403, "FORBIDDEN"),
        ("clerk", "{ unknown }", 400, "GRAPHQL_VALIDATION"),
        ("clerk", "{ __schema { types { name } } }", 400, "GRAPHQL_VALIDATION"),
    ],
)
async def test_refusals_are_typed_and_recorded(
    house: Any, role: str | None, query: str, status: int, code: str
) -> None:
    answer = await house.post(query, role)

    assert answer.status_code == status
    assert codes(answer) == [code]
    assert "data" not in answer.json()
    assert {line["result"] for line in await house.lines()} == {code}
    assert await house.notes() == 0


@pytest.mark.parametrize(
    ("variables", "status"),
    [
        ({}, 200),
        ({"filter": None}, 200),
        ({"filter": {"name": "a"}}, 200),
        ({"filter": {"number": "1"}}, 403),
        ({"filter": {"number": None}}, 403),
        ({"filter": {"also": {"also": {"number": "1"}}}}, 403),
        ({"number": "1"}, 403),
    ],
)
async def test_variables_ask_for_permissions_too(house: Any, variables: dict[str, Any], status: int) -> None:
    query = "query($filter: Filter, $number: String) { search(filter: $filter, number: $number) { id } }"

    answer = await house.post(query, "viewer", variables=variables)

    assert answer.status_code == status


async def test_a_default_value_asks_for_its_permission(house: Any) -> None:
    answer = await house.post('query($n: String = "1") { search(number: $n) { id } }', "viewer")

    assert answer.status_code == 403


@pytest.mark.parametrize(("role", "shown"), [("clerk", "123456789018"), ("viewer", "************")])
async def test_a_mask_suffices_for_the_masked_value(house: Any, role: str, shown: str) -> None:
    answer = await house.post('{ person(id: "1") { number } }', role)

    assert answer.json() == {"data": {"person": {"number": shown}}}


async def test_masked_fields_are_not_in_mutations(house: Any) -> None:
    answer = await house.post('mutation { note(text: "a") { number } }', headers=KEY)

    assert codes(answer) == ["GRAPHQL_VALIDATION"]


async def test_without_a_record_there_is_no_data(house: Any, caplog: pytest.LogCaptureFixture) -> None:
    house.recording = False

    answer = await house.post('{ person(id: "1") { name } }')

    assert answer.status_code == 503
    assert codes(answer) == ["ACCESS_NOT_RECORDED"]
    assert "data" not in answer.json()
    assert "ひみつ" not in caplog.text


async def test_a_mutation_that_cannot_be_recorded_is_not_done(house: Any) -> None:
    house.recording = False

    answer = await house.post(NOTE, variables={"t": "a"}, headers=KEY)

    assert codes(answer) == ["ACCESS_NOT_RECORDED"]
    assert await house.notes() == 0


async def test_an_unknown_error_is_logged_without_its_text(
    house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await house.post("{ boom }")

    assert answer.status_code == 200
    assert answer.json() == {
        "data": None,
        "errors": [
            {
                "message": "内部エラーが発生しました。",
                "path": ["boom"],
                "extensions": {"code": "INTERNAL", "correlationId": answer.headers["x-correlation-id"]},
            }
        ],
    }
    assert "ひみつ" not in caplog.text
    assert f"{answer.headers['x-correlation-id']} builtins.RuntimeError at " in caplog.text


async def test_a_query_answers_what_it_can_beside_a_refusal(house: Any) -> None:
    answer = await house.post("{ missing amount }")

    assert answer.status_code == 200
    assert answer.json()["data"] == {"missing": None, "amount": 2_200_000_000}
    assert codes(answer) == ["NOT_FOUND"]


async def test_a_failed_statement_leaves_no_data(house: Any) -> None:
    answer = await house.post('{ brokenSql person(id: "1") { id } }')

    assert answer.json()["data"] is None
    assert codes(answer) == ["INTERNAL"]
    assert [line["result"] for line in await house.lines()] == ["INTERNAL"]


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($v: Int!) { integer(value: $v) }", {"v": "123456789018"}),
        ("query($v: Int!) { integer(value: $v) }", {"v": 123456789018}),
        ("query($v: Int!) { integer(value: $v) }", {"v": 1.5}),
        ("query($v: Int!) { integer(value: $v) }", {"v": True}),
        ("query($v: Int!) { integer(value: $v) }", {"v": None}),
        ("query($v: Int!) { integer(value: $v) }", {"v": [1]}),
        ("query($v: Int!) { integer(value: $v) }", {}),
        ("query($v: Yen) { amount(yen: $v) }", {"v": 1.0}),
        ("query($v: Yen) { amount(yen: $v) }", {"v": True}),
        ("query($v: Yen) { amount(yen: $v) }", {"v": "１２３456789018"}),
        ("query($v: Yen) { amount(yen: $v) }", {"v": "1_123456789018"}),
        ("query($v: Yen) { amount(yen: $v) }", {"v": "9223372036854775808"}),
        ("query($v: Yen) { amount(yen: $v) }", {"v": {"a": "123456789018"}}),
        ("query($v: FiscalYear) { amount(year: $v) }", {"v": 1989}),
        ("query($v: FiscalYear) { amount(year: $v) }", {"v": "2026"}),
        ("query($v: Filter) { search(filter: $v) { id } }", {"v": {"bad123456789018": 1}}),
        ("query($v: Filter) { search(filter: $v) { id } }", {"v": "123456789018"}),
        ("query($v: Filter) { search(filter: $v) { id } }", {"v": {"name": 123456789018}}),
    ],
)
async def test_values_are_not_echoed(
    house: Any, caplog: pytest.LogCaptureFixture, query: str, variables: dict[str, Any]
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await house.post(query, variables=variables)

    assert answer.status_code == 400
    assert codes(answer) == ["VALIDATION"]
    assert "123456789018" not in answer.text
    assert "123456789018" not in caplog.text
    assert answer.json()["errors"][0]["extensions"]["line"] == 1


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"name": 1}, ["name"]),
        ({"also": {"also": {"name": 1}}}, ["also.also.name"]),
        ({"name": 1, "number": []}, ["name", "number"]),
        ({"also": {"made_up_123456789018": 1}}, ["also"]),
        ({"made_up_123456789018": 1}, [None]),
        ("text", [None]),
    ],
)
async def test_a_bad_value_is_placed_by_names_of_the_schema(
    house: Any, given: object, fields: list[str | None]
) -> None:
    query = "query($v: Filter) { search(filter: $v) { id } }"

    answer = await house.post(query, variables={"v": given})

    assert [error["extensions"].get("field") for error in answer.json()["errors"]] == fields
    assert "123456789018" not in answer.text


@pytest.mark.parametrize(("fail", "code"), [("boom", "INTERNAL"), ("version", "CONFLICT")])
async def test_a_failed_mutation_leaves_only_its_line(house: Any, fail: str, code: str) -> None:
    answer = await house.post(NOTE, variables={"t": "a", "f": fail}, headers=KEY)

    assert answer.json()["data"] is None
    assert codes(answer) == [code]
    assert await house.notes() == 0
    assert [(line["action"], line["result"]) for line in await house.lines()] == [("write", code)]


async def test_a_conflict_names_the_current_version(house: Any) -> None:
    answer = await house.post(NOTE, variables={"t": "a", "f": "version"}, headers=KEY)

    assert answer.json()["errors"][0]["extensions"]["currentVersion"] == 3


async def test_the_same_key_does_the_work_once(house: Any) -> None:
    first, second = [await house.post(NOTE, variables={"t": "a"}, headers=KEY) for _ in range(2)]

    assert first.json() == {"data": {"note": {"id": "7"}}}
    assert second.content == first.content
    assert await house.notes() == 1
    assert [(line["action"], line["result"]) for line in await house.lines()] == [
        ("read", "ok"),
        ("write", "ok"),
        ("read", "replayed"),
        ("write", "replayed"),
    ]


async def test_the_same_key_at_once_does_the_work_once(house: Any) -> None:
    answers = await asyncio.gather(*(house.post(NOTE, variables={"t": "a"}, headers=KEY) for _ in range(8)))

    assert {answer.content for answer in answers} == {b'{"data":{"note":{"id":"7"}}}'}
    assert await house.notes() == 1


async def test_a_failed_mutation_frees_its_key(house: Any) -> None:
    query = 'mutation($f: String!) { note(text: "a", fail: $f) { id } }'
    await house.post(query, variables={"f": "boom"}, headers=KEY)

    answer = await house.post(query, variables={"f": ""}, headers=KEY)

    assert answer.json() == {"data": {"note": {"id": "7"}}}


async def test_another_request_with_the_same_key_is_refused(house: Any) -> None:
    await house.post(NOTE, variables={"t": "a"}, headers=KEY)

    answer = await house.post(NOTE, variables={"t": "b"}, headers=KEY)

    assert answer.status_code == 422
    assert codes(answer) == ["IDEMPOTENCY_MISMATCH"]
    assert await house.notes() == 1


async def test_keys_are_apart_per_person(house: Any) -> None:
    house.actors["other"] = house.actors["viewer"].__class__(
        house.actors["clerk"].kind, "100900", grants=house.actors["clerk"].grants
    )

    await house.post(NOTE, variables={"t": "a"}, headers=KEY)
    answer = await house.post(NOTE, "other", variables={"t": "b"}, headers=KEY)

    assert answer.status_code == 200
    assert await house.notes() == 2


@pytest.mark.parametrize("key", [None, "", "short", "x" * 129, "has space 1", "キー"])
async def test_a_mutation_needs_a_key(house: Any, key: str | None) -> None:
    headers = {} if key is None else {"idempotency-key": key.encode()}

    answer = await house.send(
        json={"query": NOTE, "variables": {"t": "a"}}, headers={b"authorization": b"clerk", **headers}
    )

    assert answer.status_code == 400
    assert codes(answer) == ["IDEMPOTENCY_KEY_REQUIRED"]
    assert await house.notes() == 0


async def test_a_sign_in_takes_no_key_and_a_failed_one_still_counts(house: Any) -> None:
    answer = await house.post('mutation { signIn(password: "wrong") { token } }', None)

    assert codes(answer) == ["UNAUTHENTICATED"]
    assert answer.json()["data"] is None
    assert await house.notes() == 1

    answer = await house.post('mutation { signIn(password: "right") { token } }', None)
    assert answer.json() == {"data": {"signIn": {"token": "t"}}}


async def test_two_mutations_in_one_request_are_refused(house: Any) -> None:
    answer = await house.post('mutation { a: note(text: "a") { id } b: note(text: "b") { id } }', headers=KEY)

    assert codes(answer) == ["QUERY_TOO_COMPLEX"]
    assert answer.json()["errors"][0]["extensions"]["rule"] == "root_fields"
    assert await house.notes() == 0


@pytest.mark.parametrize("header", [{"x-reason": "%E7%AA%93%E5%8F%A3"}, {}])
async def test_the_reason_reaches_the_access_log(house: Any, header: dict[str, str]) -> None:
    more = {} if header else {"extensions": {"reason": "窓口"}}

    await house.post('{ person(id: "1") { id } }', headers=header, **more)

    assert [line["reason"] for line in await house.lines()] == ["窓口"]


async def test_overload_is_refused_at_once(house: Any) -> None:
    house.endpoint.running = house.endpoint.concurrency

    answer = await house.post("{ amount }")

    assert answer.status_code == 503
    assert codes(answer) == ["UNAVAILABLE"]
    assert answer.headers["retry-after"] == "5"


async def test_a_lost_database_is_unavailable(house: Any) -> None:
    await house.database.close()
    house.database._url = "postgresql://nobody@127.0.0.1:1/none"

    answer = await house.post('{ person(id: "1") { id } }')

    assert answer.status_code == 503
    assert codes(answer) == ["DATABASE_UNAVAILABLE"]
    assert answer.headers["retry-after"] == "5"
