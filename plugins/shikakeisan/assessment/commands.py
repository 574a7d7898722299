"""`juminzei year assess`, `juminzei year verify` and `juminzei dump`."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Row

from core.commands.desk import staff_option
from core.commands.terminal import asked
from core.jobs.follow import follow
from core.jobs.state import RESUMABLE
from core.runtime import Runtime
from core.storage.database import Database
from core.work import Work
from plugins.atena.api import Moment, persons_by_id
from plugins.shikakeisan.assessment import queries
from plugins.shikakeisan.assessment.comparing import GROUND
from plugins.shikakeisan.assessment.dump import dump, people_of
from plugins.shikakeisan.assessment.outcome import GROUND_LABELS, OUTCOME_LABELS, Outcome
from plugins.shikakeisan.assessment.run import ASSESS, DRY, INITIAL, SHADOW
from plugins.shikakeisan.assessment.service import JOURNAL_TYPE, rules_of
from plugins.shikakeisan.assessment.verifying import Mismatch
from plugins.shikakeisan.assessment.verifying import verify as verify_year
from plugins.shikakeisan.base.years import opened_year
from plugins.shikakeisan.merge.verifying import CODE, Compared, compare_documents
from plugins.shikakeisan.permissions import RUN_START
from plugins.shikakeisan.rules import RULES
from plugins.shikakeisan.states import YearState
from plugins.shikakeisan.terminal import recorded, start_job

SHOWN = ("annual_total", "city_total", "pref_total", "forest", "genmen_amount", "payable", "total_income_all")
"""The sums that are printed; all of them stand in the run."""
BLOCK = 20_000


@click.command("assess")
@click.argument("tax_year", type=int)
@click.option("--dry", is_flag=True, help="書かずに、今の賦課決定との違いを原因ごとに表示する")
@click.option(
    "--shadow-year",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="別の年度の数値（TOML）で計算した場合との違いを表示する",
)
@click.option("--shadow-municipality", metavar="CODE", help="別の団体の条例で計算した場合との違いを表示する")
@click.option("--json", "json_lines", is_flag=True, help="プログラム向けに、1行に1つのJSONで出力")
@staff_option()
@click.pass_obj
def assess(
    runtime: Runtime,
    tax_year: int,
    shadow_year: Path | None,
    shadow_municipality: str | None,
    staff: str | None,
    *,
    dry: bool,
    json_lines: bool,
) -> None:
    """当初賦課: 資料併合が終わった年度の全員の税額を決定します。

    途中で止まっても、同じコマンドをもう一度実行すれば続きから計算します。職員を示さなければ、システムが実行したものになります。
    """
    is_shadow = shadow_year is not None or shadow_municipality is not None
    if dry and is_shadow:
        raise click.UsageError("--dry と --shadow-… は同時に指定できません。")
    given = {
        "tax_year": tax_year,
        "kind": SHADOW if is_shadow else DRY if dry else INITIAL,
        "municipality": shadow_municipality or "",
        "year_file": "" if shadow_year is None else shadow_year.read_text(encoding="utf-8"),
    }
    job_id = start_job(runtime, staff, RUN_START, ASSESS, given)
    sys.exit(asked(runtime, lambda database: _assess(runtime, database, job_id, json_lines=json_lines)))


@click.command("verify")
@click.argument("tax_year", type=int)
@click.pass_obj
def verify(runtime: Runtime, tax_year: int) -> None:
    """すべての賦課決定の版を、元になった事実から計算し直して比べます。違いがあれば終了コードは1。

    併合結果の資料が、名寄せされている有効な資料と同じかも確かめます。
    """
    sys.exit(asked(runtime, lambda database: _verify(runtime, database, tax_year)))


@click.command("dump")
@click.option("--year", "tax_year", type=int, required=True, help="課税年度")
@click.pass_obj
def dump_year(runtime: Runtime, tax_year: int) -> None:
    """年度の個人基本・併合結果・賦課決定を、比較のための決まった形（JSON Lines）で出力します。"""
    asked(runtime, lambda database: _dump(runtime, database, tax_year))


async def _assess(runtime: Runtime, database: Database, job_id: int, *, json_lines: bool) -> int:
    status = await follow(runtime, database, job_id, json_lines=json_lines)
    async with database.read() as session:
        run = await queries.run_of_job(session, job_id)
        causes = [] if run is None else await queries.causes_of(session, run.id)
    if status.state in RESUMABLE or run is None:
        return 1
    if not json_lines:
        for line in (*_counts(run), *_causes(causes)):
            click.echo(line)
    return 0


def _counts(run: Row[Any]) -> Sequence[str]:
    """Lines of what a run counted and summed."""
    counts, totals = run.counts, run.totals
    people = [("対象者", counts.get("people", 0))]
    people += [(OUTCOME_LABELS[outcome], counts.get(outcome.value, 0)) for outcome in Outcome]
    grounds = [(label, counts.get(ground.value, 0)) for ground, label in GROUND_LABELS.items()]
    written = ("新しい版", "revisions") if run.kind == INITIAL else ("違う者", "different")
    return [
        f"規則の版 {run.rules_version}",
        *(f"{label}\t{number:,}人" for label, number in people),
        *(f"  {label}\t{number:,}人" for label, number in grounds if number),
        *(f"{RULES[name].label}\t{totals.get(name, 0):,}円" for name in SHOWN),
        f"{written[0]}\t{counts.get(written[1], 0):,}件",
    ]


def _causes(causes: Sequence[Row[Any]]) -> Sequence[str]:
    return [
        f"  {row.cause}（{_label(row.cause)}）\t{row.people:,}人\t年税額 {row.annual_total:+,}円"
        for row in causes
    ]


def _label(cause: str) -> str:
    if cause in RULES:
        return RULES[cause].label
    return "非課税等の理由" if cause == GROUND else "規則の版"


def _name(figure: str) -> str:
    if figure in RULES:
        return RULES[figure].label
    return "非課税等の理由" if figure == "ground" else "ほかの数値"


async def _verify(runtime: Runtime, database: Database, tax_year: int) -> int:
    """Print what differs; who is named in it is in the access log before."""
    checked, wrong = 0, list[Mismatch]()
    async with database.read() as session:
        rules = await rules_of(session, tax_year)
        year = await opened_year(session, tax_year)
        is_merged = year.state in (YearState.MERGED, YearState.ASSESSED)
        documents = await compare_documents(session, tax_year, year.merged_at) if is_merged else None
        async for count, mismatches in verify_year(session, rules):
            checked += count
            wrong += mismatches
    ids = sorted({found.person_id for found in wrong})
    numbers = await _entered(runtime, database, "verify", tax_year, ids)
    for found in wrong:
        names = "、".join(map(_name, found.figures))
        click.echo(f"宛名番号 {numbers[found.person_id]} 第{found.revision}版: {names}が違います。")
    for line in () if documents is None else _documents(documents):
        click.echo(line)
    click.echo(f"{checked:,}件の版を計算し直しました。違いは {len(wrong):,}件です。")
    return int(bool(wrong) or not (documents is None or documents.agrees))


def _documents(found: Compared) -> Sequence[str]:
    """Lines of how the bases and what is attached agree; they name documents, no persons."""
    beside = "併合結果にありますが、名寄せされた有効な資料ではありません"
    differing = f"違いは {len(found.unmerged) + len(found.unattached):,}件、"
    waiting = f"次の併合を待つもの {found.waiting:,}件、個人基本にない人のもの {found.outside:,}件。"
    return [
        *(f"{CODE}: 資料番号 {one} は名寄せされていますが、併合結果にありません。" for one in found.unmerged),
        *(f"{CODE}: 資料番号 {one} は{beside}。" for one in found.unattached),
        f"名寄せされた資料 {found.attached:,}件を併合結果と突き合わせました。{differing}{waiting}",
    ]


async def _dump(runtime: Runtime, database: Database, tax_year: int) -> None:
    """Print the dump; whose data it shows is in the access log before the first line leaves."""
    async with database.read() as session:
        await opened_year(session, tax_year)
        ids = await people_of(session, tax_year)
    numbers = await _entered(runtime, database, "dump", tax_year, ids)
    async with database.read() as session:
        async for line in dump(session, tax_year, numbers, runtime.clock.today()):
            click.echo(line, nl=False)


async def _entered(
    runtime: Runtime, database: Database, operation: str, tax_year: int, ids: Sequence[int]
) -> Mapping[int, str]:
    """Enter in the access log whose tax is shown; return their 宛名番号."""
    numbers: dict[int, str] = {}
    for place in range(0, len(ids), BLOCK):
        block = ids[place : place + BLOCK]

        async def seen(work: Work, block: Sequence[int] = block) -> Mapping[int, str]:
            for person_id in block:
                work.journal.saw(JOURNAL_TYPE, f"{tax_year}:{person_id}")
            people = await persons_by_id(work.session, block, Moment(work.today))
            return {person_id: person.atena_number for person_id, person in people.items()}

        numbers.update(await recorded(runtime, database, operation, seen))
    return numbers
