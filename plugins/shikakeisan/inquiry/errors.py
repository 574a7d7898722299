"""The refusals of inquiries: a stable code and a Japanese sentence."""

from core.errors import Invalid
from plugins.shikakeisan.errors import NotNow, NotRemade


class InquirySettled(NotNow):
    """The inquiry or the reply is not in a state in which this can be done with it."""

    code = "INQUIRY_STATE"
    message = "この照会又は回答は今の状態ではその操作ができません。最新の状態を確認してください。"


class InquiryPeople(Invalid):
    """Somebody who was named cannot be asked about; `findings` give line and rule, never the number."""

    code = "INQUIRY_PEOPLE"
    message = "照会できない者が含まれています。1件も作成していません。"


class NobodyToAsk(NotNow):
    """Nobody waits for an inquiry; `details` count who was left out, by rule."""

    code = "INQUIRY_NOBODY"
    message = "新しく照会する者はいません。"


class InquiryProtected(NotNow):
    """Somebody of the draft came under 支援措置 since it was made, or lives with somebody who did."""

    code = "INQUIRY_PROTECTED"
    message = "作成した後に支援措置の対象になった人がいるため、送付できません。取りやめて作り直してください。"


class InquiryNotRemade(NotRemade):
    """The file made again is not the one that was made before."""

    code = "INQUIRY_NOT_REMADE"
    message = "作り直した照会ファイルが、送付したものと一致しません。"
