"""`juminzei audit …`: what an auditor does, from the running log to the proof on another machine."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from core.access.journal import AccessRecord
from core.runtime import Runtime
from core.storage.database import Database
from plugins.audit import queries
from plugins.audit.commands import audit
from plugins.audit.service import record, sealer

MakeRuntime = Callable[..., Runtime]
VERIFY = """
import asyncio, socket, sys
from plugins.audit.commands import audit
def refuse(*_, **__): raise AssertionError("the verifier asked for the network")
socket.socket.connect = refuse
audit(sys.argv[1:], obj=None)
"""


async def run(*arguments: str | Path, runtime: Runtime | None = None) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, audit, [*map(str, arguments)], obj=runtime)


@pytest.fixture
async def runtime(
    runtime_of: MakeRuntime, database: Database, record_of: Callable[..., AccessRecord]
) -> Runtime:
    """A deployment with 20 sealed rows."""
    made = runtime_of()
    async with database.transaction() as session:
        await record(session, [record_of(f"33{number:06}") for number in range(20)])
    await seal_everything(made, database)
    return made


async def seal_everything(runtime: Runtime, database: Database) -> None:
    for _ in range(200):
        await sealer(runtime, database).seal()
        async with database.read() as session:
            if await queries.longest_wait(session) is None:
                return
        await asyncio.sleep(0.05)


@pytest.fixture
async def proof(runtime: Runtime, tmp_path: Path) -> tuple[Path, Path, Path]:
    """The exported file, the public key, and the folder of checkpoints."""
    key, file = tmp_path / "public.pem", tmp_path / "log.jsonl"
    key.write_text((await run("key", runtime=runtime)).stdout, encoding="utf-8")
    exported = await run("export", file, runtime=runtime)
    assert (exported.exit_code, exported.output) == (0, f"{file}: 22 行を出力しました。\n")
    assert file.stat().st_mode & 0o777 == 0o600
    return file, key, tmp_path / "data" / "audit" / "checkpoints"


async def test_a_whole_export_is_verified(proof: tuple[Path, Path, Path]) -> None:
    file, key, kept = proof
    with_kept = await run("verify", file, "--public-key", key, "--checkpoints", kept)
    alone = await run("verify", file, "--public-key", key)
    assert (with_kept.exit_code, alone.exit_code) == (0, 0)
    assert with_kept.output.startswith("○ juminzei: 20 件、検査点 1 件(最後の検査点 ")
    assert with_kept.output.endswith("控え 1 件と一致\n")
    assert alone.output.endswith("検査点の控えとは比べていません\n")


async def test_a_changed_row_is_named_with_exit_code_4(proof: tuple[Path, Path, Path]) -> None:
    file, key, _ = proof
    file.write_bytes(file.read_bytes().replace(b"33000006", b"33000016"))
    result = await run("verify", file, "--public-key", key)
    assert result.exit_code == 4
    assert result.stderr == "× 7 件目: 封印した後で内容が変更されています。\n"


async def test_a_cut_tail_is_found_by_the_second_place(proof: tuple[Path, Path, Path]) -> None:
    file, key, kept = proof
    file.write_bytes(file.read_bytes().split(b"\n")[0] + b"\n")
    assert (await run("verify", file, "--public-key", key)).exit_code == 0
    result = await run("verify", file, "--public-key", key, "--checkpoints", kept)
    assert result.exit_code == 4
    assert result.stderr.startswith("× 1 件目: ファイルは 0 件で終わっています")


async def test_another_file_is_told_with_exit_code_4(proof: tuple[Path, Path, Path], tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"hello\n")
    result = await run("verify", tmp_path / "other", "--public-key", proof[1])
    assert (result.exit_code, result.stderr) == (4, "× アクセス記録の出力ファイルではありません。\n")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
async def test_a_bad_public_key_is_a_wrong_call(
    proof: tuple[Path, Path, Path], tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "bad.pem").write_bytes(content)
    result = await run("verify", proof[0], "--public-key", tmp_path / "bad.pem")
    assert result.exit_code == 2
    assert "Ed25519 の公開鍵" in result.stderr


@pytest.mark.parametrize("arguments", [["no-such-file", "--public-key", "no"], []])
async def test_missing_files_are_a_wrong_call(arguments: list[str]) -> None:
    assert (await run("verify", *arguments)).exit_code == 2


async def test_verifying_needs_neither_runtime_nor_network(proof: tuple[Path, Path, Path]) -> None:
    file, key, kept = proof
    arguments = ["verify", str(file), "--public-key", str(key), "--checkpoints", str(kept)]
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", VERIFY, *arguments, stdout=asyncio.subprocess.PIPE, env={}
    )
    told, _ = await program.communicate()
    assert (program.returncode, told.decode()[:1]) == (0, "○")


async def test_a_checkpoint_is_made_on_demand(
    runtime: Runtime, database: Database, record_of: Callable[..., AccessRecord]
) -> None:
    before = await run("checkpoint", runtime=runtime)
    again = await run("checkpoint", runtime=runtime)
    assert before.output == again.output
    assert '"number":1' in before.output
    assert '"size":20' in before.output


async def test_without_rows_there_is_no_checkpoint(runtime_of: MakeRuntime, tmp_path: Path) -> None:
    runtime = runtime_of()
    assert (await run("checkpoint", runtime=runtime)).output == "封印する記録がありません。\n"
    assert (await run("export", tmp_path / "empty", runtime=runtime)).exit_code == 0
    assert (tmp_path / "empty").read_bytes() == b'{"format":"juminzei-audit/1","origin":"juminzei"}\n'


async def test_a_failed_export_leaves_no_file(
    runtime: Runtime, owner_database: Database, tmp_path: Path, seal_all: Callable[[], Awaitable[int]]
) -> None:
    (tmp_path / "log.jsonl").write_text("the export of yesterday")
    (tmp_path / "log.jsonl.part").mkdir()
    result = await run("export", tmp_path / "log.jsonl", runtime=runtime)
    assert result.exit_code == 1
    assert (tmp_path / "log.jsonl").read_text() == "the export of yesterday"
