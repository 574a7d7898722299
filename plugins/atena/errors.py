"""The refusals of 宛名: stable codes, Japanese sentences, never what was submitted."""

from collections.abc import Sequence
from typing import NamedTuple

from core.errors import Forbidden, Invalid, JuminzeiError


class Finding(NamedTuple):
    """One fault of the input: the field (GraphQL name), a stable rule, and what to do about it."""

    field: str
    rule: str
    message: str


class InvalidInput(Invalid):
    """Input with faults; `details["findings"]` lists all of them, each with field, rule and message."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        super().__init__(
            field=first.field, rule=first.rule, findings=[finding._asdict() for finding in findings]
        )


class MyNumberRefused(JuminzeiError):
    """The number cannot be registered. Deliberately the same for every cause that other records may give."""

    code = "MY_NUMBER_REFUSED"
    message = "この個人番号は登録できません。番号を本人の書類で確認し、宛名担当に相談してください。"
    status = 409


class ResidentNumberByFeedOnly(Forbidden):
    """A resident's My Number comes from the resident register alone (checklist 035)."""

    code = "RESIDENT_NUMBER_BY_FEED_ONLY"
    message = "住民の個人番号は住民記録からの連携でのみ登録されます。この画面では登録できません。"


class DesignationNumberTaken(JuminzeiError):
    """Another employer has the 指定番号."""

    code = "DESIGNATION_NUMBER_TAKEN"
    message = "この指定番号は別の事業所に付番されています。"
    status = 409


class SealBroken(JuminzeiError):
    """A sealed number cannot be opened: the row was altered or moved, or the key is another one."""

    code = "VAULT_SEAL_BROKEN"
    message = "個人番号を復号できません。鍵ファイルまたはデータに異常があります。管理者に連絡してください。"
    status = 500
