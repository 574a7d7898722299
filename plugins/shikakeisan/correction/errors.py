"""The refusals of corrections: stable codes, Japanese sentences, never what was submitted."""

from core.errors import Conflict, Invalid
from plugins.shikakeisan.errors import NotNow


class KindUnknown(Invalid):
    """No such kind of correction in the year."""

    code = "CORRECTION_KIND_UNKNOWN"
    message = "この年度にはない更正の種類です。"


class FactNotAllowed(Invalid):
    """The kind of correction does not reach a fact; `details["path"]` names it."""

    code = "CORRECTION_FACT_NOT_ALLOWED"
    message = "この種類の更正では変えられない事実です。"


class FactsRefused(Invalid):
    """The changed facts contradict each other; `details` name the first fault."""

    code = "CORRECTION_FACTS_INVALID"
    message = "変更後の事実に誤りがあります。"


class EventRequired(Invalid):
    """The kind of correction asks for the day of its event (the decision, the filing, the ruling)."""

    code = "CORRECTION_EVENT_REQUIRED"
    message = "この種類の更正には、根拠となる決定・提出などの日付が必要です。"


class DocumentUnknown(Invalid):
    """A named document does not count for the person in the year."""

    code = "CORRECTION_DOCUMENT_UNKNOWN"
    message = "この者のこの年度の有効な資料ではありません。"


class PeriodOver(NotNow):
    """The law no longer lets the tax be changed; `details` name the article and the last day."""

    code = "CORRECTION_PERIOD_OVER"
    message = "賦課決定の期間制限を過ぎているため、変更できません。"


class FiledTooLate(NotNow):
    """What was filed after the notice was served does not count; `details` name the rule and its article."""

    code = "CORRECTION_FILED_TOO_LATE"
    message = "納税通知書の送達後に申告された内容のため、算入できません。"


class NotAssessed(NotNow):
    """There is no decided tax of the person and year to correct."""

    code = "CORRECTION_NOT_ASSESSED"
    message = "この年度の賦課決定がないため、更正を提案できません。"


class NobodyDenied(NotNow):
    """No relative stands where the denial points to: the tax office would be told of nobody."""

    code = "CORRECTION_NOBODY_DENIED"
    message = "否認する扶養親族等が併合結果にいません。対象者の番号を確認してください。"


class NothingChanges(NotNow):
    """Facts and figures stay as they are."""

    code = "CORRECTION_NOTHING_CHANGES"
    message = "事実にも税額にも変更がありません。"


class RevisionChanged(Conflict):
    """Somebody corrected the person's tax meanwhile; `details["currentVersion"]` is the revision in force."""

    code = "CORRECTION_REVISION_CHANGED"


class ProposalSettled(NotNow):
    """The proposal or batch is not in a state in which this can be done with it."""

    code = "CORRECTION_STATE"
    message = "この提案は今の状態ではその操作ができません。最新の状態を確認してください。"


class LeavesUndecided(NotNow):
    """Decided tax would be undecided again: a blocking finding has to be settled by the correction itself."""

    code = "CORRECTION_LEAVES_UNDECIDED"
    message = (
        "承認すると確認事項が残り、決定済みの税額が未決定に戻ります。"
        "確認事項を解消する更正を提案してください。"
    )


class SampleUnseen(NotNow):
    """Whoever signs a batch off must have looked at every person of its sample."""

    code = "BATCH_SAMPLE_UNSEEN"
    message = "抽出された対象者をすべて確認してから承認してください。"


class SelectionUnknown(Invalid):
    """Nobody can be selected that way."""

    code = "BATCH_SELECTION"
    message = "対象者の選び方が正しくありません。"
