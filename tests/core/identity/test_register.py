"""The staff register: what may be entered, and what nobody does about themselves."""

from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from core.access.actor import Actor, ActorKind
from core.errors import Invalid, JuminzeiError, NotFound, StartError
from core.identity import register_queries
from core.identity.departments import REFERENCE_CITY, read_departments
from core.identity.errors import RolesExclude, SelfAdministration, StaffExists, UnknownRole
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.register import NewStaff, StaffRegister
from core.identity.tables import RoleRow
from core.storage.database import WriteSession
from tests.core.identity.conftest import Recorded

ADMINISTRATOR = Actor(ActorKind.STAFF, "900003", subjects=frozenset({"role:administrator"}))
BEGIN = date(2026, 4, 1)


@pytest.fixture
async def register(session: WriteSession, identity: Identity, events: Events) -> StaffRegister:
    """The register with an administrator, a person, and the offices of the reference city."""
    await register_queries.put_departments(session, read_departments(REFERENCE_CITY))
    register = StaffRegister(identity, session, ADMINISTRATOR, events)
    await register.create(NewStaff("900003", "管理 三郎", "0901", BEGIN))
    await register.create(NewStaff("001234", "課税 花子", "0101", BEGIN))
    return register


async def test_a_person_is_entered(register: StaffRegister, recorded: Recorded) -> None:
    code = await register.create(NewStaff("A1", " 髙橋　𠮷子 ", "0101", BEGIN, date(2027, 4, 1)))

    assert [len(part) for part in code.split("-")] == [5, 5, 5, 5]
    row = await register_queries.staff(register.session, "A1")
    assert row is not None
    assert (row.name, row.department, row.valid_to) == ("髙橋　𠮷子", "0101", date(2027, 4, 1))
    record = recorded.records[-1]
    assert (record.action, record.actor.number, record.object_ids) == ("staff_created", "900003", ("A1",))


@pytest.mark.parametrize(
    ("number", "name", "department", "valid_to", "field"),
    [
        ("", "氏名", "0101", None, "number"),
        ("12345678901", "氏名", "0101", None, "number"),
        ("00-12", "氏名", "0101", None, "number"),
        ("００１", "氏名", "0101", None, "number"),
        ("0012\n", "氏名", "0101", None, "number"),
        ("1", "", "0101", None, "name"),
        ("1", "　", "0101", None, "name"),
        ("1", "氏" * 101, "0101", None, "name"),
        ("1", "氏\0名", "0101", None, "name"),
        ("1", "氏\ud800名", "0101", None, "name"),
        ("1", "氏\n名", "0101", None, "name"),
        ("1", "氏名", "", None, "department"),
        ("1", "氏名", "9999", None, "department"),
        ("1", "氏名", "0101", BEGIN, "validTo"),
        ("1", "氏名", "0101", date(2026, 3, 31), "validTo"),
    ],
)
async def test_what_does_not_fit_is_refused_by_field(
    number: str, name: str, department: str, valid_to: date | None, field: str, register: StaffRegister
) -> None:
    with pytest.raises(Invalid) as refusal:
        await register.create(NewStaff(number, name, department, BEGIN, valid_to))

    assert refusal.value.details["field"] == field


async def test_a_number_is_never_given_twice(register: StaffRegister) -> None:
    await register.disable("001234")

    with pytest.raises(StaffExists):
        await register.create(NewStaff("001234", "別の 人", "0101", BEGIN))


Deed = Callable[[StaffRegister, str], Awaitable[object]]
DEEDS: dict[str, Deed] = {
    "grant": lambda register, number: register.grant(number, "tax_clerk"),
    "revoke": lambda register, number: register.revoke(number, "administrator"),
    "disable": lambda register, number: register.disable(number),
    "renew": lambda register, number: register.renew_enrolment(number),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("900003", SelfAdministration),
        ("999999", NotFound),
        ("", Invalid),
        ("\0", Invalid),
        ("001234 ", Invalid),
    ],
)
async def test_nobody_administers_themselves_or_nobody(
    deed: Deed, number: str, refusal: type[JuminzeiError], register: StaffRegister
) -> None:
    with pytest.raises(refusal):
        await deed(register, number)


@pytest.mark.parametrize(
    "role",
    [
        "",
        "unknown",
        "staff",
        "anonymous",
        "password_expired",
        "role:tax_clerk",
        "TAX_CLERK",
        "tax_clerk\n",
        "x" * 99,
    ],
)
async def test_only_roles_of_the_policy_are_granted(role: str, register: StaffRegister) -> None:
    with pytest.raises(UnknownRole):
        await register.grant("001234", role)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [("administrator", "tax_clerk"), ("tax_clerk", "administrator"), ("auditor", "administrator")],
)
async def test_an_administrator_holds_no_other_role(held: str, wanted: str, register: StaffRegister) -> None:
    await register.grant("001234", held)

    with pytest.raises(RolesExclude):
        await register.grant("001234", wanted)
    await register.revoke("001234", held)
    await register.grant("001234", wanted)


async def test_a_role_granted_twice_is_held_once(register: StaffRegister, recorded: Recorded) -> None:
    await register.grant("001234", "tax_clerk")
    await register.grant("001234", "tax_clerk")

    assert len((await register_queries.roles(register.session, ["001234"]))["001234"]) == 1
    assert recorded.actions.count("role_granted") == 1


async def test_who_gave_and_took_a_role_stays_known(register: StaffRegister, recorded: Recorded) -> None:
    await register.grant("001234", "tax_clerk")
    await register.revoke("001234", "tax_clerk")

    row = (await register.session.scalars(select(RoleRow))).one()
    await register.session.in_turn(lambda: register.session._session.refresh(row))
    assert (row.granted_by, row.revoked_by, row.revoked_at is not None) == ("900003", "900003", True)
    assert [(record.action, record.fields) for record in recorded.records[-2:]] == [
        ("role_granted", ("tax_clerk",)),
        ("role_revoked", ("tax_clerk",)),
    ]
    with pytest.raises(NotFound):
        await register.revoke("001234", "tax_clerk")


async def test_barring_twice_changes_nothing(register: StaffRegister, recorded: Recorded) -> None:
    await register.disable("001234")
    await register.disable("001234")

    assert recorded.actions.count("staff_disabled") == 1


async def test_an_unknown_session_is_not_found(register: StaffRegister) -> None:
    with pytest.raises(NotFound):
        await register.revoke_session(uuid4())


def test_the_reference_city_has_its_offices() -> None:
    names = read_departments(REFERENCE_CITY)

    assert names["0101"] == "財政局税務部課税管理課"
    assert sum("市税事務所" in name for name in names.values()) == 4


@pytest.mark.parametrize(
    "content",
    [b"", b"code,name\n", b"a,b\n1,x\n", b"code,name\n1\n", b"code,name\n1,x,y\n", b"code,name\n1,x\n1,y\n",
     b"code,name\n,x\n", b"code,name\n1,\xff\n", b'code,name\n1,"x\n'],
)  # fmt: skip
def test_a_faulty_file_of_departments_is_refused_whole(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "departments.csv"
    file.write_bytes(content)

    with pytest.raises(StartError, match=r"departments\.csv"):
        read_departments(file)
