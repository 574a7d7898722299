"""Known attacks on GraphQL servers and on this one, against the whole house, in demo and in production."""

import base64
import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLObjectType, get_named_type

from core.access.journal import PersonalData
from core.graphql.analysis import DEFINITION, personal_type
from core.graphql.fields import Structure
from core.graphql.masking import MASKED_TEXT
from core.identity.settings import SEAL_KEYS, TOKEN_KEYS
from core.storage.address import DATABASE_URL
from core.storage.database import Database
from schema.application import build_application
from schema.build import build_runtime
from schema.compose import compose_schema
from schema.serve import config_of
from schema.testing import House, environ_of

JSON = {"content-type": "application/json"}
INTROSPECTION = "{ __schema { types { name } } }"
PERSON = "query($n: String!) { person(atenaNumber: $n) { atenaNumber } }"


@asynccontextmanager
async def opened(house: House, folder: Path, **more: str) -> AsyncIterator[httpx.AsyncClient]:
    """The same city behind other settings, with everything that uvicorn puts around the application."""
    environ = environ_of(folder, **{DATABASE_URL.variable: house.runtime.settings[DATABASE_URL], **more})
    runtime = build_runtime(environ)
    config = config_of(runtime, await build_application(runtime, house.database))
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        yield client


@pytest.fixture(params=["demo", "production"])
async def site(
    request: pytest.FixtureRequest, house: House, tmp_path: Path
) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    keys = tmp_path / "data" / "keys"
    files = {setting.variable: str(keys / setting.name) for setting in (TOKEN_KEYS, SEAL_KEYS)}
    async with opened(house, tmp_path, JUMINZEI_PROFILE=request.param, **files) as client:
        yield request.param, client


def document(text: str) -> bytes:
    return json.dumps({"query": text}).encode()


FORM = b"query=%7B+me+%7B+number+%7D+%7D"
ABUSES: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "batch": (b"[" + document("{ me { number } }") + b"]", JSON, 400, "BAD_REQUEST"),
    "form (CSRF)": (FORM, {"content-type": "application/x-www-form-urlencoded"}, 415, ""),
    "text/plain (CSRF)": (document("{ me { number } }"), {"content-type": "text/plain"}, 415, ""),
    "no content type": (document("{ me { number } }"), {}, 415, ""),
    "multipart": (b"--x\r\n", {"content-type": "multipart/form-data; boundary=x"}, 415, ""),
    "aliases": (
        document("{" + " ".join(f"a{n}: me {{ number }}" for n in range(101)) + "}"),
        JSON,
        400,
        "QUERY_TOO_COMPLEX",
    ),
    "directives": (document("{ me " + "@include(if: true) " * 60 + "{ number } }"), JSON, 400, ""),
    "unknown directives": (document("{ me " + "@aa " * 30 + "{ number } }"), JSON, 400, ""),
    "one field again and again": (
        document("{ me {" + " number" * 500 + "} }"),
        JSON,
        400,
        "QUERY_TOO_COMPLEX",
    ),
    "circular fragments": (
        document("{ me { ...A } } fragment A on Me { ...B } fragment B on Me { ...A }"),
        JSON,
        400,
        "",
    ),
    "depth": (document("{ me " + "{ department " * 45 + "}" * 46), JSON, 400, ""),
    "two mutations": (document("mutation { a: signOut b: signOut }"), JSON, 400, "QUERY_TOO_COMPLEX"),
    "sign-ins by alias": (
        document(
            "mutation {"
            + " ".join(
                f'a{n}: signIn(staffNumber: "900001", password: "p{n}", code: "000000") {{ accessToken }}'
                for n in range(10)
            )
            + "}"
        ),
        JSON,
        400,
        "QUERY_TOO_COMPLEX",
    ),
}


async def test_the_usual_abuses_are_refused(house: House, site: tuple[str, httpx.AsyncClient]) -> None:
    _, client = site
    token = {"authorization": f"Bearer {house.people['tax_clerk'].token}"}
    wrong = {}
    for name, (body, headers, status, code) in ABUSES.items():
        answer = await client.post("/graphql", content=body, headers={**headers, **token})
        found = answer.json()["errors"][0]["extensions"]["code"]
        if answer.status_code != status or (code and found != code):
            wrong[name] = answer.text
    assert wrong == {}


@pytest.mark.parametrize("query", ["?query=%7B__typename%7D", "?query=%7B__typename%7D&debug=1", "?trace=1"])
async def test_a_query_in_the_url_is_never_run(site: tuple[str, httpx.AsyncClient], query: str) -> None:
    answer = await site[1].get("/graphql" + query)
    assert (answer.status_code, "data" in answer.json()) == (405, False)


async def test_introspection_page_and_suggestions_only_help_in_the_demo(
    house: House, site: tuple[str, httpx.AsyncClient]
) -> None:
    profile, client = site
    token = {**JSON, "authorization": f"Bearer {house.people['tax_clerk'].token}"}
    is_demo = profile == "demo"

    known = await client.post("/graphql", content=document(INTROSPECTION), headers=token)
    unknown = await client.post("/graphql", content=document(INTROSPECTION), headers=JSON)
    page = await client.get("/graphql", headers={"accept": "text/html"})
    misspelt = await client.post("/graphql", content=document("{ persn { nam } }"), headers=token)
    blind = await client.post("/graphql", content=document("{ persn { nam } }"), headers=JSON)

    assert known.status_code == (200 if is_demo else 400)
    assert unknown.status_code == (200 if is_demo else 401)
    assert page.status_code == (200 if is_demo else 405)
    assert "person" not in misspelt.text
    assert blind.status_code == 401
    assert set(known.json()) <= {"data", "errors"}, "no traces, no debug output"


async def test_a_masked_reader_sees_no_number_by_any_spelling(house: House) -> None:
    spelt = """
    query($n: String!) {
      x: person(atenaNumber: $n) { myNumber a: myNumber ... on Person { b: myNumber } ...F }
      y: person(atenaNumber: $n) { ... @include(if: true) { c: myNumber } }
    }
    fragment F on Person { d: myNumber ...G }
    fragment G on Person { e: myNumber }
    """
    answer = await house.ask(spelt, "other_office", reason="照会", n=house.samples["person"])
    data = answer.json()["data"]
    assert set(data["x"].values()) | set(data["y"].values()) == {MASKED_TEXT}
    for way in ("searchPersons(search: {kana: $n}) { edges { node { myNumber } } }",):
        found = await house.ask(
            f"query($n: String!) {{ {way} }}", "other_office", reason="照会", n=house.samples["kana"]
        )
        numbers = {edge["node"]["myNumber"] for edge in found.json()["data"]["searchPersons"]["edges"]}
        assert numbers == {MASKED_TEXT}


SEARCH = "searchPersons(search: {}) {{ edges {{ node {{ atenaNumber }} }} }}"
ORACLES: dict[str, tuple[str, dict[str, Any]]] = {
    "in the text": ("{" + SEARCH.format('{myNumber: "123456789018"}') + "}", {}),
    "in the text, null": ("{" + SEARCH.format("{name: \"a\", myNumber: null}") + "}", {}),
    "a variable": (
        "query($n: String) {" + SEARCH.format("{myNumber: $n}") + "}",
        {"n": "123456789018"},
    ),
    "a default": ('query($n: String = "123456789018") {' + SEARCH.format("{myNumber: $n}") + "}", {}),
    "a whole variable": (
        "query($s: PersonSearchInput!) {" + SEARCH.format("$s") + "}",
        {"s": {"myNumber": "123456789018"}},
    ),
    "a whole default": (
        'query($s: PersonSearchInput! = {myNumber: "123456789018"}) {' + SEARCH.format("$s") + "}",
        {},
    ),
    "in a fragment": (
        "query($s: PersonSearchInput!) { ...F } fragment F on Query {" + SEARCH.format("$s") + "}",
        {"s": {"name": "a", "myNumber": None}},
    ),
    "skipped": (
        ("{ a: searchPersons(search: {myNumber: \"123456789018\"}) @skip(if: true)"
        " { edges { cursor } } me { number } }"),
        {},
    ),
}  # fmt: skip


@pytest.mark.parametrize("way", ORACLES)
async def test_who_sees_masks_cannot_search_by_number(house: House, way: str) -> None:
    text, variables = ORACLES[way]
    answer = await house.ask(text, "other_office", **variables)
    assert (answer.status_code, answer.json().get("data")) == (403, None)


async def test_a_secret_inside_a_mutation_cannot_switch_its_idempotency_key_off(house: House) -> None:
    text = 'mutation { registerNonResident(input: {name: "試験"}) { atenaNumber myNumber } }'
    answer = await house.ask(text, "tax_clerk", reason="登録")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["problems"]) == (
        400,
        [{"rule": "MaskedFieldInMutation"}],
    )


def cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


FORGED = ["", "x", "*" * 2_000, cursor(), cursor("1"), cursor(1, 2), cursor(1.5), cursor(None), cursor(True),
          cursor(2**63), cursor(-(2**63)), cursor([1]), cursor({}), "bm90IGpzb24", cursor("\0")]  # fmt: skip


async def test_forged_cursors_are_refused_or_find_nothing(house: House) -> None:
    text = (
        "query($k: String!, $a: String) { searchPersons(search: {kana: $k}, after: $a) { edges { cursor } } }"
    )
    for forged in FORGED:
        content = (await house.ask(text, "tax_clerk", k=house.samples["kana"], a=forged)).json()
        codes = {error["extensions"]["code"] for error in content.get("errors", [])}
        assert codes == {"VALIDATION"}, forged


async def test_a_cursor_with_another_key_or_of_another_list_is_refused(house: House) -> None:
    text = "query($a: String) { jobs(after: $a) { edges { cursor } } }"
    people = "query($k: String!) { searchPersons(search: {kana: $k}) { edges { cursor } } }"
    found = (await house.ask(people, "tax_clerk", k=house.samples["kana"])).json()
    true = found["data"]["searchPersons"]["edges"][0]["cursor"]
    again = (
        "query($k: String!, $a: String) { searchPersons(search: {kana: $k}, after: $a) { edges { cursor } } }"
    )
    data = base64.urlsafe_b64decode(true + "=" * (-len(true) % 4))
    changed = base64.urlsafe_b64encode(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:]).decode().rstrip("=")

    answers = [
        (await house.ask(again, "tax_clerk", k=house.samples["kana"], a=one)).json()
        for one in (true, changed)
    ]
    other = (await house.ask(text, "administrator", a=true)).json()

    assert "errors" not in answers[0]
    for refused in (answers[1], other):
        assert [one["extensions"]["rule"] for one in refused["errors"]] == ["cursor"]


@pytest.mark.parametrize(
    ("proxies", "header", "origin"),
    [
        ("", "192.0.2.7", "127.0.0.1"),
        ("10.0.0.0/8", "192.0.2.7", "127.0.0.1"),
        ("127.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("127.0.0.1", "192.0.2.7, 127.0.0.1", "192.0.2.7"),
        ("127.0.0.1", "山田太郎<script>", ""),
    ],
)
async def test_only_a_named_proxy_says_where_a_request_comes_from(
    house: House, tmp_path: Path, owner_database: Database, proxies: str, header: str, origin: str
) -> None:
    token = house.people["tax_clerk"].token
    async with opened(house, tmp_path, JUMINZEI_TRUSTED_PROXIES=proxies) as client:
        answer = await client.post(
            "/graphql",
            json={"query": PERSON, "variables": {"n": house.samples["person"]}},
            headers={b"authorization": f"Bearer {token}".encode(), b"x-forwarded-for": header.encode()},
        )
    assert answer.status_code == 200
    assert (await house.audit(owner_database))[-1].origin == origin


TRIAL = "a trial with facts that the caller fills in; nothing that is stored is read"
RUN = "a run over everybody: counts and sums, no person"
OPEN_HANDS: dict[str, str] = {
    "AccountChange": "staff, for administrators and auditors",
    "AccountTicket": "staff, by the administrator; an event records it",
    "BaseCount": "counts",
    "CircumstanceProposal": "a list as a whole; its entries name persons and are PersonalData",
    "Close": "counts",
    "CorrectionApproval": "leads to the proposal, which is PersonalData",
    "CorrectionBatch": "counts; its sample and proposals are PersonalData",
    "CorrectionKind": "text of the house",
    "FindingCount": "counts",
    "NoticeCount": "counts",
    "OutcomeCount": "counts",
    "StageFindings": "counts",
    "StartedMerge": "the id of a job",
    "TaxYear": "counts",
    "Transfer": "counts and sums",
    "TransferReceipt": "counts, and who recorded them",
    "YearStage": "a moment",
    "AssessmentRun": RUN,
    "BankAccount": "never without its Person, which enters the log",
    "BankBranch": "a branch of a bank",
    "Department": "an office, not a person",
    "DependantCheckCount": "counts",
    "DependantCheckReason": "text of the house",
    "CloseDeliveries": "counts",
    "CloseExchange": "a close and its files, and counts",
    "CloseRegister": "counts, and numbers of messages",
    "DifferenceCause": RUN,
    "FactFinding": TRIAL,
    "FactOrigin": "ids of documents and rules; those of a person are reached by the assessment",
    "Figure": TRIAL,
    "FigureDifference": TRIAL,
    "InquiryLeftOut": "counts",
    "Job": "long work; jobs keep no personal data (docs/jobs.md)",
    "JobError": "a code and a place of a job",
    "JobEvent": "long work",
    "Me": "oneself",
    "MadeInquiries": "inquiries, which are PersonalData, and counts",
    "MenuItem": "text of the house",
    "ReturnFormCondition": "text of the house",
    "ReturnFormConditionCount": "counts",
    "ReturnFormCount": "counts",
    "ReturnFormRun": "counts and digests",
    "RegisterFeed": "how far the feed has come, no person",
    "Staff": "staff, for administrators and auditors",
    "StaffRole": "staff, for administrators and auditors",
    "StaffSession": "staff, for administrators and auditors",
    "Tokens": "oneself; an event records it",
    "StartedRun": RUN,
    "TrialAssessment": TRIAL,
    "TrialComparison": TRIAL,
    "WorkItem": "names no person; its document does, and is PersonalData",
}
"""Types that show no data of citizens, and why. Whatever else the API shows must enter the access log."""


def test_every_type_that_shows_citizens_enters_the_access_log(tmp_path: Path) -> None:
    """From the roots on, each way to a field passes a type with PersonalData, or one that is named above."""
    schema = compose_schema(build_runtime(environ_of(tmp_path))).core
    roots = [root for root in (schema.query_type, schema.mutation_type, schema.subscription_type) if root]
    waiting, seen, bare = deque(roots), {root.name for root in roots}, set[str]()
    while waiting:
        for field in waiting.popleft().fields.values():
            kind = get_named_type(field.type)
            if not isinstance(kind, GraphQLObjectType) or kind.name in seen or personal_type(kind):
                continue
            seen.add(kind.name)
            waiting.append(kind)
            if not issubclass(origin_of(kind), Structure) and kind.name not in OPEN_HANDS:
                bare.add(kind.name)
    assert bare == set()


def test_no_type_with_personal_data_evades_the_journal(tmp_path: Path) -> None:
    types = compose_schema(build_runtime(environ_of(tmp_path))).core.type_map.values()
    personal = [kind.extensions[DEFINITION].origin for kind in types if personal_type(kind)]
    assert {kind.__name__ for kind in personal} >= {"Person", "Employer", "AccessLogEntry"}
    assert {kind.__post_init__ for kind in personal} == {PersonalData.__post_init__}


def origin_of(kind: GraphQLObjectType) -> type[Any]:
    origin: type[Any] = kind.extensions[DEFINITION].origin
    assert not issubclass(origin, PersonalData)
    return origin
