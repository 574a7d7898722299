"""Sessions: how long they last, and how fast they end when somebody ends them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, select, update

from core.access.actor import SYSTEM, ActorKind
from core.access.permission import Permission
from core.clock import MovableClock
from core.errors import SessionExpired, Unauthenticated
from core.identity import memory
from core.identity.authenticator import SEEN_SECONDS, Authenticator
from core.identity.identity import Identity
from core.identity.register import StaffRegister
from core.identity.tables import SessionRow, StaffRow
from core.storage.database import Database
from tests.core.identity.conftest import MakePerson, Person, bearer, session_of

READ = Permission("sample.thing", "read")
QUARTER = timedelta(minutes=15)


@pytest.fixture
def elsewhere(make_identity: Callable[..., Identity]) -> Authenticator:
    """The authenticator of another process: it hears of nothing but through the database."""
    return Authenticator(make_identity())


async def outcome_of(authenticator: Authenticator, headers: Mapping[str, str]) -> str:
    """Tell how a request fares."""
    try:
        return (await authenticator.authenticate(headers)).number
    except SessionExpired:
        return "expired"
    except Unauthenticated:
        return "refused"


async def test_nobody_is_nobody(authenticator: Authenticator) -> None:
    actor = await authenticator.authenticate({})

    assert (actor.kind, actor.number, actor.session) == (ActorKind.ANONYMOUS, "", None)
    assert actor.grants == {Permission("core.session", "sign_in"), Permission("core.credentials", "enrol")}


async def test_a_token_gives_the_person_with_their_roles(
    person: Person, authenticator: Authenticator
) -> None:
    signed_in = await person.sign_in()

    actor = await authenticator.authenticate(bearer(signed_in.access_token))

    assert (actor.kind, actor.number, actor.department) == (ActorKind.STAFF, "001234", "0101")
    assert (actor.session, actor.subjects) == (session_of(signed_in), {"role:staff", "role:tax_clerk"})
    assert actor.may(READ)


@pytest.mark.parametrize("number", ["auditor", "staff", "anonymous", "SYSTEM"])
async def test_a_number_that_reads_like_a_role_gives_no_role(
    number: str, make_person: MakePerson, authenticator: Authenticator
) -> None:
    person = await make_person(number)

    actor = await authenticator.authenticate(bearer((await person.sign_in()).access_token))

    assert actor.subjects == {"role:staff"}


@pytest.mark.parametrize(("over", "outcome"), [(timedelta(), "001234"), (timedelta(seconds=1), "expired")])
async def test_a_session_ends_after_a_quarter_of_an_hour_without_a_request(
    over: timedelta, outcome: str, person: Person, clock: MovableClock, authenticator: Authenticator
) -> None:
    signed_in = await person.sign_in()
    clock.move(QUARTER + over - timedelta(milliseconds=900))

    assert await outcome_of(authenticator, bearer(person.renewed(signed_in))) == outcome


@pytest.mark.parametrize(
    ("header", "outcome"),
    [
        ({}, "001234"),
        ({"x-background": "true"}, "expired"),
        ({"x-background": "1"}, "001234"),
        ({"accept": "text/event-stream"}, "expired"),
    ],
)
async def test_only_what_a_person_does_keeps_the_session(
    header: Mapping[str, str], outcome: str, person: Person, clock: MovableClock, authenticator: Authenticator
) -> None:
    signed_in = await person.sign_in()
    for _ in range(2):
        clock.move(timedelta(minutes=7))
        await authenticator.authenticate(bearer(person.renewed(signed_in), **header))
    clock.move(timedelta(minutes=7))

    assert await outcome_of(authenticator, bearer(person.renewed(signed_in))) == outcome


async def test_a_session_ends_after_eight_hours_of_work(
    person: Person, clock: MovableClock, authenticator: Authenticator
) -> None:
    signed_in = await person.sign_in()
    for _ in range(47):
        clock.move(timedelta(minutes=10))
        await authenticator.authenticate(bearer(person.renewed(signed_in)))
    clock.move(timedelta(minutes=10))
    late = person.identity.tokens.for_staff(
        person.number, session_of(signed_in), signed_in.ends_at + timedelta(hours=1)
    )

    assert await outcome_of(authenticator, bearer(late)) == "expired"


async def test_activity_is_written_down_at_most_twice_a_minute(
    person: Person, clock: MovableClock, authenticator: Authenticator, database: Database
) -> None:
    signed_in = await person.sign_in()
    written: list[str] = []

    def note(*call: object) -> None:
        if str(call[2]).startswith("UPDATE core.session"):
            written.append(str(call[2]))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    for _ in range(3):
        clock.move(timedelta(seconds=SEEN_SECONDS))
        headers = bearer(person.renewed(signed_in))
        await asyncio.gather(*(authenticator.authenticate(headers) for _ in range(8)))

    assert len(written) == 3


async def test_requests_in_a_row_ask_the_database_once(
    person: Person, authenticator: Authenticator, database: Database
) -> None:
    headers = bearer((await person.sign_in()).access_token)
    await authenticator.authenticate(headers)
    asked: list[object] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    for _ in range(20):
        await authenticator.authenticate(headers)

    assert len(asked) <= 1


@pytest.mark.parametrize(
    "deed",
    [
        lambda register, _: register.disable("001234"),
        lambda register, session_id: register.revoke_session(session_id),
        lambda register, _: register.renew_enrolment("001234"),
    ],
    ids=["disabled", "session revoked", "credentials renewed"],
)
async def test_ending_a_session_works_in_every_process_within_a_second(
    deed: Callable[[StaffRegister, UUID], Awaitable[None]],
    person: Person,
    authenticator: Authenticator,
    elsewhere: Authenticator,
) -> None:
    signed_in = await person.sign_in()
    headers = bearer(signed_in.access_token)
    assert [await outcome_of(each, headers) for each in (authenticator, elsewhere)] == ["001234", "001234"]

    async with person.identity.database.transaction() as session:
        register = StaffRegister(person.identity, session, SYSTEM, person.events)
        await deed(register, session_of(signed_in))
    await asyncio.sleep(memory.SECONDS)

    assert memory.SECONDS < 1
    assert [await outcome_of(each, headers) for each in (authenticator, elsewhere)] == ["refused", "refused"]


async def test_a_leaver_is_out_on_the_day(
    person: Person, authenticator: Authenticator, clock: MovableClock, database: Database
) -> None:
    headers = bearer((await person.sign_in()).access_token)
    async with database.transaction() as session:
        await session.execute(update(StaffRow).values(valid_to=clock.today()))

    assert await outcome_of(authenticator, headers) == "refused"


async def test_a_role_taken_away_is_gone_within_a_second(person: Person, elsewhere: Authenticator) -> None:
    headers = bearer((await person.sign_in()).access_token)
    assert (await elsewhere.authenticate(headers)).may(READ)

    async with person.identity.database.transaction() as session:
        register = StaffRegister(person.identity, session, SYSTEM, person.events)
        await register.revoke("001234", "tax_clerk")
    await asyncio.sleep(memory.SECONDS)

    assert not (await elsewhere.authenticate(headers)).may(READ)


async def test_a_role_holds_on_its_days_only(
    person: Person, authenticator: Authenticator, clock: MovableClock
) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    async with person.identity.database.transaction() as session:
        register = StaffRegister(person.identity, session, SYSTEM, person.events)
        await register.grant("001234", "tax_chief", tomorrow, tomorrow + timedelta(days=1))

    roles = []
    for _ in range(3):
        actor = await authenticator.authenticate(bearer((await person.sign_in()).access_token))
        roles.append("role:tax_chief" in actor.subjects)
        clock.move(timedelta(days=1))

    assert roles == [False, True, False]


async def test_the_terminal_is_kept_as_a_mark_only(person: Person, database: Database) -> None:
    await person.sign_in()

    async with database.read() as session:
        row = (await session.scalars(select(SessionRow))).one()
    assert row.origin_mark == person.identity.seals.mark("192.0.2.1")
    assert b"192.0.2.1" not in row.origin_mark
