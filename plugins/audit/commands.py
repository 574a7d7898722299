"""`juminzei audit export | verify | checkpoint | key`: the log as a file, and the proof that it is whole."""

import sys
from pathlib import Path
from typing import BinaryIO

import click

from core.commands.terminal import asked, make_private
from core.runtime import Runtime
from core.storage.database import Database
from plugins.audit import queries
from plugins.audit.chain import Checkpoint
from plugins.audit.errors import ChainBroken
from plugins.audit.keys import public_pem, signing_key
from plugins.audit.service import export_lines, sealer
from plugins.audit.settings import AUDIT_ORIGIN
from plugins.audit.verifier import Keys, Verdict, read_kept, read_public_key, verify

TAMPERED = 4
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("audit")
def audit() -> None:
    """アクセス記録の点検。"""


@audit.command("export")
@click.argument("file", type=FILE)
@click.pass_obj
def export(runtime: Runtime, file: Path) -> None:
    """封印されたアクセス記録をファイルに出力します。"""
    count = asked(runtime, lambda database: _export(runtime, database, file))
    click.echo(f"{file}: {count} 行を出力しました。")


@audit.command("verify")
@click.argument("file", type=click.File("rb"))
@click.option(
    "--public-key",
    "keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    required=True,
    multiple=True,
    help="署名を確かめる公開鍵 (PEM)。鍵を替えたときは両方を指定",
)
@click.option(
    "--checkpoints",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="別の場所に保管された検査点のフォルダー。末尾の切り取りはこれでしか分かりません",
)
def verify_file(file: BinaryIO, keys: tuple[Path, ...], checkpoints: Path | None) -> None:
    """出力ファイルが改ざんされていないか確かめます(データベースは不要。改ざんがあれば終了コード 4)。"""
    public = _public_keys(keys)
    try:
        verdict = verify(file, public, read_kept(checkpoints) if checkpoints else ())
    except ChainBroken as broken:
        click.echo(f"× {broken.text}", err=True)
        sys.exit(TAMPERED)
    click.echo(_told(verdict, with_kept=checkpoints is not None))


@audit.command("checkpoint")
@click.pass_obj
def make_checkpoint(runtime: Runtime) -> None:
    """いま封印できる記録をすべて封印し、検査点を表示します。"""
    last = asked(runtime, lambda database: _seal_now(runtime, database))
    click.echo(last.line() if last else "封印する記録がありません。", nl=last is None)


@audit.command("key")
@click.pass_obj
def show_key(runtime: Runtime) -> None:
    """検査点の署名を確かめる公開鍵を表示します。"""
    click.echo(public_pem(signing_key(runtime)), nl=False)


async def _export(runtime: Runtime, database: Database, file: Path) -> int:
    """Write beside `file` first, so that a broken export never stands under its name."""
    draft = file.with_name(f"{file.name}.part")
    count = 0
    async with database.read() as session:
        with make_private(draft).open("wb") as out:
            async for line in export_lines(session, runtime.settings[AUDIT_ORIGIN]):
                out.write(line)
                count += 1
    draft.replace(file)
    return count


async def _seal_now(runtime: Runtime, database: Database) -> Checkpoint | None:
    await sealer(runtime, database).seal()
    async with database.read() as session:
        return await queries.last_checkpoint(session)


def _public_keys(files: tuple[Path, ...]) -> Keys:
    try:
        return [read_public_key(file) for file in files]
    except ValueError:
        raise click.BadParameter("Ed25519 の公開鍵 (PEM) ではありません。") from None


def _told(verdict: Verdict, *, with_kept: bool) -> str:
    until = f"(最後の検査点 {verdict.until})" if verdict.until else ""
    kept = f"、控え {verdict.kept_elsewhere} 件と一致" if with_kept else "。検査点の控えとは比べていません"
    return f"○ {verdict.origin}: {verdict.rows} 件、検査点 {verdict.checkpoints} 件{until}{kept}"
