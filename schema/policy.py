"""`juminzei policy export | check`: the matrix of access rights, for those who review it."""

import click

from core.runtime import Runtime
from schema.compose import compose_schema
from schema.matrix import as_csv, doors, matrix, unused


@click.group("policy")
def policy_group() -> None:
    """アクセス権限の一覧と点検。"""


@policy_group.command("export")
@click.pass_obj
def export(runtime: Runtime) -> None:
    """役割×項目×操作の一覧を CSV で出力します。"""
    click.echo(as_csv(matrix(doors(compose_schema(runtime).core), runtime.policy)), nl=False)


@policy_group.command("check")
@click.pass_obj
def check(runtime: Runtime) -> None:
    """権限の設定に漏れや誤りがないか確かめます。"""
    found = doors(compose_schema(runtime).core)
    for permission in unused(found, runtime.policy):
        click.echo(f"△ {permission}: この権限を求める項目は API にありません。")
    click.echo(f"○ 規則 {runtime.policy.size} 件、役割・スコープ {len(runtime.policy.subjects)} 件")
    click.echo(f"○ 項目 {len(found)} 件はすべて権限の設定があります。 checksum {runtime.policy.checksum}")
