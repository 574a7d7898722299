"""The refusals of the year's opening and of its base."""

from typing import ClassVar

from core.errors import Invalid, JuminzeiError


class YearOpened(JuminzeiError):
    """The 課税年度 was opened before, for another municipality."""

    code: ClassVar[str] = "YEAR_ALREADY_OPEN"
    message: ClassVar[str] = "この課税年度は別の団体ですでに開始されています。"
    status: ClassVar[int] = 409


class YearNotOpen(JuminzeiError):
    """The 課税年度 was not opened here."""

    code: ClassVar[str] = "YEAR_NOT_OPEN"
    message: ClassVar[str] = "この課税年度は開始されていません。"
    status: ClassVar[int] = 404


class YearNotFrozen(JuminzeiError):
    """The base of the year does not stand yet."""

    code: ClassVar[str] = "YEAR_NOT_FROZEN"
    message: ClassVar[str] = "新年度個人基本がまだ確定していません。先に確定してください。"
    status: ClassVar[int] = 409


class TaxDayAhead(JuminzeiError):
    """1 January of the year has not come: nobody knows who will live here."""

    code: ClassVar[str] = "TAX_DAY_AHEAD"
    message: ClassVar[str] = "賦課期日（1月1日）より前に新年度個人基本を確定することはできません。"
    status: ClassVar[int] = 409


class CircumstanceState(JuminzeiError):
    """What is to be approved or taken back was decided or ended meanwhile."""

    code: ClassVar[str] = "CIRCUMSTANCE_STATE"
    message: ClassVar[str] = "この提案は今の状態ではその操作ができません。最新の状態を確認してください。"
    status: ClassVar[int] = 409


class ListRefused(Invalid):
    """Lines of a list are faulty; `details["findings"]` give line and rule, never what stands there."""

    code: ClassVar[str] = "LIST_REFUSED"
    message: ClassVar[str] = "一覧に誤りのある行があります。1件も登録していません。"
