"""The inbox of the register feed, and the histories of many persons at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Table, func, insert, select, text

from core.storage.database import ReadSession, WriteSession
from core.storage.ids import reserve_ids
from plugins.atena.history import Carving
from plugins.atena.queries.bulk import COLUMNS
from plugins.atena.queries.history import among, count_changes, present_of, write_carvings
from plugins.atena.queries.persons import ids_of
from plugins.atena.sheets import HISTORIES, Sheet, Sheets
from plugins.atena.tables import feed_message, feed_run, person

LOCK = 0x46454544
"""Key of the advisory lock that one batch of the feed at a time holds ("FEED")."""
# A file that is given again, because it stopped, comes when its cause is gone; so does what was missing.
EARLY = text("""
SELECT count(*) FROM (
    SELECT id, file_name, started_at,
        lag(started_at) OVER earlier AS before, lag(stop_code) OVER earlier AS stopped
    FROM atena.feed_run WHERE applied > 0 WINDOW earlier AS (ORDER BY started_at, id)
) r
WHERE r.started_at > :since AND r.started_at - r.before < :interval AND r.stopped = ''
  AND NOT EXISTS (
      SELECT FROM atena.feed_run s WHERE s.file_name = r.file_name AND s.id < r.id AND s.stop_code <> ''
  )
""")
MESSAGE = ("sequence", "kind", "fingerprint", "person_id", "issued_at", "applied_at", "remedy_id")


async def begin_batch(session: WriteSession) -> int:
    """Wait for our turn and return the last sequence number that was applied, 0 before the first."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))
    return await last_applied(session)


async def last_applied(session: ReadSession) -> int:
    """Return the last sequence number that was applied, 0 before the first."""
    return await session.scalar(select(func.max(feed_message.c.sequence))) or 0


async def applied_among(session: ReadSession, sequences: Sequence[int]) -> Mapping[int, Row[Any]]:
    """Return the inbox's rows of those messages that were applied."""
    asked = among(feed_message.c.sequence, sequences)
    rows = await session.execute(select(feed_message).where(asked))
    return {row.sequence: row for row in rows}


async def sheets_of(session: WriteSession, numbers: Iterable[str]) -> Mapping[str, Sheets]:
    """Return the histories of persons by 宛名番号, with ids for those not known yet."""
    wanted = sorted(set(numbers))
    ids = await ids_of(session, wanted)
    new = [number for number in wanted if number not in ids]
    new_ids = await reserve_ids(session, person, len(new)) if new else []
    sheets = {number: Sheets(person_id) for number, person_id in ids.items()}
    by_id = {each.person_id: each for each in sheets.values()}
    for table in HISTORIES if ids else ():
        for person_id, revisions in (await present_of(session, table, list(by_id))).items():
            by_id[person_id].of[table] = Sheet.of(revisions)
    return sheets | {
        number: Sheets(person_id, is_new=True) for number, person_id in zip(new, new_ids, strict=True)
    }


async def write_sheets(session: WriteSession, sheets: Mapping[str, Sheets], now: datetime) -> None:
    """Write what changed: the persons are counted and held first, then revisions are closed and opened."""
    new = [(each.person_id, number, now) for number, each in sheets.items() if each.is_new]
    await session.copy(person, COLUMNS["person"], new)
    known_ids = [each.person_id for each in sheets.values() if not each.is_new]
    moments = await count_changes(session, person, known_ids, now)
    for table in HISTORIES:
        await _write_history(session, table, sheets.values(), now, moments)


async def add_messages(session: WriteSession, rows: Sequence[tuple[object, ...]]) -> None:
    """Enter applied messages in the inbox, in the order of the columns `MESSAGE`."""
    await session.copy(feed_message, MESSAGE, rows)


async def add_run(session: WriteSession, row: Mapping[str, Any]) -> None:
    """Note what one run of the feed did."""
    await session.execute(insert(feed_run), [row])


async def last_run(session: ReadSession) -> Row[Any] | None:
    """Return the latest run, or None before the first."""
    found = await session.execute(select(feed_run).order_by(feed_run.c.id.desc()).limit(1))
    row: Row[Any] | None = found.one_or_none()
    return row


async def impossible_at(session: ReadSession, sequence: int) -> Row[Any] | None:
    """Return the latest run that a contradiction stopped at this number, or None."""
    run = feed_run.c
    stopped = (run.stop_sequence == sequence) & run.stop_fingerprint.is_not(None)
    found = await session.execute(select(feed_run).where(stopped).order_by(run.id.desc()).limit(1))
    row: Row[Any] | None = found.one_or_none()
    return row


async def last_message(session: ReadSession) -> Row[Any] | None:
    """Return the inbox's row of the last message that was applied."""
    found = await session.execute(select(feed_message).order_by(feed_message.c.sequence.desc()).limit(1))
    row: Row[Any] | None = found.one_or_none()
    return row


async def early_files(session: ReadSession, interval: timedelta, since: datetime) -> int:
    """Count the files since a moment that brought something sooner after the one before than `interval`."""
    parameters = {"interval": interval, "since": since}
    return int(await session.scalar(EARLY, parameters) or 0)


async def applied_between(session: ReadSession, after: datetime, until: datetime) -> Row[Any]:
    """Return how many `messages` were applied after a moment, up to another, with the `first` and `last`."""
    message = feed_message.c
    figures = (
        func.count().label("messages"),
        func.min(message.sequence).label("first"),
        func.max(message.sequence).label("last"),
    )
    within = (message.applied_at > after) & (message.applied_at <= until)
    row: Row[Any] = (await session.execute(select(*figures).where(within))).one()
    return row


async def highest_seen(session: ReadSession) -> int:
    """Return the highest sequence number that any file held, applied or not."""
    return await session.scalar(select(func.max(feed_run.c.highest_seen))) or 0


async def _write_history(
    session: WriteSession,
    table: Table,
    sheets: Iterable[Sheets],
    now: datetime,
    moments: Mapping[int, datetime],
) -> None:
    carvings = {each.person_id: Carving(each.of[table].closed(), each.of[table].opened()) for each in sheets}
    await write_carvings(session, table, carvings, lambda person_id: moments.get(person_id, now))
