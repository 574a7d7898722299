"""Accounts, credentials and roles: nothing that one administrator does alone has an effect."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.access.actor import SYSTEM, Actor, ActorKind
from core.clock import MovableClock
from core.errors import Invalid, JuminzeiError, NotFound, SelfApproval
from core.identity import account_queries, register_queries
from core.identity.account_changes import LASTS, AccountChanges, Told
from core.identity.credentials import OwnCredentials
from core.identity.errors import (
    AccountChangeState,
    InvalidCredentials,
    RolesExclude,
    SelfAdministration,
    StaffExists,
    UnknownRole,
)
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.register import NewStaff, StaffRegister
from core.storage.errors import constraint_of
from tests.core.identity.conftest import PASSWORD, Recorded

BEGIN = date(2026, 4, 1)
NEW = NewStaff("000777", " 新人　一郎 ", "0101", BEGIN, date(2027, 4, 1))
Deed = Callable[[AccountChanges], Awaitable[Told]]


class Office:
    """Two administrators, a clerk, and the database that they share; each deed is one transaction."""

    def __init__(self, identity: Identity, events: Events) -> None:
        self.identity = identity
        self.events = events

    async def do(self, number: str, deed: Callable[[AccountChanges], Awaitable[object]]) -> Told:
        actor = Actor(ActorKind.STAFF, number, subjects=frozenset({"role:administrator"}))
        async with self.identity.database.transaction() as session:
            done = await deed(AccountChanges(StaffRegister(self.identity, session, actor, self.events)))
        return done if isinstance(done, Told) else Told(0, "")

    async def roles(self, number: str) -> Sequence[str]:
        async with self.identity.database.read() as session:
            return [row.role for row in (await register_queries.roles(session, [number])).get(number, ())]

    async def exists(self, number: str) -> bool:
        async with self.identity.database.read() as session:
            return await register_queries.staff(session, number) is not None


@pytest.fixture
async def office(identity: Identity, events: Events) -> Office:
    async with identity.database.transaction() as session:
        await register_queries.put_departments(session, {"0101": "課税管理課"})
        register = StaffRegister(identity, session, SYSTEM, events)
        for number in ("900003", "900004", "001234"):
            await register.create(NewStaff(number, "試験 太郎", "0101", date(2020, 4, 1)))
        for number in ("900003", "900004"):
            await register.grant(number, "administrator")
    return Office(identity, events)


DEEDS: dict[str, Deed] = {
    "staff": lambda changes: changes.propose_staff(NEW, ["tax_clerk"]),
    "enrolment": lambda changes: changes.propose_enrolment("001234"),
    "role": lambda changes: changes.propose_role("001234", "tax_clerk"),
}
every_kind = pytest.mark.parametrize("kind", DEEDS)


async def test_a_proposal_alone_has_no_effect(office: Office) -> None:
    told = [await office.do("900003", deed) for deed in DEEDS.values()]

    assert not await office.exists("000777")
    assert await office.roles("001234") == []
    with pytest.raises(InvalidCredentials):
        await OwnCredentials(office.identity, office.events).enrol("000777", told[0].code_part, PASSWORD)


@every_kind
async def test_nobody_approves_their_own(kind: str, office: Office) -> None:
    told = await office.do("900003", DEEDS[kind])

    with pytest.raises(SelfApproval):
        await office.do("900003", lambda changes: changes.approve(told.change_id))

    assert not await office.exists("000777")
    assert await office.roles("001234") == []


async def test_an_approved_person_has_the_roles_and_enrols_with_both_halves(office: Office) -> None:
    first = await office.do("900003", DEEDS["staff"])
    second = await office.do("900004", lambda changes: changes.approve(first.change_id))

    own = OwnCredentials(office.identity, office.events)
    uri = await own.enrol("000777", f"{first.code_part} {second.code_part}".lower(), PASSWORD)

    assert uri.startswith("otpauth://")
    assert await office.roles("000777") == ["tax_clerk"]
    async with office.identity.database.read() as session:
        row = await register_queries.staff(session, "000777")
        role = (await register_queries.roles(session, ["000777"]))["000777"][0]
    assert row is not None
    assert (row.name, row.valid_from, row.valid_to) == ("新人　一郎", BEGIN, date(2027, 4, 1))
    assert (role.valid_from, role.valid_to, role.granted_by) == (BEGIN, date(2027, 4, 1), "900004")


async def test_a_role_without_a_first_day_begins_when_it_is_approved(office: Office) -> None:
    told = await office.do("900003", DEEDS["role"])
    clock = office.identity.clock
    assert isinstance(clock, MovableClock)
    clock.move(timedelta(days=3))

    await office.do("900004", lambda changes: changes.approve(told.change_id))

    async with office.identity.database.read() as session:
        [role] = (await register_queries.roles(session, ["001234"]))["001234"]
    assert (role.role, role.valid_from) == ("tax_clerk", clock.today())


async def test_the_subject_of_a_proposal_does_not_approve_it(office: Office) -> None:
    told = await office.do("900003", lambda changes: changes.propose_enrolment("900004"))

    with pytest.raises(SelfAdministration):
        await office.do("900004", lambda changes: changes.approve(told.change_id))


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        (lambda changes: changes.propose_staff(replace(NEW, number="001234")), StaffExists),
        (lambda changes: changes.propose_staff(replace(NEW, number="x y")), Invalid),
        (lambda changes: changes.propose_staff(replace(NEW, department="9999")), Invalid),
        (lambda changes: changes.propose_staff(NEW, ["nothing"]), UnknownRole),
        (lambda changes: changes.propose_staff(NEW, ["administrator", "tax_clerk"]), RolesExclude),
        (lambda changes: changes.propose_enrolment("900003"), SelfAdministration),
        (lambda changes: changes.propose_enrolment("999999"), NotFound),
        (lambda changes: changes.propose_role("900003", "tax_clerk"), SelfAdministration),
        (lambda changes: changes.propose_role("900004", "tax_clerk"), RolesExclude),
        (lambda changes: changes.propose_role("001234", "staff"), UnknownRole),
        (lambda changes: changes.propose_role("001234", "tax_clerk", BEGIN, BEGIN), Invalid),
        (lambda changes: changes.approve(9_999_999), NotFound),
        (lambda changes: changes.reject(9_999_999), NotFound),
    ],
)
async def test_what_cannot_be_is_refused_at_once(
    deed: Deed, refusal: type[JuminzeiError], office: Office
) -> None:
    with pytest.raises(refusal):
        await office.do("900003", deed)


async def test_what_changed_meanwhile_is_checked_again(office: Office) -> None:
    told = await office.do("900003", lambda changes: changes.propose_role("001234", "administrator"))
    other = await office.do("900003", DEEDS["role"])
    await office.do("900004", lambda changes: changes.approve(other.change_id))

    with pytest.raises(RolesExclude):
        await office.do("900004", lambda changes: changes.approve(told.change_id))

    assert await office.roles("001234") == ["tax_clerk"]


@every_kind
@pytest.mark.parametrize("ending", ["approve", "reject", "withdraw"])
async def test_a_proposal_is_decided_once(kind: str, ending: str, office: Office) -> None:
    told = await office.do("900003", DEEDS[kind])
    who = "900003" if ending == "withdraw" else "900004"
    end = "approve" if ending == "approve" else "reject"
    await office.do(who, lambda changes: getattr(changes, end)(told.change_id))

    for again in ("approve", "reject"):
        with pytest.raises(AccountChangeState):
            await office.do("900004", lambda changes, again=again: getattr(changes, again)(told.change_id))

    async with office.identity.database.read() as session:
        row = await account_queries.change(session, told.change_id)
    assert row is not None
    assert (row.state, row.decided_by, row.code_part) == (
        {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}[ending],
        who,
        None,
    )


async def test_of_two_approvals_at_once_one_is_refused(office: Office) -> None:
    told = await office.do("900003", DEEDS["role"])

    done = await asyncio.gather(
        *(office.do("900004", lambda changes: changes.approve(told.change_id)) for _ in range(2)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == ["AccountChangeState", "Told"]
    assert await office.roles("001234") == ["tax_clerk"]


async def test_an_old_proposal_is_no_longer_approved(office: Office) -> None:
    told = await office.do("900003", DEEDS["role"])
    clock = office.identity.clock
    assert isinstance(clock, MovableClock)
    clock.move(LASTS)

    with pytest.raises(AccountChangeState):
        await office.do("900004", lambda changes: changes.approve(told.change_id))


async def test_the_half_of_a_code_that_waits_is_sealed(office: Office) -> None:
    told = await office.do("900003", DEEDS["staff"])

    async with office.identity.database.read() as session:
        row = await account_queries.change(session, told.change_id)

    assert row is not None
    assert row.code_part is not None
    assert told.code_part.replace("-", "").encode() not in row.code_part


async def test_the_database_refuses_one_person_in_both_roles(office: Office) -> None:
    told = await office.do("900003", DEEDS["role"])

    async def decide(changes: AccountChanges) -> None:
        session, now = changes.register.session, office.identity.clock.now()
        await account_queries.decide_change(session, told.change_id, "approved", "900003", now)

    with pytest.raises(IntegrityError) as refusal:
        await office.do("900003", decide)

    assert constraint_of(refusal.value) == "ck_account_change_two_persons"


async def test_every_step_enters_the_access_log_with_who_did_it(office: Office, recorded: Recorded) -> None:
    recorded.records.clear()
    told = await office.do("900003", DEEDS["staff"])
    await office.do("900004", lambda changes: changes.approve(told.change_id))

    assert [(each.action, each.actor.number, each.object_ids, each.fields) for each in recorded.records] == [
        ("staff_proposed", "900003", ("000777",), ("tax_clerk",)),
        ("staff_created", "900004", ("000777",), ()),
        ("role_granted", "900004", ("000777",), ("tax_clerk",)),
        ("account_change_approved", "900004", ("000777",), ("tax_clerk",)),
    ]


async def test_administrators_who_can_act_are_counted(office: Office) -> None:
    async def count(day: date) -> int:
        async with office.identity.database.read() as session:
            return await account_queries.count_with_role(session, "administrator", day)

    today = office.identity.clock.today()
    before = await count(today)
    async with office.identity.database.transaction() as session:
        await StaffRegister(office.identity, session, SYSTEM, office.events).disable("900004")

    assert (before, await count(today), await count(date(2019, 1, 1))) == (2, 1, 0)
