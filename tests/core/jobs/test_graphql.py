"""Jobs in the API: pages, one job, cancel, resume, and progress up to the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest
from graphql import OperationType

from core.access.actor import Actor, ActorKind
from core.graphql import settings as graphql_settings
from core.graphql.context import RequestContext
from core.graphql.schema import HouseSchema
from core.identity.keys import SealKeys
from core.jobs import service
from core.jobs.graphql import graphql_parts
from core.settings import Settings, Sources
from core.storage.database import Database

PARTS = graphql_parts()
SCHEMA = HouseSchema(*PARTS.query, *PARTS.mutation, *PARTS.subscription)
FIELDS = "id type state done total message result errorCode errorMessage requester parameters createdAt"
PROGRESS = "subscription($id: ID!) { jobProgress(id: $id) { state done } }"


@asynccontextmanager
async def context(database: Database, *, is_mutation: bool = False) -> AsyncIterator[RequestContext]:
    house_settings = Settings(graphql_settings.SETTINGS, Sources({}))
    async with database.transaction() as session:
        yield RequestContext(
            settings=house_settings,
            clock=None,  # type: ignore[arg-type]  # no resolver of jobs asks for the time
            actor=Actor(ActorKind.STAFF, "100200"),
            session=session,
            correlation_id="test",
            is_mutation=is_mutation,
            database=database,
            marking=SealKeys([bytes(32)]).mark,
        )


async def ask(database: Database, text: str, **variables: Any) -> Any:
    """Return the data, or the code of the first error."""
    async with context(database, is_mutation=text.startswith("mutation")) as given:
        result = await SCHEMA.execute(text, variables, given)
    return result.errors[0].original_error.code if result.errors else result.data


async def test_one_job_is_told_with_all_it_says(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=1)
    await house.work_once()

    found = (await ask(house.database, f"{{ job(id: {job_id}) {{ {FIELDS} }} }}"))["job"]

    assert datetime.fromisoformat(found.pop("createdAt")) == (await house.status(job_id)).created_at
    assert found == {
        "id": str(job_id),
        "type": "sample.count",
        "state": "DONE",
        "done": 1,
        "total": 1,
        "message": "1件まで",
        "result": {"units": 1, "errors": 0},
        "errorCode": None,
        "errorMessage": None,
        "requester": "100200",
        "parameters": {"units": 1, "size": 10, "pause": 0},
    }


async def test_jobs_come_in_pages_newest_first(house: Any, kinds: Any) -> None:
    for _ in range(3):
        await house.enqueue(kinds.COUNT, units=1)
    text = """query($after: String) { jobs(first: 2, after: $after) {
        edges { node { id } } pageInfo { hasNextPage endCursor } } }"""

    first = (await ask(house.database, text))["jobs"]
    second = (await ask(house.database, text, after=first["pageInfo"]["endCursor"]))["jobs"]

    assert [[edge["node"]["id"] for edge in page["edges"]] for page in (first, second)] == [["3", "2"], ["1"]]
    assert [page["pageInfo"]["hasNextPage"] for page in (first, second)] == [True, False]


async def test_cancel_and_resume_answer_with_the_new_state(house: Any, kinds: Any) -> None:
    await house.enqueue(kinds.COUNT, units=1)

    cancelled = await ask(house.database, "mutation { cancelJob(id: 1) { state } }")
    resumed = await ask(house.database, "mutation { resumeJob(id: 1) { state } }")

    assert cancelled == {"cancelJob": {"state": "CANCELLED"}}
    assert resumed == {"resumeJob": {"state": "QUEUED"}}


@pytest.mark.parametrize("job_id", ["404", "-1", "x", "１", "", "9" * 19, "9" * 400])
async def test_an_id_that_is_none_is_not_found(house: Any, job_id: str) -> None:
    answer = await ask(house.database, "query($id: ID!) { job(id: $id) { id } }", id=job_id)

    assert answer == "NOT_FOUND"


async def test_a_subscription_gets_progress_and_the_last_state(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=60, size=1, pause=10)

    async with house.working(), context(house.database) as given:
        source = await SCHEMA.subscribe(PROGRESS, variable_values={"id": str(job_id)}, context_value=given)
        seen = [result.data["jobProgress"] async for result in source]

    done = [each["done"] for each in seen]
    assert len(seen) > 2
    assert done == sorted(done)
    assert seen[-1] == {"state": "DONE", "done": 60}


async def test_a_subscription_sees_a_cancellation(house: Any, kinds: Any) -> None:
    job_id = await house.enqueue(kinds.COUNT, units=100_000, size=1, pause=10)

    async with house.working(), context(house.database) as given:
        source = await SCHEMA.subscribe(PROGRESS, variable_values={"id": str(job_id)}, context_value=given)
        seen = []
        async for result in source:
            seen.append(result.data["jobProgress"]["state"])
            if len(seen) == 2:
                await house.change(service.cancel, job_id)

    assert seen[-1] == "CANCELLED"


def test_every_field_asks_for_a_permission_on_jobs() -> None:
    core = SCHEMA.core
    roots = [core.get_root_type(kind) for kind in OperationType]
    fields = [field for kind in (*roots, core.get_type("Job")) for field in kind.fields.values()]

    assert len(fields) == 19
    assert all("Requires `core.job:" in field.description for field in fields)
