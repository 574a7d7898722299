"""Refresh tokens: each works once, and one that comes back ends the session."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.clock import MovableClock
from core.errors import SessionExpired, Unauthenticated
from core.identity.authenticator import Authenticator
from core.identity.sign_in import SignedIn, SignIn
from core.identity.tables import RefreshRow, SessionRow
from core.storage.database import Database
from tests.core.identity.conftest import Person, Recorded, bearer


@pytest.fixture
def service(person: Person) -> SignIn:
    return SignIn(person.identity, person.events)


async def test_each_refresh_gives_new_tokens(
    person: Person, service: SignIn, clock: MovableClock, authenticator: Authenticator
) -> None:
    given = [await person.sign_in()]
    for _ in range(3):
        clock.move(timedelta(minutes=4))
        given.append(await service.refresh(given[-1].refresh_token))

    assert len({each.refresh_token for each in given}) == 4
    assert len({each.ends_at for each in given}) == 1
    actor = await authenticator.authenticate(bearer(given[-1].access_token))
    assert actor.number == "001234"


async def test_a_refresh_token_that_comes_back_ends_the_session(
    person: Person, service: SignIn, authenticator: Authenticator, recorded: Recorded, database: Database
) -> None:
    stolen = await person.sign_in()
    renewed = await service.refresh(stolen.refresh_token)

    with pytest.raises(Unauthenticated):
        await service.refresh(stolen.refresh_token)

    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(bearer(renewed.access_token))
    with pytest.raises(Unauthenticated):
        await service.refresh(renewed.refresh_token)
    event = recorded.records[-1]
    assert (event.action, event.object_ids, event.result) == ("refresh_reused", ("001234",), "refused")
    async with database.read() as session:
        assert await session.scalar(select(SessionRow.revoked_reason)) == "refresh_reused"


async def test_side_by_side_a_token_works_once_and_is_then_taken_for_stolen(
    person: Person, service: SignIn, authenticator: Authenticator
) -> None:
    signed_in = await person.sign_in()

    results = await asyncio.gather(
        *(service.refresh(signed_in.refresh_token) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == ["SignedIn"] + ["Unauthenticated"] * 3
    winner = next(result for result in results if isinstance(result, SignedIn))
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(bearer(winner.access_token))


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "A" * 43, "x" * 100_000])
async def test_what_is_no_refresh_token_is_refused(token: str, service: SignIn) -> None:
    with pytest.raises(Unauthenticated):
        await service.refresh(token)


@pytest.mark.parametrize("passed", [timedelta(minutes=15, seconds=1), timedelta(hours=8)])
async def test_a_session_that_ended_is_not_renewed(
    passed: timedelta, person: Person, service: SignIn, clock: MovableClock
) -> None:
    signed_in = await person.sign_in()
    clock.move(passed)

    with pytest.raises(SessionExpired):
        await service.refresh(signed_in.refresh_token)


async def test_refreshing_is_no_activity(person: Person, service: SignIn, clock: MovableClock) -> None:
    signed_in = await person.sign_in()
    clock.move(timedelta(minutes=10))
    renewed = await service.refresh(signed_in.refresh_token)
    clock.move(timedelta(minutes=6))

    with pytest.raises(SessionExpired):
        await service.refresh(renewed.refresh_token)


async def test_only_hashes_are_stored(person: Person, service: SignIn, database: Database) -> None:
    signed_in = await person.sign_in()
    await service.refresh(signed_in.refresh_token)

    async with database.read() as session:
        rows = (await session.scalars(select(RefreshRow).order_by(RefreshRow.issued_at))).all()
    assert [len(row.hash) for row in rows] == [32, 32]
    assert (rows[0].replaced_by, rows[1].used_at) == (rows[1].hash, None)
