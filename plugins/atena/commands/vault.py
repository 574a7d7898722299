"""`juminzei atena create-vault-key`, `rotate-vault-key`."""

import asyncio

import click

from core.errors import StartError
from core.runtime import Runtime
from plugins.atena.vault.keyring import create_key_file, key_file
from plugins.atena.vault.rotation import Rotated, rotate


@click.command("create-vault-key")
@click.pass_obj
def create_vault_key(runtime: Runtime) -> None:
    """個人番号の鍵ファイルを新しく作ります。すでにあるファイルは変えません。"""
    file = key_file(runtime.settings)
    if file.exists():
        raise StartError(f"vault key file {file} exists already")
    create_key_file(file)
    click.echo(f"{file} を作成しました。データベースとは別の場所に控えを保管してください。")


@click.command("rotate-vault-key")
@click.pass_obj
def rotate_vault_key(runtime: Runtime) -> None:
    """個人番号の鍵を更新し、すべての番号を新しい鍵で暗号化し直します。途中で止めても再実行で続きます。"""
    done = asyncio.run(_rotate(runtime))
    click.echo(f"鍵の版 {done.key_version}: {done.numbers:,} 件を暗号化し直しました。")


async def _rotate(runtime: Runtime) -> Rotated:
    async with runtime.open_database() as database:
        return await rotate(database, runtime.settings)
