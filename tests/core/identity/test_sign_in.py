"""Signing in: both factors, one answer for every failure, and a lock that counts each guess."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.clock import MovableClock
from core.errors import RateLimited
from core.identity import guard, totp
from core.identity.errors import InvalidCredentials
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.sign_in import SignIn
from core.identity.tables import GuardRow, PasswordRow, SessionRow, TotpRow
from core.storage.database import Database
from tests.core.identity.conftest import PASSWORD, Front, MakePerson, Person, Recorded

WRONG = "wrong-wrong-wrong"
SIGN_IN = """mutation ($number: String!, $password: String!, $code: String!) {
  signIn(staffNumber: $number, password: $password, code: $code) { accessToken passwordExpired }
}"""


async def attempt(person: Person, password: str = WRONG, code: str = "000000") -> None:
    with pytest.raises(InvalidCredentials):
        await SignIn(person.identity, person.events).sign_in(person.number, password, code)


async def test_number_password_and_code_open_a_session(
    person: Person, front: Front, recorded: Recorded
) -> None:
    person.identity.clock.move(timedelta(seconds=30))

    answer = await front.ask(SIGN_IN, number=person.number, password=PASSWORD, code=person.code())

    token = answer["data"]["signIn"]["accessToken"]
    assert await front.ask("{ me { number } }", token) == {"data": {"me": {"number": "001234"}}}
    event = next(record for record in recorded.records if record.action == "sign_in")
    assert (event.actor.number, event.object_ids, event.origin) == ("001234", ("001234",), "127.0.0.1")


@pytest.mark.parametrize(
    ("number", "password", "code"),
    [
        ("001234", "wrong-wrong-wrong", None),
        ("001234", PASSWORD, "000000"),
        ("001234", PASSWORD, ""),
        ("001234", "", None),
        ("999999", PASSWORD, None),
        ("", PASSWORD, None),
        ("001234 ", PASSWORD, None),
        ("' OR 1=1 --", PASSWORD, None),
        ("role:administrator", PASSWORD, None),
        ("００１２３４", PASSWORD, None),
        ("9" * 5000, PASSWORD, None),
    ],
)
async def test_every_failure_gets_the_same_answer(
    number: str, password: str, code: str | None, person: Person, front: Front
) -> None:
    person.identity.clock.move(timedelta(seconds=30))
    given = person.code() if code is None else code

    answer = await front.http.post(
        "/graphql",
        json={"query": SIGN_IN, "variables": {"number": number, "password": password, "code": given}},
    )

    [error] = answer.json()["errors"]
    assert error["message"] == InvalidCredentials.message
    assert error["extensions"].keys() == {"code", "correlationId"}
    assert error["extensions"]["code"] == "INVALID_CREDENTIALS"
    assert answer.json()["data"] is None


async def test_an_unknown_number_costs_the_same_work(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    hasher = person.identity.hasher
    verified: list[str] = []
    verify = hasher._verify

    def watch(hashed: str, given: bytes) -> bool:
        verified.append(hashed)
        return verify(hashed, given)

    monkeypatch.setattr(hasher, "_verify", watch)

    await attempt(person)
    await attempt(replace(person, number="999999"))

    assert len(verified) == 2
    assert {hashed[:31] for hashed in verified} == {"$argon2id$v=19$m=19456,t=2,p=1$"}


async def test_a_code_works_once(person: Person) -> None:
    await person.sign_in()

    await attempt(person, PASSWORD, person.code())


async def test_a_used_code_does_not_come_back_with_the_clock(person: Person, clock: MovableClock) -> None:
    await person.sign_in()
    clock.move(timedelta(seconds=-30))

    await attempt(person, PASSWORD, person.code())


async def test_side_by_side_one_code_opens_one_session(person: Person, database: Database) -> None:
    person.identity.clock.move(timedelta(seconds=30))
    service, code = SignIn(person.identity, person.events), person.code()

    results = await asyncio.gather(
        *(service.sign_in(person.number, PASSWORD, code) for _ in range(3)), return_exceptions=True
    )

    assert sorted(type(result).__name__ for result in results) == [
        "InvalidCredentials",
        "InvalidCredentials",
        "SignedIn",
    ]
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(SessionRow)) == 1


async def test_five_failures_lock_for_a_quarter_of_an_hour(
    person: Person, clock: MovableClock, recorded: Recorded
) -> None:
    for _ in range(5):
        await attempt(person)

    with pytest.raises(RateLimited) as refusal:
        await person.sign_in()
    assert refusal.value.details == {"retryAfter": 900}
    assert recorded.actions.count("locked_out") == 1
    clock.move(timedelta(minutes=13))
    with pytest.raises(RateLimited):
        await person.sign_in()
    clock.move(timedelta(minutes=2))
    await person.sign_in()


async def test_the_lock_is_the_same_in_every_process(
    person: Person, make_identity: Callable[..., Identity]
) -> None:
    for _ in range(5):
        await attempt(person)

    with pytest.raises(RateLimited):
        await replace(person, identity=make_identity()).sign_in()


async def test_an_unknown_number_is_locked_too(person: Person) -> None:
    nobody = replace(person, number="999999")
    for _ in range(5):
        await attempt(nobody)

    with pytest.raises(RateLimited):
        await nobody.sign_in()


async def test_guesses_at_once_count_one_by_one(person: Person) -> None:
    service = SignIn(person.identity, person.events)

    results = await asyncio.gather(
        *(service.sign_in(person.number, "wrong-wrong-wrong", "000000") for _ in range(20)),
        return_exceptions=True,
    )

    kinds = [type(result) for result in results]
    assert (kinds.count(InvalidCredentials), kinds.count(RateLimited)) == (5, 15)


async def test_success_clears_the_count_of_the_account(person: Person) -> None:
    for _ in range(2):
        for _ in range(4):
            await attempt(person)
        await person.sign_in()


async def test_old_failures_do_not_add_up(person: Person, clock: MovableClock) -> None:
    for _ in range(4):
        await attempt(person)
    clock.move(timedelta(minutes=15))

    await attempt(person)
    await person.sign_in()


async def test_an_address_that_guesses_numbers_is_locked_out(
    make_identity: Callable[..., Identity], person: Person, recorded: Recorded
) -> None:
    identity = make_identity(sign_in_origin_failures="5")
    here = SignIn(identity, replace(person.events, origin="203.0.113.9"))
    for number in range(5):
        with pytest.raises(InvalidCredentials):
            await here.sign_in(f"80000{number}", "wrong-wrong-wrong", "000000")

    with pytest.raises(RateLimited):
        await here.sign_in(person.number, PASSWORD, person.code())
    elsewhere = replace(person, identity=identity)
    await elsewhere.sign_in()
    assert recorded.actions.count("locked_out") == 0


async def test_what_was_typed_is_kept_nowhere(person: Person, database: Database, recorded: Recorded) -> None:
    typed = "my-real-password-typed-as-number"

    await attempt(replace(person, number=typed))

    assert typed not in repr(recorded.records)
    async with database.read() as session:
        rows = (await session.scalars(select(GuardRow))).all()
    assert all(len(row.key) == 16 for row in rows)


async def test_secrets_are_not_stored_readable(person: Person, database: Database) -> None:
    async with database.read() as session:
        totp_row = (await session.scalars(select(TotpRow))).one()
        password_row = (await session.scalars(select(PasswordRow))).one()

    assert person.secret not in totp_row.secret
    assert person.identity.seals.open(totp_row.secret, "totp 001234") == person.secret
    assert PASSWORD not in password_row.hash


async def test_counts_of_yesterday_are_cleared_away(
    person: Person, database: Database, clock: MovableClock
) -> None:
    await attempt(replace(person, number="999999"))
    clock.move(guard.KEPT + timedelta(minutes=1))

    await attempt(person)

    async with database.read() as session:
        keys = set((await session.scalars(select(GuardRow.key))).all())
    seals = person.identity.seals
    assert keys == {seals.mark("account 001234"), seals.mark("origin 192.0.2.1")}


async def test_the_person_leaves_on_the_day_they_leave(make_person: MakePerson, database: Database) -> None:
    person = await make_person("001235")
    async with database.transaction() as session:
        from_table = SessionRow.metadata.tables["core.staff"]
        await session.execute(from_table.update().values(valid_to=person.identity.clock.today()))

    person.identity.clock.move(timedelta(seconds=30))
    await attempt(person, PASSWORD, totp.code_at(person.secret, totp.step_of(person.identity.clock.now())))


async def test_events_name_the_operation_and_the_request(person: Person, recorded: Recorded) -> None:
    events = Events(
        person.identity.record, person.identity.clock, "signIn", "corr-7", "198.51.100.3", "reason"
    )

    await attempt(replace(person, events=events))

    record = recorded.records[-1]
    assert (record.action, record.result, record.object_ids) == ("sign_in_refused", "refused", ("001234",))
    assert (record.operation, record.correlation_id, record.origin) == ("signIn", "corr-7", "198.51.100.3")
