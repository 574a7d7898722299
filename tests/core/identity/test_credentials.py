"""Enrolment, and the life of a password under both profiles."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.access.actor import SYSTEM, Actor
from core.access.permission import Permission
from core.clock import MovableClock
from core.errors import RateLimited, Unauthenticated
from core.identity import register_queries
from core.identity.authenticator import Authenticator
from core.identity.credentials import OwnCredentials
from core.identity.errors import InvalidCredentials, ReusedPassword, WeakPassword
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.register import NewStaff, StaffRegister
from tests.core.identity.conftest import OTHER_PASSWORDS, PASSWORD, Front, Person, Recorded, bearer

CHANGE = (
    "mutation ($old: String!, $new: String!) { changePassword(currentPassword: $old, newPassword: $new) }"
)
NUMBER = "004321"


@pytest.fixture
async def code(identity: Identity, events: Events) -> str:
    """The enrolment code of a person who has not enrolled."""
    async with identity.database.transaction() as session:
        await register_queries.put_departments(session, {"0101": "課税管理課"})
        register = StaffRegister(identity, session, SYSTEM, events)
        return await register.create(NewStaff(NUMBER, "試験 次郎", "0101", date(2020, 4, 1)))


@pytest.fixture
def own(identity: Identity, events: Events) -> OwnCredentials:
    return OwnCredentials(identity, events)


@pytest.mark.parametrize("spell", [str, str.lower, lambda code: code.replace("-", " ")])
async def test_a_code_may_be_typed_loosely(
    spell: Callable[[str], str], code: str, own: OwnCredentials, recorded: Recorded
) -> None:
    uri = await own.enrol(NUMBER, spell(code), PASSWORD)

    assert uri.startswith(f"otpauth://totp/juminzei:{NUMBER}?secret=")
    assert recorded.actions == ["staff_created", "enrolled"]


async def test_a_code_works_once(code: str, own: OwnCredentials) -> None:
    await own.enrol(NUMBER, code, PASSWORD)

    with pytest.raises(InvalidCredentials):
        await own.enrol(NUMBER, code, OTHER_PASSWORDS[0])


async def test_a_code_is_good_for_a_week(code: str, own: OwnCredentials, clock: MovableClock) -> None:
    clock.move(timedelta(days=7))

    with pytest.raises(InvalidCredentials):
        await own.enrol(NUMBER, code, PASSWORD)


@pytest.mark.parametrize("number", ["004322", "", "0043 21", "\0"])
async def test_a_code_is_good_for_its_person_only(number: str, code: str, own: OwnCredentials) -> None:
    with pytest.raises(InvalidCredentials):
        await own.enrol(number, code, "lake-harbour-Cloud-88")


async def test_a_weak_password_does_not_use_the_code_up(code: str, own: OwnCredentials) -> None:
    with pytest.raises(WeakPassword):
        await own.enrol(NUMBER, code, f"{NUMBER}-river-stone")

    assert await own.enrol(NUMBER, code, PASSWORD)


async def test_guessing_codes_locks_the_account(code: str, own: OwnCredentials) -> None:
    for guess in range(5):
        with pytest.raises(InvalidCredentials):
            await own.enrol(NUMBER, f"AAAA-AAAA-AAAA-AAA{guess + 2}", PASSWORD)

    with pytest.raises(RateLimited):
        await own.enrol(NUMBER, code, PASSWORD)


async def test_before_enrolment_nobody_signs_in(code: str, identity: Identity, events: Events) -> None:
    with pytest.raises(InvalidCredentials):
        await Person(identity, events, NUMBER, b"0" * 20).sign_in()


async def test_a_renewed_enrolment_replaces_both_factors(
    person: Person, own: OwnCredentials, authenticator: Authenticator
) -> None:
    signed_in = await person.sign_in()
    async with person.identity.database.transaction() as session:
        register = StaffRegister(person.identity, session, SYSTEM, person.events)
        code = await register.renew_enrolment(person.number)
    with pytest.raises(InvalidCredentials):
        await person.sign_in()

    with pytest.raises(ReusedPassword):
        await own.enrol(person.number, code, PASSWORD)
    await own.enrol(person.number, code, OTHER_PASSWORDS[0])

    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(bearer(signed_in.access_token))
    with pytest.raises(InvalidCredentials):
        await replace(person, password=OTHER_PASSWORDS[0]).sign_in()


async def actor_of(person: Person) -> Actor:
    signed_in = await person.sign_in()
    return await Authenticator(person.identity).authenticate(bearer(signed_in.access_token))


async def test_changing_a_password_ends_the_other_sessions(
    person: Person, own: OwnCredentials, recorded: Recorded
) -> None:
    other, here = await person.sign_in(), await person.sign_in()
    authenticator = Authenticator(person.identity)
    actor = await authenticator.authenticate(bearer(here.access_token))

    await own.change_password(actor, PASSWORD, OTHER_PASSWORDS[0])

    assert recorded.actions[-1] == "password_changed"
    assert (await authenticator.authenticate(bearer(here.access_token))).number == person.number
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(bearer(other.access_token))
    await replace(person, password=OTHER_PASSWORDS[0]).sign_in()


async def test_the_last_five_passwords_are_not_taken_again(person: Person, own: OwnCredentials) -> None:
    actor, used = await actor_of(person), [PASSWORD]
    for new in OTHER_PASSWORDS[:5]:
        with pytest.raises(ReusedPassword):
            await own.change_password(actor, used[-1], used[0])
        await own.change_password(actor, used[-1], new)
        used.append(new)

    with pytest.raises(ReusedPassword):
        await own.change_password(actor, used[-1], used[1])
    await own.change_password(actor, used[-1], used[0])


async def test_guessing_the_present_password_locks_the_account(person: Person, own: OwnCredentials) -> None:
    actor = await actor_of(person)
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            await own.change_password(actor, "wrong-wrong-wrong", OTHER_PASSWORDS[0])

    with pytest.raises(RateLimited):
        await own.change_password(actor, PASSWORD, OTHER_PASSWORDS[0])


@pytest.mark.parametrize("actor", [SYSTEM, Actor(SYSTEM.kind, "001234")])
async def test_only_a_signed_in_person_changes_a_password(actor: Actor, own: OwnCredentials) -> None:
    with pytest.raises(Unauthenticated):
        await own.change_password(actor, PASSWORD, OTHER_PASSWORDS[0])


async def test_after_ninety_days_a_password_opens_one_door(
    person: Person, front: Front, clock: MovableClock
) -> None:
    clock.move(timedelta(days=91))
    signed_in = await person.sign_in()

    assert signed_in.password_expired
    actor = await Authenticator(person.identity).authenticate(bearer(signed_in.access_token))
    assert actor.grants == {Permission("core.credentials", "change"), Permission("core.session", "sign_out")}
    assert await front.code_of("{ me { number } }", signed_in.access_token) == "FORBIDDEN"
    answer = await front.ask(CHANGE, signed_in.access_token, old=PASSWORD, new=OTHER_PASSWORDS[0])
    assert answer == {"data": {"changePassword": True}}
    assert "data" in await front.ask("{ me { number } }", signed_in.access_token)


@pytest.mark.parametrize(
    ("profile", "days", "expired"),
    [("okayama", 89, False), ("okayama", 90, True), ("nist", 91, False), ("nist", 3650, False)],
)
async def test_the_profile_says_how_long_a_password_lasts(
    profile: str,
    days: int,
    expired: bool,
    person: Person,
    make_identity: Callable[..., Identity],
    clock: MovableClock,
) -> None:
    clock.move(timedelta(days=days))
    identity = make_identity(password_profile=profile)

    signed_in = await replace(person, identity=identity).sign_in()

    assert signed_in.password_expired is expired
