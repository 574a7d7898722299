"""The refusals of 課税資料: stable codes, Japanese sentences, never what was submitted."""

from core.errors import Invalid, JuminzeiError


class AlreadyImported(JuminzeiError):
    """The same bytes came before; `details` names the delivery (`delivery`, `state`)."""

    code = "ALREADY_IMPORTED"
    message = "同じ内容のファイルはすでに受け付けています。二重には取り込みません。"
    status = 409


class ManifestInvalid(Invalid):
    """The manifest (送付書) cannot be read; `details["field"]` names the place."""

    code = "MANIFEST_INVALID"
    message = "送付書の内容が正しくありません。項目名と値の形を確認してください。"


class KindUnknown(Invalid):
    """Neither the manifest, nor the caller, nor the file says what kind of documents it holds."""

    code = "KIND_UNKNOWN"
    message = "資料の種類が分かりません。送付書または --kind で種類を指定してください。"


class FileTooLarge(Invalid):
    """The file is larger than one intake may be; `details["limit"]` is in bytes."""

    code = "FILE_TOO_LARGE"
    message = "ファイルが大きすぎます。送付元に分割を依頼してください。"
    status = 413


class ItemClosed(JuminzeiError):
    """The work item is closed already, or nothing is proposed that could be confirmed."""

    code = "ITEM_STATE"
    message = "この作業項目は今の状態ではその操作ができません。最新の状態を確認してください。"
    status = 409


class NothingToExplain(JuminzeiError):
    """The ledger line balances, so there is no difference to explain."""

    code = "NOTHING_TO_EXPLAIN"
    message = "この行に説明が必要な差はありません。"
    status = 409


class KeyingInvalid(Invalid):
    """Keyed values break the layout; `details["findings"]` names item, code and what to do, never a value."""

    code = "KEYING_INVALID"
    message = "入力した値に誤りがあります。項目ごとの内容を確認してください。"


class KeyingDiffers(JuminzeiError):
    """Whoever confirms keyed another number from the original than whoever proposed."""

    code = "KEYING_DIFFERS"
    message = "確認のため入力した番号が、提案された番号と一致しません。原本を確認してください。"
    status = 409


class DocumentChanged(JuminzeiError):
    """The document was corrected, cancelled or superseded meanwhile."""

    code = "DOCUMENT_CHANGED"
    message = "この資料はすでに訂正・取消されています。新しい資料を確認してください。"
    status = 409
