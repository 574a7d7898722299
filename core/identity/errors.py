"""The refusals of identity. None tells an outsider whether an account exists."""

from core.errors import Conflict, Invalid, JuminzeiError, Unauthenticated


class InvalidCredentials(Unauthenticated):
    """Number, password, code or enrolment is wrong, or the account may not sign in: not told apart."""

    code = "INVALID_CREDENTIALS"
    message = "職員番号、パスワード、認証コードのいずれかが正しくありません。"


class WeakPassword(Invalid):
    """A rule for passwords refuses it; `details["rule"]` names the rule."""

    code = "PASSWORD_WEAK"
    message = "このパスワードは使えません。"


class ReusedPassword(Invalid):
    """The password is the present one or one of those used before."""

    code = "PASSWORD_REUSED"
    message = "最近使ったパスワードは使えません。別のパスワードにしてください。"


class SelfAdministration(JuminzeiError):
    """Nobody changes their own permissions or account (seed: only the administrator or a deputy may)."""

    code = "SELF_ADMINISTRATION"
    message = "自分自身の権限やアカウントは変更できません。ほかのシステム管理者に依頼してください。"
    status = 403


class AccountChangeState(Conflict):
    """The proposal was decided before, or is too old to be approved."""

    code = "ACCOUNT_CHANGE_STATE"
    message = "この提案はすでに処理されたか、7日を過ぎています。必要なら、もう一度提案してください。"


class StaffExists(Conflict):
    """The staff number is taken."""

    code = "STAFF_EXISTS"
    message = "この職員番号はすでに登録されています。"


class UnknownRole(Invalid):
    """No row of the policy knows the role, or it is one that nobody can be given."""

    code = "ROLE_UNKNOWN"
    message = "その役割はありません。"


class RolesExclude(Conflict):
    """An administrator holds no other role: who gives permissions does not use them."""

    code = "ROLES_EXCLUDE"
    message = "システム管理者は、ほかの役割と兼ねることができません。"


class ClientExists(Conflict):
    """The client id is taken."""

    code = "CLIENT_EXISTS"
    message = "このクライアントIDはすでに登録されています。"
