"""Under which objects the access log knows a person of 宛名."""

from collections.abc import Sequence

from core.access.subject import About, about
from core.storage.database import ReadSession
from plugins.atena.queries import subject
from plugins.atena.service import eltax_users, feed_remedies, number_cases, persons, platform


async def objects_of(session: ReadSession, atena_number: str) -> Sequence[About]:
    """Name the objects of one person, by whichever of their numbers (関連宛名)."""
    known = await subject.one_person(session, atena_number)
    ids = list(known)
    return [
        *about(persons.JOURNAL_TYPE, known.values()),
        *about(number_cases.CASE_TYPE, await subject.number_cases_of(session, ids)),
        *about(platform.JOURNAL_TYPE, await subject.platform_messages_of(session, ids)),
        *about(feed_remedies.JOURNAL_TYPE, await subject.feed_remedies_of(session, known)),
        *(About(eltax_users.JOURNAL_TYPE, *row) for row in await subject.eltax_ids_ever(session, ids)),
    ]
