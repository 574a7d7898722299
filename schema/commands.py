"""`juminzei schema export | check`: the composed schema as text, kept beside the code and compared in CI."""

import sys
from pathlib import Path

import click

from core.runtime import Runtime
from schema.compose import compose_schema

SDL = Path(__file__).with_name("schema.graphql")


@click.group("schema")
def schema_group() -> None:
    """GraphQL スキーマ (the composed schema)"""


@schema_group.command("export")
@click.option("--output", help="another file; `-` は標準出力")
@click.pass_obj
def export(runtime: Runtime, output: str | None) -> None:
    """Write the schema of the enabled plug-ins as SDL."""
    text = sdl_of(runtime)
    if output == "-":
        click.echo(text, nl=False)
    else:
        Path(output or SDL).write_text(text, encoding="utf-8")


@schema_group.command("check")
@click.pass_obj
def check(runtime: Runtime) -> None:
    """Compare schema.graphql with the code; exit 1 if it is out of date."""
    if not SDL.exists() or SDL.read_text(encoding="utf-8") != sdl_of(runtime):
        click.echo("schema/schema.graphql is out of date (run `juminzei schema export`)", err=True)
        sys.exit(1)


def sdl_of(runtime: Runtime) -> str:
    """Print the schema of a deployment."""
    return f"{compose_schema(runtime).as_str()}\n"
