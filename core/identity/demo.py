"""A few people of different offices, ready to sign in: for the demonstration city only."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from core.access.actor import SYSTEM
from core.identity import queries, register_queries, totp
from core.identity.departments import REFERENCE_CITY, read_departments
from core.identity.events import Events
from core.identity.identity import Identity
from core.identity.register import NewStaff, StaffRegister
from core.identity.settings import ABSOLUTE_HOURS, ISSUER
from core.storage.database import WriteSession

VALID_FROM = timedelta(days=365)
PEOPLE = (
    ("900001", "課税 花子", "0101", "tax_clerk"),
    ("900002", "国保 次郎", "0305", "other_office"),
    ("900003", "管理 三郎", "0901", "administrator"),
    ("900008", "管理 五郎", "0901", "administrator"),
    ("900009", "課税 四郎", "0101", "tax_chief"),
)


@dataclass(frozen=True)
class DemoSignIn:
    """How to sign in as one of them, and a token for at once (valid as long as any access token)."""

    staff_number: str
    name: str
    role: str
    password: str
    totp_uri: str
    token: str


async def create_demo_staff(session: WriteSession, identity: Identity) -> list[DemoSignIn]:
    """Make them, or give those that are there new credentials and sessions: running it twice works."""
    await register_queries.put_departments(session, read_departments(REFERENCE_CITY))
    events = Events(identity.record, identity.clock, "demo", str(uuid4()))
    register = StaffRegister(identity, session, SYSTEM, events)
    begin = identity.clock.today() - VALID_FROM
    for number, name, department, role in PEOPLE:
        if await register_queries.staff(session, number) is None:
            await register.create(NewStaff(number, name, department, begin))
            await register.grant(number, role, begin)
    return [await _equip(session, identity, number, name, role) for number, name, _, role in PEOPLE]


async def _equip(session: WriteSession, identity: Identity, number: str, name: str, role: str) -> DemoSignIn:
    now, secret, password = identity.clock.now(), totp.new_secret(), f"demo-{uuid4().hex[:16]}"
    await queries.add_password(session, number, await identity.hasher.hash(password), now)
    await queries.set_totp(session, number, identity.seals.seal(secret, f"totp {number}"))
    ends_at = now + timedelta(hours=identity.settings[ABSOLUTE_HOURS])
    session_id = await queries.add_session(
        session,
        {
            "staff_number": number,
            "created_at": now,
            "last_seen": now,
            "ends_at": ends_at,
            "origin_mark": identity.seals.mark("demo"),
            "agent_mark": identity.seals.mark("demo"),
        },
    )
    uri = totp.uri(secret, identity.settings[ISSUER], number)
    token = identity.tokens.for_staff(number, session_id, ends_at)
    return DemoSignIn(number, name, role, password, uri, token)
