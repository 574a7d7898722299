"""Keys, the second place, and what the self-check says when something is missing."""

import stat
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from core.access.journal import AccessRecord
from core.checks import CheckState
from core.errors import StartError
from core.runtime import Runtime
from core.storage.database import Database
from plugins import audit
from plugins.audit.keys import checkpoint_folder, public_pem, signing_key
from plugins.audit.service import record, sealer

MakeRuntime = Callable[..., Runtime]
OK, WARNING, FAILED = CheckState.OK, CheckState.WARNING, CheckState.FAILED


def ec_pem() -> bytes:
    key = generate_private_key(SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


async def states(runtime: Runtime, database: Database) -> list[CheckState]:
    return [check.state for check in await audit.selfcheck(runtime, database)]


async def test_development_makes_up_one_key_for_all_processes(
    runtime_of: MakeRuntime, tmp_path: Path
) -> None:
    runtime = runtime_of()
    with ThreadPoolExecutor(8) as pool:
        keys = {public_pem(key) for key in pool.map(lambda _: signing_key(runtime), range(16))}
    folder = tmp_path / "data" / "audit"
    assert len(keys) == 1
    assert [file.name for file in folder.iterdir()] == ["signing-key.pem"]
    assert stat.S_IMODE((folder / "signing-key.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({}, "setting audit_signing_key is required in production"),
        ({"JUMINZEI_AUDIT_SIGNING_KEY": "{tmp}/none.pem"}, "is not a readable PEM key"),
        ({"JUMINZEI_AUDIT_SIGNING_KEY": "{tmp}/nonsense.pem"}, "is not a readable PEM key"),
        ({"JUMINZEI_AUDIT_SIGNING_KEY": "{tmp}/ec.pem"}, "is not an Ed25519 key"),
    ],
)
async def test_production_needs_a_good_key(
    runtime_of: MakeRuntime, tmp_path: Path, environ: Mapping[str, str], message: str
) -> None:
    (tmp_path / "nonsense.pem").write_bytes(b"hello")
    (tmp_path / "ec.pem").write_bytes(ec_pem())
    given = {name: value.format(tmp=tmp_path) for name, value in environ.items()}
    runtime = runtime_of(JUMINZEI_PROFILE="production", **given)
    with pytest.raises(StartError, match=message):
        signing_key(runtime)


async def test_production_names_its_second_place(runtime_of: MakeRuntime, tmp_path: Path) -> None:
    with pytest.raises(StartError, match="audit_checkpoint_dir is required in production"):
        checkpoint_folder(runtime_of(JUMINZEI_PROFILE="production"))
    named = runtime_of(JUMINZEI_PROFILE="production", JUMINZEI_AUDIT_CHECKPOINT_DIR=str(tmp_path))
    assert checkpoint_folder(named) == tmp_path


@pytest.mark.parametrize("origin", ["", "../x", "岡山", "a b", "x" * 65, "a\n"])
async def test_an_origin_is_a_plain_name(runtime_of: MakeRuntime, origin: str) -> None:
    with pytest.raises(StartError, match="audit_origin"):
        runtime_of(JUMINZEI_AUDIT_ORIGIN=origin)


async def test_the_sealer_is_a_service(runtime_of: MakeRuntime, database: Database) -> None:
    runtime = runtime_of()
    assert [service.name for service in audit.services(runtime, database)] == ["audit.sealer"]
    with pytest.raises(StartError, match="audit_checkpoint_dir is required"):
        audit.services(runtime_of(JUMINZEI_PROFILE="production"), database)


async def test_the_hook_records(
    runtime_of: MakeRuntime, database: Database, record_of: Callable[..., AccessRecord]
) -> None:
    async with database.transaction() as session:
        await runtime_of().plugins.run("record_access", session=session, records=[record_of("1")])
        assert await session.scalar(text("SELECT count(*) FROM audit.entry")) == 1


async def test_selfcheck_follows_the_log(
    runtime_of: MakeRuntime,
    database: Database,
    owner_database: Database,
    record_of: Callable[..., AccessRecord],
) -> None:
    runtime = runtime_of()
    assert await states(runtime, database) == [OK, OK, OK]
    async with database.transaction() as session:
        await record(session, [record_of("1")])
    own = sealer(runtime, database)
    while own.place.last() is None:
        await own.seal()
    assert await states(runtime, database) == [OK, OK, OK]
    own.place.file.rename(own.place.file.with_suffix(".gone"))
    assert await states(runtime, database) == [OK, OK, WARNING]
    own.place.file.write_bytes(b"nonsense\n")
    assert await states(runtime, database) == [OK, OK, FAILED]
    own.place.file.with_suffix(".gone").rename(own.place.file)
    async with owner_database.transaction() as session:
        await session.execute(text("ALTER TABLE audit.checkpoint DISABLE TRIGGER append_only"))
        await session.execute(text("DELETE FROM audit.checkpoint"))
    assert await states(runtime, database) == [OK, OK, FAILED]


async def test_selfcheck_tells_that_nothing_is_sealed(
    runtime_of: MakeRuntime, database: Database, owner_database: Database
) -> None:
    async with owner_database.transaction() as session:
        columns = (
            "happened_at, actor_kind, staff_number, department, operation, action, object_type, object_ids"
        )
        more = "fields, result, correlation_id, reason, origin, recorded_at"
        await session.execute(
            text(
                f"INSERT INTO audit.entry ({columns}, {more}) SELECT now(), '', '', '', '', '', '', '{{}}', "
                "'{}', '', '', '', '', now() - interval '61 seconds'"
            )
        )
    assert await states(runtime_of(), database) == [OK, FAILED, OK]


async def test_selfcheck_tells_what_production_lacks(runtime_of: MakeRuntime, database: Database) -> None:
    assert await states(runtime_of(JUMINZEI_PROFILE="production"), database) == [FAILED, OK, FAILED]
