"""What the access log does: takes records in with the work they tell of, and seals them afterwards.

Chaining rows in the business transaction would make all clerks wait for one another. So a row is inserted
plainly, and the sealer chains what is committed: rows of transactions older than every running one, in the
order of (transaction, id). No row can appear in front of a sealed one any more.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.access.journal import AccessRecord
from core.clock import Clock
from core.runtime import Runtime
from core.storage.database import Database, ReadSession, WriteSession
from plugins.audit import queries
from plugins.audit.chain import Checkpoint, canonical, first_link, header_line, next_link, row_line
from plugins.audit.errors import ChainBroken
from plugins.audit.keys import checkpoint_folder, signing_key
from plugins.audit.queries import Head, Row
from plugins.audit.second_place import SecondPlace
from plugins.audit.settings import AUDIT_ORIGIN, AUDIT_SEAL_SECONDS

IDS_PER_ROW = 1_000
BATCH = 1_000  # rows sealed at a time: some 20 ms, so that requests on the same loop do not wait
EXPORT_CHUNK = 5_000


async def record(session: WriteSession, records: Sequence[AccessRecord]) -> None:
    """Append records to the log in the caller's transaction; whoever cannot do this gives no data."""
    if records:
        await queries.insert_entries(session, [row for each in records for row in _rows(each)])


def _rows(given: AccessRecord) -> Iterator[Row]:
    """Yield one row, or several where a record names very many objects."""
    for start in range(0, max(len(given.object_ids), 1), IDS_PER_ROW):
        yield {
            "happened_at": given.at,
            "actor_kind": given.actor.kind.value,
            "staff_number": given.actor.number,
            "department": given.actor.department,
            "session": given.actor.session,
            "operation": given.operation,
            "action": given.action,
            "object_type": given.object_type,
            "object_ids": list(given.object_ids[start : start + IDS_PER_ROW]),
            "fields": list(given.fields),
            "result": given.result,
            "correlation_id": given.correlation_id,
            "reason": given.reason,
            "origin": given.origin,
        }


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals the log `origin`: chains what is committed, signs a checkpoint, keeps it in a second place.

    Any number may run; an advisory lock lets one of them work at a time.
    """

    database: Database
    key: Ed25519PrivateKey
    place: SecondPlace
    clock: Clock
    seconds: int

    async def run(self) -> None:
        """Seal for ever, every `seconds`."""
        while True:
            await self.seal()
            await asyncio.sleep(self.seconds)

    async def seal(self) -> None:
        """Seal all that can be sealed now.

        Raises ChainBroken, and seals nothing on top, when the database has lost rows that were sealed.
        """
        while await self._seal_batch() == BATCH:
            pass
        await self._keep_elsewhere()

    async def _seal_batch(self) -> int:
        async with self.database.transaction() as session:
            if not await queries.become_sealer(session):
                return 0
            head = await queries.head(session)
            await self._refuse_loss(session, head)
            rows = await queries.unsealed(session, head, BATCH)
            if rows:
                await self._append(session, head, rows)
            return len(rows)

    async def _append(self, session: WriteSession, head: Head | None, rows: Sequence[Row]) -> None:
        size, link = (head.sequence, head.link) if head else (0, first_link(self.place.origin))
        seals = []
        for row in rows:
            size += 1
            link = next_link(link, canonical({**row, "sequence": size}))
            seals.append((size, row["transaction_id"], row["id"], link))
        await queries.insert_seals(session, seals)
        last = await queries.last_checkpoint(session)
        now = self.clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        unsigned = Checkpoint(self.place.origin, last.number + 1 if last else 1, size, link.hex(), now)
        await queries.insert_checkpoint(session, unsigned.signed(self.key))

    async def _refuse_loss(self, session: ReadSession, head: Head | None) -> None:
        kept = await asyncio.to_thread(self.place.last)
        if kept is not None and await queries.checkpoint_at(session, kept.number) != kept:
            raise ChainBroken(
                f"別の場所に保管された検査点 {kept.number} がデータベースにありません。"
                "記録が失われたか、バックアップから戻されています。"
            )
        if head is not None and head.transaction_id >= await queries.next_transaction(session):
            raise ChainBroken("データベースが別のクラスタに移され、トランザクション番号が戻っています。")

    async def _keep_elsewhere(self) -> None:
        """Copy to the second place what it lacks, also what an earlier process had no time for."""
        async with self.database.transaction() as session:
            if not await queries.become_sealer(session):
                return
            kept = await asyncio.to_thread(self.place.last)
            missing = await queries.checkpoints_after(session, kept.number if kept else 0)
            if missing:
                await asyncio.to_thread(self.place.append, missing)


def sealer(runtime: Runtime, database: Database) -> Sealer:
    """Make the sealer of a deployment; raises StartError when its key or its second place is not set up."""
    place = SecondPlace(checkpoint_folder(runtime), runtime.settings[AUDIT_ORIGIN])
    return Sealer(database, signing_key(runtime), place, runtime.clock, runtime.settings[AUDIT_SEAL_SECONDS])


async def export_lines(session: ReadSession, origin: str) -> AsyncIterator[bytes]:
    """Yield the lines of an export: every row that a checkpoint covers, and every checkpoint in its place."""
    yield header_line(origin)
    checkpoints = deque(await queries.checkpoints_after(session, 0))
    end = checkpoints[-1].size + 1 if checkpoints else 0
    for start in range(1, end, EXPORT_CHUNK):
        for link, row in await queries.sealed(session, start, min(EXPORT_CHUNK, end - start)):
            while checkpoints[0].size < row["sequence"]:
                yield checkpoints.popleft().line()
            yield row_line(link, canonical(row))
    for checkpoint in checkpoints:
        yield checkpoint.line()
