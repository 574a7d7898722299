"""Refusals of the job machinery, and the two signals that stop a run without being its fault."""

from core.errors import Conflict, Invalid, JuminzeiError, Unavailable


class JobTypeUnknown(Invalid):
    """No enabled plug-in brings this kind of job."""

    code = "JOB_TYPE_UNKNOWN"
    message = "この種類のジョブは登録されていません。"


class JobParameterInvalid(Invalid):
    """A parameter is missing, unknown or cannot be read; `details["field"]` names it."""

    code = "JOB_PARAMETER_INVALID"
    message = "ジョブのパラメーターに誤りがあります。"


class JobAlreadyActive(Conflict):
    """A job with the same key is queued or running; `details["job"]` is its id."""

    code = "JOB_ALREADY_ACTIVE"
    message = "同じ処理がすでに実行中か、実行待ちです。"


class JobEnded(Conflict):
    """The job is over, so there is nothing to cancel."""

    code = "JOB_ENDED"
    message = "このジョブはすでに終わっています。"


class JobNotResumable(Conflict):
    """Only a failed or cancelled job can go on."""

    code = "JOB_NOT_RESUMABLE"
    message = "再開できるのは、失敗または中止したジョブだけです。"


class JobOfAnother(Conflict):
    """A cancelled job would go on in the name of somebody else, who may no longer want it."""

    code = "JOB_OF_ANOTHER"
    message = "中止したジョブを再開できるのは、そのジョブを依頼した職員だけです。"


class JobStalled(JuminzeiError):
    """Worker after worker was lost without one step being committed."""

    code = "JOB_STALLED"
    message = "処理が一歩も進まないまま中断を繰り返したため、停止しました。原因を確かめて再開してください。"


class StepsLost(Unavailable):
    """The server died with steps that did not wait for its disk; the job goes on from what is left."""

    code = "JOB_STEPS_LOST"
    message = "データベースの停止により直前の処理が失われました。残っているところから再開します。"


class Stop(BaseException):
    """Ends a run from outside; not an Exception, so that no `except Exception` of a job swallows it."""


class JobCancelled(Stop):
    """Somebody asked to cancel; raised where the next step would begin."""


class LeaseLost(Stop):
    """Another worker has taken the job over; nothing this one still does may be committed."""
