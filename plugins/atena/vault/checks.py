"""Whether the vault can do its work: the keys are there, and they open what is sealed."""

from core.checks import Check, CheckState
from core.errors import StartError
from core.settings import Settings
from core.storage.database import Database
from plugins.atena.errors import SealBroken
from plugins.atena.queries.my_numbers import SEALED, one_seal_per_key
from plugins.atena.vault.keyring import Keyring, open_keyring
from plugins.atena.vault.seal import unseal

NAME = "個人番号の保管庫"


async def check_vault(database: Database, settings: Settings) -> Check:
    """Try one number of every key that sealed any."""
    try:
        keyring = open_keyring(settings)
        await _try_keys(database, keyring)
    except StartError as error:
        return Check(NAME, CheckState.FAILED, f"鍵ファイルを使用できません: {error}")
    except SealBroken:
        return Check(
            NAME,
            CheckState.FAILED,
            "鍵ファイルがデータベースと一致しません。控えから正しい鍵を戻してください。",
        )
    return Check(NAME, CheckState.OK, f"鍵の版 {keyring.current.version} を使用しています。")


async def _try_keys(database: Database, keyring: Keyring) -> None:
    async with database.read() as session:
        for table in SEALED:
            for row in await one_seal_per_key(session, table):
                unseal(keyring, row.person_id, row)
