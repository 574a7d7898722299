"""The refusals of the year's opening and of its base."""

from core.errors import Invalid, NotFound
from plugins.shikakeisan.errors import NotNow


class YearOpened(NotNow):
    """The 課税年度 was opened before, for another municipality."""

    code = "YEAR_ALREADY_OPEN"
    message = "この課税年度は別の団体ですでに開始されています。"


class YearNotOpen(NotFound):
    """The 課税年度 was not opened here."""

    code = "YEAR_NOT_OPEN"
    message = "この課税年度は開始されていません。"


class YearNotFrozen(NotNow):
    """The base of the year does not stand yet."""

    code = "YEAR_NOT_FROZEN"
    message = "新年度個人基本がまだ確定していません。先に確定してください。"


class YearAssessed(NotNow):
    """The year's tax was decided; from then on it changes by corrections that another person approves."""

    code = "YEAR_ALREADY_ASSESSED"
    message = "この年度は当初賦課が終わっています。変更は更正として提案してください。"


class TaxDayAhead(NotNow):
    """1 January of the year has not come: nobody knows who will live here."""

    code = "TAX_DAY_AHEAD"
    message = "賦課期日（1月1日）より前に新年度個人基本を確定することはできません。"


class CircumstanceSettled(NotNow):
    """What is to be approved or taken back was decided or ended meanwhile."""

    code = "CIRCUMSTANCE_STATE"
    message = "この提案は今の状態ではその操作ができません。最新の状態を確認してください。"


class ListRefused(Invalid):
    """Lines of a list are faulty; `details["findings"]` give line and rule, never what stands there."""

    code = "LIST_REFUSED"
    message = "一覧に誤りのある行があります。1件も登録していません。"
