"""What people really do leaves lines under objects that somebody who asks is told of: with the same ids."""

from collections.abc import AsyncIterator, Iterator
from itertools import chain
from pathlib import Path

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_required_argument
from sqlalchemy import text

from core.identity import demo
from core.storage.address import ServerAddress
from core.storage.database import ReadSession
from schema.compose import compose_schema
from tests.proofs.alone.city import ANOTHER, DECIDED, MERGED, ONE, people
from tests.proofs.alone.house import House, opened
from tests.proofs.alone.moves import NARROW, Tries

OFFICE = (
    *("signIn", "refresh", "signOut", "changePassword", "enrol", "proposeStaff", "proposeEnrolment"),
    *("disableStaff", "proposeRole", "approveAccountChange", "rejectAccountChange", "revokeRole"),
    *("revokeSession", "cancelJob", "resumeJob"),
)
"""What is done to those who work here, and to their jobs."""
WORK: Tries = {name: tries for name, tries in NARROW.items() if name not in OFFICE}
LINES = "SELECT DISTINCT object_type, unnest(object_ids) FROM audit.entry"
NOBODYS = """
SELECT 'shiryo.delivery', d.id::text FROM shiryo.delivery d
    JOIN shiryo.sender s ON s.id = d.sender_id WHERE s.kind <> 'eltax'
UNION ALL
SELECT t, s.code FROM shiryo.sender s, unnest(ARRAY['shiryo.delivery', 'shiryo.expectation']) AS t
    WHERE s.kind <> 'eltax'
UNION ALL
SELECT 'shiryo.handover', h.id::text FROM shiryo.handover h
    WHERE NOT EXISTS (SELECT FROM shiryo.handover_event e WHERE e.handover_id = h.id AND e.kind = 'delivered')
UNION ALL
SELECT 'shiryo.work_item', w.id::text FROM shiryo.work_item w
    WHERE w.proposal ->> 'person_id' IS NULL AND NOT EXISTS (
        SELECT FROM shiryo.attachment a LEFT JOIN shiryo.keying k ON k.item_id = w.id
        WHERE a.document_id IN (w.document_id, k.made_id))
UNION ALL
SELECT 'atena.feed_remedy', r.id::text FROM atena.feed_remedy r WHERE r.action = 'skip'
UNION ALL
SELECT 'shikakeisan.batch', b.id::text FROM shikakeisan.batch b
    WHERE NOT EXISTS (SELECT FROM shikakeisan.proposal p WHERE p.batch_id = b.id)
"""
"""Objects of a kind that tells of people, and that tell of nobody: nobody was chosen, found or named."""
OF_NOBODY = {
    *("", "staff", "atena.employer", "atena.bank_branch"),
    *("shikakeisan.year", "shikakeisan.bases", "shikakeisan.run"),
}
LOOKED = {
    *("atena.person", "atena.number_case", "atena.eltax_user", "atena.platform_message"),
    *("shiryo.document", "shiryo.work_item"),
    *("shikakeisan.base_person", "shikakeisan.basis", "shikakeisan.assessment", "shikakeisan.proposal"),
    *("shikakeisan.batch", "shikakeisan.circumstance", "shikakeisan.decision", "shikakeisan.inquiry"),
    *("shikakeisan.inquiry_reply", "shikakeisan.form_run"),
}


@pytest.fixture
async def house(
    tmp_path: Path, address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(demo, "PEOPLE", people())
    async with opened(tmp_path, address, monkeypatch) as house:
        yield house


def questions(house: House) -> Iterator[str]:
    """Yield a question for each list that a year and a person are enough for."""
    queries = compose_schema(house.worker.runtime).core.query_type
    assert queries is not None
    for name, field in queries.fields.items():
        needed = {each for each, argument in field.args.items() if is_required_argument(argument)}
        for year in (DECIDED, MERGED):
            given = {"taxYear": str(year), "atenaNumber": '"000000000000001"'}
            if needed <= given.keys():
                said = ", ".join(f"{each}: {given[each]}" for each in sorted(needed))
                yield f"{{ {name}{f'({said})' if said else ''} {_shown(field)} }}"


def _shown(field: GraphQLField) -> str:
    kind = get_named_type(field.type)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    return "{ edges { node { __typename } } }" if "edges" in kind.fields else "{ __typename }"


async def work(house: House) -> None:
    """Let two people do all that can be done, one after the other, and one of them look at every list."""
    for number in (ANOTHER, ONE):
        search = house.search(number, WORK)
        for move in await search.moves():
            await search.send(move)
    headers = {"authorization": f"Bearer {house.tokens[ONE]}"}
    for question in questions(house):
        await house.client.post("/graphql", json={"query": question}, headers=headers)


async def pairs(session: ReadSession, statement: str) -> set[tuple[str, str]]:
    return {(row[0], row[1]) for row in await session.execute(text(statement))}


async def test_each_line_about_people_is_found_by_somebody_who_asks(house: House) -> None:
    await work(house)
    run = house.worker.runtime.plugins.run
    async with house.sandbox.read() as session:
        lines, nobodys = await pairs(session, LINES), await pairs(session, NOBODYS)
        numbers = (await session.scalars(text("SELECT atena_number FROM atena.person"))).all()
        found = [await run("objects_of_subject", session=session, number=each) for each in numbers]
    objects = {each[:2] for each in chain(*chain(*found))}
    assert {line for line in lines if line[0] not in OF_NOBODY} <= objects | nobodys
    assert {kind for kind, _ in lines & objects} >= LOOKED
