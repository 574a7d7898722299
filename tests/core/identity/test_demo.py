"""The people of the demonstration."""

import base64
from urllib.parse import parse_qs, urlsplit

from core.identity.authenticator import Authenticator
from core.identity.demo import DemoSignIn, create_demo_staff
from core.identity.events import Events
from core.identity.identity import Identity
from tests.core.identity.conftest import Person, bearer


async def make(identity: Identity) -> list[DemoSignIn]:
    async with identity.database.transaction() as session:
        return await create_demo_staff(session, identity)


async def test_five_people_of_three_offices_can_sign_in(
    identity: Identity, events: Events, authenticator: Authenticator
) -> None:
    made = await make(identity)

    actors = [await authenticator.authenticate(bearer(each.token)) for each in made]
    assert [actor.subjects - {"role:staff"} for actor in actors] == [
        {"role:tax_clerk"},
        {"role:other_office"},
        {"role:administrator"},
        {"role:administrator"},
        {"role:tax_chief"},
    ]
    assert len({actor.department for actor in actors}) == 3
    for each in made:
        secret = base64.b32decode(parse_qs(urlsplit(each.totp_uri).query)["secret"][0])
        await Person(identity, events, each.staff_number, secret, each.password).sign_in()


async def test_making_them_twice_gives_new_passwords(
    identity: Identity, authenticator: Authenticator
) -> None:
    first, second = await make(identity), await make(identity)

    assert [each.staff_number for each in first] == [each.staff_number for each in second]
    assert not {each.password for each in first} & {each.password for each in second}
    assert (await authenticator.authenticate(bearer(second[0].token))).number == "900001"
