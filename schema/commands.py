"""`juminzei schema export | check`: the composed schema as text, kept beside the code and compared in CI."""

import sys
from pathlib import Path

import click

from core.runtime import Runtime
from schema.compose import compose_schema

SDL = Path(__file__).with_name("schema.graphql")


@click.group("schema")
def schema_group() -> None:
    """GraphQL スキーマ。"""


@schema_group.command("export")
@click.option("--output", help="別のファイル。「-」は標準出力")
@click.pass_obj
def export(runtime: Runtime, output: str | None) -> None:
    """有効なプラグインのスキーマをSDLで書き出します。"""
    text = sdl_of(runtime)
    if output == "-":
        click.echo(text, nl=False)
    else:
        Path(output or SDL).write_text(text, encoding="utf-8")


@schema_group.command("check")
@click.pass_obj
def check(runtime: Runtime) -> None:
    """schema.graphql をプログラムと比べます。古ければ終了コードは1。"""
    if not SDL.exists() or SDL.read_text(encoding="utf-8") != sdl_of(runtime):
        click.echo("schema/schema.graphql is out of date (run `juminzei schema export`)", err=True)
        sys.exit(1)


def sdl_of(runtime: Runtime) -> str:
    """Print the schema of a deployment."""
    return f"{compose_schema(runtime).as_str()}\n"
