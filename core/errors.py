"""Every refusal: a stable code, a Japanese sentence, an HTTP status; never the submitted value."""

from collections.abc import Mapping
from typing import ClassVar


class JuminzeiError(Exception):
    """Base of every expected refusal.

    A subclass states `code` (stable, for programs), `message` (for people, Japanese) and the HTTP
    `status` used when the refusal happens outside GraphQL. `details` may carry safe facts (a limit, a
    version number, a rule id), never personal data and never what was submitted.
    """

    code: ClassVar[str] = "INTERNAL"
    message: ClassVar[str] = "内部エラーが発生しました。"
    status: ClassVar[int] = 500

    def __init__(self, message: str | None = None, **details: object) -> None:
        self.text = message or self.message
        self.details: Mapping[str, object] = details
        super().__init__(f"{self.code}: {self.text}")


class Unauthenticated(JuminzeiError):
    """Nobody is signed in, or the token is not valid here: deliberately not told apart."""

    code = "UNAUTHENTICATED"
    message = "サインインしてください。"
    status = 401


class SessionExpired(Unauthenticated):
    """The session was idle or lasted too long."""

    code = "SESSION_EXPIRED"
    message = "操作がない時間が続いたか、利用時間の上限に達しました。もう一度サインインしてください。"


class Forbidden(JuminzeiError):
    """The signed-in person may not do this. Also given for objects outside their scope, existing or not."""

    code = "FORBIDDEN"
    message = "この操作を行う権限がありません。"
    status = 403


class SelfApproval(Forbidden):
    """Whoever proposed something cannot make it effective (二重チェック)."""

    code = "SELF_APPROVAL"
    message = "自分が提案した内容は、自分では承認できません。ほかの職員が承認してください。"


class NotFound(JuminzeiError):
    """No such object, or none that this person may know of."""

    code = "NOT_FOUND"
    message = "該当するデータがありません。"
    status = 404


class Invalid(JuminzeiError):
    """Input that a rule refuses; `details["field"]` and `details["rule"]` name the place and the rule."""

    code = "VALIDATION"
    message = "入力内容に誤りがあります。"
    status = 400


class Conflict(JuminzeiError):
    """Somebody else changed the object first; `details["currentVersion"]` is the version to reload."""

    code = "CONFLICT"
    message = "ほかの職員が先に更新しました。最新の内容を確認して、もう一度操作してください。"
    status = 409


class RateLimited(JuminzeiError):
    """Too many attempts; `details["retryAfter"]` is in seconds."""

    code = "RATE_LIMITED"
    message = "試行回数が上限を超えました。しばらくしてからもう一度操作してください。"
    status = 429


class Unavailable(JuminzeiError):
    """The database or a service is out for the moment; nothing was done, send the request again."""

    code = "UNAVAILABLE"
    message = "ただいま処理できません。しばらくしてからもう一度操作してください。"
    status = 503


class StartError(Exception):
    """A configuration with which we refuse to start: one line for the administrator, exit code 2."""
