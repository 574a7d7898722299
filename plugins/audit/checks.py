"""What `juminzei selfcheck` says about the access log."""

from collections.abc import Sequence
from datetime import timedelta

from core.checks import Check, CheckState
from core.errors import StartError
from core.runtime import Runtime
from core.storage.database import Database, ReadSession
from plugins.audit import queries
from plugins.audit.errors import ChainBroken
from plugins.audit.keys import checkpoint_folder, signing_key
from plugins.audit.second_place import SecondPlace
from plugins.audit.settings import AUDIT_ORIGIN

LONGEST_WAIT = timedelta(seconds=60)
KEY, SEAL, PLACE = "アクセス記録の署名鍵", "アクセス記録の封印", "検査点の控え"


async def selfcheck(runtime: Runtime, database: Database) -> Sequence[Check]:
    """Look at the key, at how long rows wait for their seal, and at the second place."""
    async with database.read() as session:
        return [_key(runtime), await _seal(session), await _second_place(runtime, session)]


def _key(runtime: Runtime) -> Check:
    try:
        signing_key(runtime)
    except StartError as error:
        return Check(KEY, CheckState.FAILED, str(error))
    return Check(KEY, CheckState.OK, "検査点に署名する鍵があります。")


async def _seal(session: ReadSession) -> Check:
    waiting = await queries.longest_wait(session)
    last = await queries.last_checkpoint(session)
    sealed = f"{last.size} 件を封印済み({last.time})。" if last else "封印した記録はまだありません。"
    if waiting is not None and waiting > LONGEST_WAIT:
        seconds = int(waiting.total_seconds())
        text = f"{seconds} 秒前から封印を待つ記録があります。サーバーと、終わらない処理を確かめてください。"
        return Check(SEAL, CheckState.FAILED, text + sealed)
    return Check(SEAL, CheckState.OK, sealed)


async def _second_place(runtime: Runtime, session: ReadSession) -> Check:
    """Compare the second place with the database: each must hold the other's last checkpoint."""
    try:
        place = SecondPlace(checkpoint_folder(runtime), runtime.settings[AUDIT_ORIGIN])
        kept = place.last()
    except (StartError, ChainBroken, OSError) as error:
        return Check(PLACE, CheckState.FAILED, error.text if isinstance(error, ChainBroken) else str(error))
    if kept and await queries.checkpoint_at(session, kept.number) != kept:
        return Check(PLACE, CheckState.FAILED, f"控えの検査点 {kept.number} がデータベースにありません。")
    last = await queries.last_checkpoint(session)
    if last and (kept is None or kept.number < last.number):
        return Check(PLACE, CheckState.WARNING, f"検査点 {last.number} が {place.file} にまだありません。")
    return Check(PLACE, CheckState.OK, f"{place.file} はデータベースと一致しています。")
