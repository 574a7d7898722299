"""Refusals of the rules, and forms of refusal that several rooms have.

Each has a stable code and a Japanese sentence that never repeats what was submitted.
"""

from core.errors import JuminzeiError


class RuleError(JuminzeiError):
    """Base of every refusal of the calculation."""

    code = "RULE_ERROR"
    message = "計算できません。"
    status = 422


class ReductionShareError(RuleError):
    """A 減免 takes off no share, more than all, or one that no form of the law can state."""

    code = "REDUCTION_SHARE"
    message = "減免の割合は、0より大きく1以下で、分母が150以下の分数でなければなりません。"


class NotNow(JuminzeiError):
    """Base of refusals by how things stand: the same may be asked for at another time."""

    code = "NOT_NOW"
    message = "今の状態ではその操作ができません。"
    status = 409


class NotRemade(JuminzeiError):
    """Base: a file made again is not the one that was made before, so nothing is written."""

    code = "FILE_NOT_REMADE"
    message = "作り直したファイルが、前に作成したものと一致しません。"
    status = 500
