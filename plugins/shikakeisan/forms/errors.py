"""The refusals of return forms: a stable code and a Japanese sentence."""

from typing import ClassVar

from core.errors import Conflict, Invalid, JuminzeiError


class ConditionUnknown(Invalid):
    """No such condition on that side."""

    code: ClassVar[str] = "FORMS_CONDITION"
    message: ClassVar[str] = "この作成条件はありません。"


class CountChanged(Conflict):
    """Not as many people as were shown; `details["currentCount"]` says how many there are now."""

    code: ClassVar[str] = "FORMS_COUNT_CHANGED"
    message: ClassVar[str] = (
        "示した件数と今の件数が違います。件数を確認して、もう一度作成してください。1件も作成していません。"
    )


class NobodyToWrite(JuminzeiError):
    """Nobody meets the conditions who has no form yet."""

    code: ClassVar[str] = "FORMS_NOBODY"
    message: ClassVar[str] = "新しく申告書を作成する者はいません。"
    status: ClassVar[int] = 409


class TooManyForms(JuminzeiError):
    """More forms than one request may make; `details["limit"]`."""

    code: ClassVar[str] = "FORMS_TOO_MANY"
    message: ClassVar[str] = (
        "件数が多いため、この操作では作成できません。端末（juminzei year forms make）で作成してください。"
    )
    status: ClassVar[int] = 409


class FormsNotRemade(JuminzeiError):
    """The file made again is not the one that was printed: nothing is written."""

    code: ClassVar[str] = "FORMS_NOT_REMADE"
    message: ClassVar[str] = "作り直した印刷ファイルが、作成したものと一致しません。"
    status: ClassVar[int] = 500
