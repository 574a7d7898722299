"""Refusals of the assessment: a stable code and a Japanese sentence."""

from core.errors import JuminzeiError
from plugins.shikakeisan.errors import NotNow


class YearNotMerged(NotNow):
    """The documents of the year are not merged yet."""

    code = "YEAR_NOT_MERGED"
    message = "資料併合が終わっていません。先に資料併合をしてください。"


class RunUnbalanced(JuminzeiError):
    """Counts or sums of a run are not those of the ledger: the run does not end."""

    code = "RUN_UNBALANCED"
    message = "賦課計算の件数・金額が台帳と一致しません。計算を完了にしませんでした。"
    status = 500
