"""`juminzei policy export | check`: the matrix of access rights for those who review it."""

from collections.abc import Callable

import click

from core.access.export import Doors, as_csv, matrix, require_granted, unused
from core.runtime import Runtime


def policy_commands(doors_of: Callable[[Runtime], Doors]) -> click.Group:
    """Make the group `policy`; `doors_of` returns the composed schema's fields with their permissions."""

    @click.group("policy")
    def policy() -> None:
        """アクセス権限 (who may do what)"""

    @policy.command("export")
    @click.pass_obj
    def export(runtime: Runtime) -> None:
        """役割×項目×操作の一覧を CSV で出力します。"""
        click.echo(as_csv(matrix(doors_of(runtime), runtime.policy)), nl=False)

    @policy.command("check")
    @click.pass_obj
    def check(runtime: Runtime) -> None:
        """権限の設定に漏れや誤りがないか確かめます。"""
        doors = doors_of(runtime)
        require_granted(doors, runtime.policy)
        for permission in unused(doors, runtime.policy):
            click.echo(f"△ {permission}: この権限を求める項目は API にありません。")
        click.echo(f"○ 規則 {runtime.policy.size} 件、役割・スコープ {len(runtime.policy.subjects)} 件")
        click.echo(f"○ 項目 {len(doors)} 件はすべて権限の設定があります。 checksum {runtime.policy.checksum}")

    return policy
