"""The refusals of closes and transfer files: a stable code and a Japanese sentence."""

from core.errors import Invalid, JuminzeiError, NotFound
from plugins.shikakeisan.errors import NotNow, NotRemade


class CutOffInvalid(Invalid):
    """The cut-off does not lie after the last one, or it has not come yet; `details` name the last one."""

    code = "CLOSE_CUT_OFF"
    message = "締めの時刻は、前回の締めより後で、現在より前でなければなりません。"


class NothingAssessed(NotNow):
    """There is no decided tax that could be closed for the first time."""

    code = "CLOSE_NOTHING_ASSESSED"
    message = "締める賦課決定がありません。先に当初賦課をしてください。"


class RunUnderWay(NotNow):
    """A first assessment is half written: a close would cut it in two."""

    code = "CLOSE_RUN_UNDER_WAY"
    message = "当初賦課の計算が終わっていません。終わってから締めてください。"


class NothingClosed(NotNow):
    """The recipient has the file of the last close already."""

    code = "TRANSFER_NOTHING_CLOSED"
    message = "前回の連携ファイルの後に、締めがありません。"


class RecipientUnknown(NotFound):
    """No plug-in names such a recipient."""

    code = "RECIPIENT_UNKNOWN"
    message = "この連携先は登録されていません。"


class RecipientColumns(JuminzeiError):
    """A recipient asks for a column that no file can have; `details` name recipient and column."""

    code = "RECIPIENT_COLUMNS"
    message = "連携先に渡す項目の指定が正しくありません。"
    status = 500


class TransferNotRemade(NotRemade):
    """The file made again is not the one that was made before."""

    code = "TRANSFER_NOT_REMADE"
    message = "作り直した連携ファイルが、送付したものと一致しません。"


class ReceiptDiffers(NotNow):
    """The recipient got something else than was made; `details` name the sequence number."""

    code = "TRANSFER_RECEIPT_DIFFERS"
    message = "連携先が受領した内容が、渡した連携ファイルと違います。作り直して渡し、受領を確認してください。"


class NothingDiffers(NotNow):
    """No difference of this file waits for an explanation."""

    code = "TRANSFER_NOTHING_DIFFERS"
    message = "この連携ファイルに、説明の要る受領の差はありません。"
