"""Refusals of the rules: a stable code and a Japanese sentence that never repeats what was submitted."""

from typing import ClassVar

from core.errors import JuminzeiError


class RuleError(JuminzeiError):
    """Base of every refusal of the calculation."""

    code: ClassVar[str] = "RULE_ERROR"
    message: ClassVar[str] = "計算できません。"
    status: ClassVar[int] = 422


class ReductionShareError(RuleError):
    """A 減免 takes off no share, more than all, or one that no form of the law can state."""

    code: ClassVar[str] = "REDUCTION_SHARE"
    message: ClassVar[str] = "減免の割合は、0より大きく1以下で、分母が150以下の分数でなければなりません。"
