"""Refusals of the merge: a stable code and a Japanese sentence."""

from core.errors import Invalid, JuminzeiError
from plugins.shikakeisan.errors import NotNow


class DocumentsWaiting(NotNow):
    """Documents of the year wait for a person; `details["items"]` is how many work items are open."""

    code = "DOCUMENTS_WAITING"
    message = "課税資料の作業一覧に終わっていない項目があります。先に処理してください。"


class MergeUnbalanced(JuminzeiError):
    """Documents used and put aside are not together the documents that came: the merge does not end."""

    code = "MERGE_UNBALANCED"
    message = "併合した資料の件数が受け入れた件数と一致しません。併合を完了にしませんでした。"
    status = 500


class FindingSettled(NotNow):
    """The finding is closed or no longer found, or nothing is proposed that could be confirmed."""

    code = "FINDING_STATE"
    message = "この確認事項は今の状態ではその操作ができません。最新の状態を確認してください。"


class DecisionSettled(NotNow):
    """The proposed decision was approved, rejected or replaced meanwhile."""

    code = "DECISION_STATE"
    message = "この決定の提案はすでに処理されています。最新の状態を確認してください。"


class PathUnknown(Invalid):
    """No fact has this path; `details["field"]` names the argument."""

    code = "FACT_PATH_UNKNOWN"
    message = "この名前の事実はありません。"


class ValueUnfit(Invalid):
    """The facts would not be valid with this value; `details["faults"]` has paths and codes."""

    code = "FACT_VALUE_INVALID"
    message = "この値にすると、事実の形や組合せが正しくなくなります。"
