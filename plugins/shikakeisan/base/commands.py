"""`juminzei year open`, `juminzei year freeze` and `juminzei year status`."""

import click
import orjson

from core.runtime import Runtime
from core.storage.database import Database
from plugins.shikakeisan.base import queries
from plugins.shikakeisan.base.municipality import MUNICIPALITY, ward_names
from plugins.shikakeisan.base.service import Counts, freeze_base, open_year
from plugins.shikakeisan.base.standing import REASON_LABELS, STANDING_LABELS, Reason, Standing
from plugins.shikakeisan.terminal import asked, recorded

STAGES = (
    ("opened_at", "開始"),
    ("frozen_at", "個人基本"),
    ("merged_at", "資料併合"),
    ("assessed_at", "当初賦課"),
)


@click.command("open")
@click.argument("tax_year", type=int)
@click.option("--municipality", metavar="CODE", help="団体コード(6桁)。省略すると設定の団体")
@click.pass_obj
def open_command(runtime: Runtime, tax_year: int, municipality: str | None) -> None:
    """課税年度を開始します。"""
    code = municipality or runtime.settings[MUNICIPALITY]

    async def ask(database: Database) -> bool:
        return await recorded(runtime, database, "year open", lambda work: open_year(work, tax_year, code))

    opened = asked(runtime, ask)
    click.echo(f"{tax_year}年度を{'開始しました' if opened else 'すでに開始しています'}。")


@click.command("freeze")
@click.argument("tax_year", type=int)
@click.pass_obj
def freeze(runtime: Runtime, tax_year: int) -> None:
    """新年度個人基本: 1月1日現在の個人基本を作り、確定します。もう一度実行すると違いだけを反映します。"""

    async def ask(database: Database) -> Counts:
        return await recorded(
            runtime, database, "year freeze", lambda work: freeze_base(runtime, work, tax_year)
        )

    counts = asked(runtime, ask)
    for standing, people in counts.by_standing.items():
        click.echo(f"{STANDING_LABELS[standing]}\t{people:,}人")
    click.echo(f"今回変わった者\t{counts.changed:,}人")


@click.command("status")
@click.argument("tax_year", type=int)
@click.option("--json", "as_json", is_flag=True, help="one JSON object, for programs")
@click.pass_obj
def status(runtime: Runtime, tax_year: int, *, as_json: bool) -> None:
    """年度がどの段階にあるか、個人基本の人数を区・区分ごとに表示します。"""
    found = asked(runtime, lambda database: _status(database, tax_year))
    if found is None:
        raise click.ClickException("この課税年度は開始されていません。 (YEAR_NOT_OPEN)")
    click.echo(orjson.dumps(found) if as_json else _as_text(found))


async def _status(database: Database, tax_year: int) -> dict[str, object] | None:
    async with database.read() as session:
        row = await queries.year_row(session, tax_year)
        if row is None:
            return None
        counted = await queries.counts(session, tax_year)
    moments = {name: queries.happened(getattr(row, name)) for name, _ in STAGES}
    people = [
        {"standing": c.standing, "reason": c.reason, "ward": c.ward_code, "people": c.people} for c in counted
    ]
    return {
        "year": tax_year,
        "municipality": row.municipality_code,
        "state": row.state,
        **moments,
        "people": people,
    }


def _as_text(found: dict[str, object]) -> str:
    lines = [f"{found['year']}年度（{found['municipality']}）"]
    for name, label in STAGES:
        moment = found[name]
        lines.append(f"{label}\t{moment:%Y-%m-%d %H:%M}" if moment else f"{label}\t未了")
    names = ward_names(str(found["municipality"]))
    rows = found["people"]
    for row in rows if isinstance(rows, list) else []:
        why = REASON_LABELS[Reason(row["reason"])] if row["reason"] else names.get(row["ward"], row["ward"])
        lines.append(f"{STANDING_LABELS[Standing(row['standing'])]}\t{why}\t{row['people']:,}人")
    return "\n".join(lines)
