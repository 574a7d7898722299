"""Refusals of the merge: a stable code and a Japanese sentence."""

from typing import ClassVar

from core.errors import Invalid, JuminzeiError


class DocumentsWaiting(JuminzeiError):
    """Documents of the year wait for a person; `details["items"]` is how many work items are open."""

    code: ClassVar[str] = "DOCUMENTS_WAITING"
    message: ClassVar[str] = "課税資料の作業一覧に終わっていない項目があります。先に処理してください。"
    status: ClassVar[int] = 409


class MergeUnbalanced(JuminzeiError):
    """Documents used and put aside are not together the documents that came: the merge does not end."""

    code: ClassVar[str] = "MERGE_UNBALANCED"
    message: ClassVar[str] = "併合した資料の件数が受け入れた件数と一致しません。併合を完了にしませんでした。"
    status: ClassVar[int] = 500


class FindingSettled(JuminzeiError):
    """The finding is closed or no longer found, or nothing is proposed that could be confirmed."""

    code: ClassVar[str] = "FINDING_STATE"
    message: ClassVar[str] = "この確認事項は今の状態ではその操作ができません。最新の状態を確認してください。"
    status: ClassVar[int] = 409


class DecisionSettled(JuminzeiError):
    """The proposed decision was approved, rejected or replaced meanwhile."""

    code: ClassVar[str] = "DECISION_STATE"
    message: ClassVar[str] = "この決定の提案はすでに処理されています。最新の状態を確認してください。"
    status: ClassVar[int] = 409


class PathUnknown(Invalid):
    """No fact has this path; `details["field"]` names the argument."""

    code = "FACT_PATH_UNKNOWN"
    message = "この名前の事実はありません。"


class ValueUnfit(Invalid):
    """The facts would not be valid with this value; `details["faults"]` has paths and codes."""

    code = "FACT_VALUE_INVALID"
    message = "この値にすると、事実の形や組合せが正しくなくなります。"


class YearDecided(JuminzeiError):
    """The tax of the year is decided: facts change by corrections alone."""

    code: ClassVar[str] = "YEAR_ALREADY_ASSESSED"
    message: ClassVar[str] = "この年度は当初賦課が終わっています。変更は更正として提案してください。"
    status: ClassVar[int] = 409
