"""Refusals of the assessment: a stable code and a Japanese sentence."""

from typing import ClassVar

from core.errors import JuminzeiError


class YearUnopened(JuminzeiError):
    """The 課税年度 was not opened here."""

    code: ClassVar[str] = "YEAR_NOT_OPEN"
    message: ClassVar[str] = "この課税年度は開始されていません。"
    status: ClassVar[int] = 404


class YearNotMerged(JuminzeiError):
    """The documents of the year are not merged yet."""

    code: ClassVar[str] = "YEAR_NOT_MERGED"
    message: ClassVar[str] = "資料併合が終わっていません。先に資料併合をしてください。"
    status: ClassVar[int] = 409


class YearAssessed(JuminzeiError):
    """The year's tax was decided; from then on it changes by corrections that another person approves."""

    code: ClassVar[str] = "YEAR_ALREADY_ASSESSED"
    message: ClassVar[str] = "この年度は当初賦課が終わっています。変更は更正として提案してください。"
    status: ClassVar[int] = 409


class RunUnbalanced(JuminzeiError):
    """Counts or sums of a run are not those of the ledger: the run does not end."""

    code: ClassVar[str] = "RUN_UNBALANCED"
    message: ClassVar[str] = "賦課計算の件数・金額が台帳と一致しません。計算を完了にしませんでした。"
    status: ClassVar[int] = 500
