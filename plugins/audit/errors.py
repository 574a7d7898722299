"""What the access log refuses."""

from core.errors import JuminzeiError


class ChainBroken(JuminzeiError):
    """The sealed log is not what was sealed; `details["number"]` is the first bad row's sealed number."""

    code = "AUDIT_CHAIN_BROKEN"
    message = "アクセス記録が改ざんされているか、欠けています。"


class NotAnExport(ChainBroken):
    """The file given to the verifier is not an exported access log at all."""

    code = "AUDIT_NOT_AN_EXPORT"
    message = "アクセス記録の出力ファイルではありません。"
