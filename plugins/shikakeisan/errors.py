"""Refusals of the rules: a stable code and a Japanese sentence that never repeats what was submitted."""

from typing import ClassVar

from core.errors import JuminzeiError


class RuleError(JuminzeiError):
    """Base of every refusal of the calculation."""

    code: ClassVar[str] = "RULE_ERROR"
    message: ClassVar[str] = "計算できません。"
    status: ClassVar[int] = 422
