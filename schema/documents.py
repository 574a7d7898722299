"""`juminzei docs build | check`: the generated pages of documentation, written or compared."""

import sys
from pathlib import Path

import click

from core.commands.settings_page import settings_page
from core.runtime import Runtime

FOLDER = Path(__file__).parent.parent / "docs"


@click.group("docs")
def docs_group() -> None:
    """プログラムから作られる文書。"""


@docs_group.command("build")
@click.pass_obj
def build(runtime: Runtime) -> None:
    """プログラムから作られるすべてのページを書き出します。"""
    for path, text in _pages(runtime).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@docs_group.command("check")
@click.pass_obj
def check(runtime: Runtime) -> None:
    """ページをプログラムと比べます。古いものを表示し、あれば終了コードは1。"""
    stale = [path for path, text in _pages(runtime).items() if _read(path) != text]
    for path in stale:
        click.echo(f"out of date: docs/{path.relative_to(FOLDER)} (run `juminzei docs build`)", err=True)
    sys.exit(bool(stale))


def _pages(runtime: Runtime) -> dict[Path, str]:
    """Return every generated page; they describe the deployment in which all plug-ins are on."""
    pages = {"settings.md": settings_page(runtime.settings.declared.values())}
    for answer in runtime.plugins.answers("pages"):
        pages.update(answer)
    return {FOLDER / name: text for name, text in pages.items()}


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
