"""The refusals of return forms: a stable code and a Japanese sentence."""

from core.errors import Conflict, Invalid
from plugins.shikakeisan.errors import NotNow, NotRemade


class ConditionUnknown(Invalid):
    """No such condition on that side."""

    code = "FORMS_CONDITION"
    message = "この作成条件はありません。"


class CountChanged(Conflict):
    """Not as many people as were shown; `details["currentCount"]` says how many there are now."""

    code = "FORMS_COUNT_CHANGED"
    message = (
        "示した件数と今の件数が違います。件数を確認して、もう一度作成してください。1件も作成していません。"
    )


class NobodyToWrite(NotNow):
    """Nobody meets the conditions who has no form yet."""

    code = "FORMS_NOBODY"
    message = "新しく申告書を作成する者はいません。"


class TooManyForms(NotNow):
    """More forms than one request may make; `details["limit"]`."""

    code = "FORMS_TOO_MANY"
    message = (
        "件数が多いため、この操作では作成できません。端末（juminzei year forms make）で作成してください。"
    )


class FormsNotRemade(NotRemade):
    """The file made again is not the one that was made before."""

    code = "FORMS_NOT_REMADE"
    message = "作り直した印刷ファイルが、作成したものと一致しません。"
