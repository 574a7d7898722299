"""The refusals of corrections: stable codes, Japanese sentences, never what was submitted."""

from typing import ClassVar

from core.errors import Conflict, Invalid, JuminzeiError


class KindUnknown(Invalid):
    """No such kind of correction in the year."""

    code: ClassVar[str] = "CORRECTION_KIND_UNKNOWN"
    message: ClassVar[str] = "この年度にはない更正の種類です。"


class FactNotAllowed(Invalid):
    """The kind of correction does not reach a fact; `details["path"]` names it."""

    code: ClassVar[str] = "CORRECTION_FACT_NOT_ALLOWED"
    message: ClassVar[str] = "この種類の更正では変えられない事実です。"


class FactsRefused(Invalid):
    """The changed facts contradict each other; `details` name the first fault."""

    code: ClassVar[str] = "CORRECTION_FACTS_INVALID"
    message: ClassVar[str] = "変更後の事実に誤りがあります。"


class EventRequired(Invalid):
    """The kind of correction asks for the day of its event (the decision, the filing, the ruling)."""

    code: ClassVar[str] = "CORRECTION_EVENT_REQUIRED"
    message: ClassVar[str] = "この種類の更正には、根拠となる決定・提出などの日付が必要です。"


class DocumentUnknown(Invalid):
    """A named document does not count for the person in the year."""

    code: ClassVar[str] = "CORRECTION_DOCUMENT_UNKNOWN"
    message: ClassVar[str] = "この者のこの年度の有効な資料ではありません。"


class PeriodOver(JuminzeiError):
    """The law no longer lets the tax be changed; `details` name the article and the last day."""

    code: ClassVar[str] = "CORRECTION_PERIOD_OVER"
    message: ClassVar[str] = "賦課決定の期間制限を過ぎているため、変更できません。"
    status: ClassVar[int] = 409


class FiledTooLate(JuminzeiError):
    """What was filed after the notice was served does not count; `details` name the rule and its article."""

    code: ClassVar[str] = "CORRECTION_FILED_TOO_LATE"
    message: ClassVar[str] = "納税通知書の送達後に申告された内容のため、算入できません。"
    status: ClassVar[int] = 409


class NotAssessed(JuminzeiError):
    """There is no decided tax of the person and year to correct."""

    code: ClassVar[str] = "CORRECTION_NOT_ASSESSED"
    message: ClassVar[str] = "この年度の賦課決定がないため、更正を提案できません。"
    status: ClassVar[int] = 409


class NobodyDenied(JuminzeiError):
    """No relative stands where the denial points to: the tax office would be told of nobody."""

    code: ClassVar[str] = "CORRECTION_NOBODY_DENIED"
    message: ClassVar[str] = "否認する扶養親族等が併合結果にいません。対象者の番号を確認してください。"
    status: ClassVar[int] = 409


class NothingChanges(JuminzeiError):
    """Facts and figures stay as they are."""

    code: ClassVar[str] = "CORRECTION_NOTHING_CHANGES"
    message: ClassVar[str] = "事実にも税額にも変更がありません。"
    status: ClassVar[int] = 409


class RevisionChanged(Conflict):
    """Somebody corrected the person's tax meanwhile; `details["currentVersion"]` is the revision in force."""

    code: ClassVar[str] = "CORRECTION_REVISION_CHANGED"


class ProposalState(JuminzeiError):
    """The proposal or batch is not in a state in which this can be done with it."""

    code: ClassVar[str] = "CORRECTION_STATE"
    message: ClassVar[str] = "この提案は今の状態ではその操作ができません。最新の状態を確認してください。"
    status: ClassVar[int] = 409


class LeavesUndecided(JuminzeiError):
    """Decided tax would be undecided again: a blocking finding has to be settled by the correction itself."""

    code: ClassVar[str] = "CORRECTION_LEAVES_UNDECIDED"
    message: ClassVar[str] = (
        "承認すると確認事項が残り、決定済みの税額が未決定に戻ります。確認事項を解消する更正を提案してください。"
    )
    status: ClassVar[int] = 409


class SampleUnseen(JuminzeiError):
    """Whoever signs a batch off must have looked at every person of its sample."""

    code: ClassVar[str] = "BATCH_SAMPLE_UNSEEN"
    message: ClassVar[str] = "抽出された対象者をすべて確認してから承認してください。"
    status: ClassVar[int] = 409


class SelectionUnknown(Invalid):
    """Nobody can be selected that way."""

    code: ClassVar[str] = "BATCH_SELECTION"
    message: ClassVar[str] = "対象者の選び方が正しくありません。"
