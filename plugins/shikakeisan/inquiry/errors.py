"""The refusals of inquiries: a stable code and a Japanese sentence."""

from typing import ClassVar

from core.errors import Invalid, JuminzeiError


class InquiryState(JuminzeiError):
    """The inquiry or the reply is not in a state in which this can be done with it."""

    code: ClassVar[str] = "INQUIRY_STATE"
    message: ClassVar[str] = (
        "この照会又は回答は今の状態ではその操作ができません。最新の状態を確認してください。"
    )
    status: ClassVar[int] = 409


class InquiryPeople(Invalid):
    """Somebody who was named cannot be asked about; `findings` give line and rule, never the number."""

    code: ClassVar[str] = "INQUIRY_PEOPLE"
    message: ClassVar[str] = "照会できない者が含まれています。1件も作成していません。"


class NobodyToAsk(JuminzeiError):
    """Nobody waits for an inquiry; `details` count who was left out, by rule."""

    code: ClassVar[str] = "INQUIRY_NOBODY"
    message: ClassVar[str] = "新しく照会する者はいません。"
    status: ClassVar[int] = 409


class InquiryNotRemade(JuminzeiError):
    """The file made again is not the one that was sent: nothing is written."""

    code: ClassVar[str] = "INQUIRY_NOT_REMADE"
    message: ClassVar[str] = "作り直した照会ファイルが、送付したものと一致しません。"
    status: ClassVar[int] = 500
