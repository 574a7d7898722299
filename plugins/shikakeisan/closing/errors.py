"""The refusals of closes and transfer files: a stable code and a Japanese sentence."""

from typing import ClassVar

from core.errors import Invalid, JuminzeiError, NotFound


class CutOffInvalid(Invalid):
    """The cut-off does not lie after the last one, or it has not come yet; `details` name the last one."""

    code: ClassVar[str] = "CLOSE_CUT_OFF"
    message: ClassVar[str] = "締めの時刻は、前回の締めより後で、現在より前でなければなりません。"


class NothingAssessed(JuminzeiError):
    """There is no decided tax that could be closed for the first time."""

    code: ClassVar[str] = "CLOSE_NOTHING_ASSESSED"
    message: ClassVar[str] = "締める賦課決定がありません。先に当初賦課をしてください。"
    status: ClassVar[int] = 409


class RunUnderWay(JuminzeiError):
    """A first assessment is half written: a close would cut it in two."""

    code: ClassVar[str] = "CLOSE_RUN_UNDER_WAY"
    message: ClassVar[str] = "当初賦課の計算が終わっていません。終わってから締めてください。"
    status: ClassVar[int] = 409


class NothingClosed(JuminzeiError):
    """The recipient has the file of the last close already."""

    code: ClassVar[str] = "TRANSFER_NOTHING_CLOSED"
    message: ClassVar[str] = "前回の連携ファイルの後に、締めがありません。"
    status: ClassVar[int] = 409


class RecipientUnknown(NotFound):
    """No plug-in names such a recipient."""

    code: ClassVar[str] = "RECIPIENT_UNKNOWN"
    message: ClassVar[str] = "この連携先は登録されていません。"


class RecipientColumns(JuminzeiError):
    """A recipient asks for a column that no file can have; `details` name recipient and column."""

    code: ClassVar[str] = "RECIPIENT_COLUMNS"
    message: ClassVar[str] = "連携先に渡す項目の指定が正しくありません。"
    status: ClassVar[int] = 500


class NotRemade(JuminzeiError):
    """The file made again is not the one that was sent: nothing is written."""

    code: ClassVar[str] = "TRANSFER_NOT_REMADE"
    message: ClassVar[str] = "作り直した連携ファイルが、送付したものと一致しません。"
    status: ClassVar[int] = 500
