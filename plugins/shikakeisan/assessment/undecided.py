"""`juminzei year undecided`: the work list of those whose tax is not decided yet."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from core.clock import JAPAN
from core.commands.desk import Desk, staff_option
from core.runtime import Runtime
from core.work import Work
from plugins.atena.api import Moment, persons_by_id
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.outcome import GROUND_LABELS, UNDECIDED, Ground
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.permissions import ASSESSMENT


@click.command("undecided")
@click.argument("tax_year", type=int)
@click.option("--ground", type=click.Choice([one.value for one in sorted(UNDECIDED)]), help="理由のコード")
@click.option("--limit", type=click.IntRange(1, 100_000), default=100, show_default=True, help="表示する件数")
@click.option("--json", "as_json", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@staff_option()
@click.pass_obj
def undecided(
    runtime: Runtime, tax_year: int, ground: str | None, limit: int, staff: str | None, *, as_json: bool
) -> None:
    """税額が未決定の者を、理由とともに表示します。氏名は表示しません。"""

    async def deed(work: Work) -> Sequence[Mapping[str, Any]]:
        await opened_year(work.session, tax_year)
        return await _listed(work, tax_year, ground, limit)

    items = Desk(runtime, staff, "year undecided").act(ASSESSMENT, deed)
    for item in items:
        click.echo(json.dumps(item, ensure_ascii=False) if as_json else "\t".join(item.values()))
    if not items and not as_json:
        click.echo("税額が未決定の者はいません。")


async def _listed(work: Work, tax_year: int, ground: str | None, limit: int) -> Sequence[Mapping[str, str]]:
    """Give what a line says of each; each enters the access log."""
    rows = await queries.undecided(work.session, tax_year, ground, 0, limit)
    today = Moment(work.now.astimezone(JAPAN).date())
    people = await persons_by_id(work.session, [row.person_id for row in rows], today)
    for row in rows:
        work.journal.saw(JOURNAL_TYPE, f"{tax_year}:{row.person_id}")
    return [
        {
            "atena_number": people[row.person_id].atena_number,
            "ground": row.ground,
            "message": GROUND_LABELS[Ground(row.ground)],
        }
        for row in rows
    ]
