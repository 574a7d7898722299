"""``juminzei calc``: facts as JSON lines in, figures as JSON lines out."""

import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

import click
import orjson

from plugins.shikakeisan.facts.schema import facts_schema
from plugins.shikakeisan.law.municipalities import STANDARD
from plugins.shikakeisan.service import RESULTS, Outcome, assess_many

UNREADABLE = object()
"""A line that is no JSON: validation refuses it as it refuses anything that is not an object."""


@click.command()
@click.option("--year", "fiscal_year", type=int, help="年度（西暦、例 2026 = 令和8年度）")
@click.option("--municipality", default=STANDARD, show_default=True, help="6桁の全国地方公共団体コード")
@click.option("--only", help="求める数値の名前（コンマ区切り、例 annual_total,income_levy_city）")
@click.option("--explain", is_flag=True, help="最初の数値（省略すると納付する額）の根拠をすべて付ける")
@click.option("--schema", is_flag=True, help="事実の JSON Schema を表示して終わる")
@click.argument("facts", type=click.File("rb"), default="-")
def calc(
    *,
    fiscal_year: int | None,
    municipality: str,
    only: str | None,
    explain: bool,
    schema: bool,
    facts: BinaryIO,
) -> None:
    """事実（1行に1人の JSON）から個人住民税を計算する。

    誤りのある人の行には errors が入り、他の人は計算される。誤りが一つでもあれば終了コードは2。
    """
    if schema:
        click.echo(orjson.dumps(facts_schema(), option=orjson.OPT_INDENT_2))
        return
    if fiscal_year is None:
        raise click.UsageError("--year で年度を指定してください。")
    wanted = RESULTS if only is None else tuple(dict.fromkeys(name.strip() for name in only.split(",")))
    outcomes = assess_many(fiscal_year, municipality, _lines(facts), wanted=wanted, explain=explain)
    bad = 0
    for number, outcome in enumerate(outcomes, 1):
        click.echo(orjson.dumps(_line(number, outcome)))
        bad += bool(outcome.errors)
    if bad:
        click.echo(f"FACTS_INVALID: {bad}人の事実に誤りがあります。結果の errors を見てください。", err=True)
        sys.exit(2)


def _lines(facts: BinaryIO) -> Iterator[Any]:
    for line in facts:
        if line.strip():
            try:
                yield orjson.loads(line)
            except orjson.JSONDecodeError:
                yield UNREADABLE


def _line(number: int, outcome: Outcome) -> dict[str, Any]:
    if outcome.errors:
        return {"line": number, "errors": [fault.as_json() for fault in outcome.errors]}
    result: dict[str, Any] = {"line": number, **outcome.values}
    if outcome.assumed:
        result["assumed"] = [fault.as_json() for fault in outcome.assumed]
    if outcome.explanation:
        result["explanation"] = outcome.explanation.as_json()
    return result
