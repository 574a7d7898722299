"""``juminzei year``: a 課税年度 from its opening to its closes. Each room adds its own commands."""

import click

from plugins.shikakeisan.assessment.commands import assess, verify
from plugins.shikakeisan.assessment.undecided import undecided
from plugins.shikakeisan.base.commands import freeze, open_command
from plugins.shikakeisan.closing.commands import close, transfer
from plugins.shikakeisan.closing.page_command import close_page
from plugins.shikakeisan.closing.receipt_command import receipt
from plugins.shikakeisan.correction.batch_commands import batch
from plugins.shikakeisan.correction.commands import late
from plugins.shikakeisan.correction.slip_commands import slips
from plugins.shikakeisan.forms.commands import forms
from plugins.shikakeisan.inquiry.commands import inquiry
from plugins.shikakeisan.merge.commands import merge
from plugins.shikakeisan.merge.decision_commands import decide
from plugins.shikakeisan.merge.finding_commands import finding
from plugins.shikakeisan.overview.circumstance_commands import circumstance
from plugins.shikakeisan.overview.commands import people, replay, status
from plugins.shikakeisan.overview.finding_commands import close_finding, findings
from plugins.shikakeisan.summary.commands import summaries


@click.group()
def year() -> None:
    """課税年度の処理（賦課計算と確認）。"""


for command in (
    open_command,
    freeze,
    status,
    people,
    circumstance,
    replay,
    merge,
    findings,
    finding,
    decide,
    assess,
    undecided,
    verify,
    late,
    batch,
    slips,
    summaries,
    forms,
    inquiry,
    close,
    close_page,
    transfer,
    receipt,
):
    year.add_command(command)
finding.add_command(close_finding)
