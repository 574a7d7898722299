"""The refusals that the way in itself gives, before any plug-in is asked."""

from core.errors import Invalid, JuminzeiError


class BadRequest(JuminzeiError):
    """The body is not what GraphQL over HTTP asks for; `details["rule"]` names the rule."""

    code = "BAD_REQUEST"
    message = "リクエストの形式に誤りがあります。"
    status = 400


class RequestTimeout(BadRequest):
    """The body did not arrive in time."""

    code = "REQUEST_TIMEOUT"
    message = "リクエストの受信が時間内に終わりませんでした。"
    status = 408


class MethodNotAllowed(JuminzeiError):
    """GraphQL is asked by POST only."""

    code = "METHOD_NOT_ALLOWED"
    message = "このURLにはPOSTで送信してください。"
    status = 405


class PayloadTooLarge(JuminzeiError):
    """The body is longer than `details["limit"]` bytes."""

    code = "PAYLOAD_TOO_LARGE"
    message = "リクエストが大きすぎます。"
    status = 413


class UnsupportedMediaType(JuminzeiError):
    """The body is not declared as JSON in UTF-8."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    message = "Content-Typeはapplication/json（UTF-8）としてください。"
    status = 415


class BadSyntax(JuminzeiError):
    """The document is not GraphQL; `details["line"]` and `details["column"]` name the place."""

    code = "GRAPHQL_SYNTAX"
    message = "問い合わせ文の構文に誤りがあります。"
    status = 400


class BadDocument(JuminzeiError):
    """The document does not fit the schema; `details["problems"]` lists rule, line, column of each fault."""

    code = "GRAPHQL_VALIDATION"
    message = "問い合わせ文がスキーマに合っていません。"
    status = 400


class TooComplex(JuminzeiError):
    """The document asks for more than `details["limit"]` of what `details["rule"]` counts."""

    code = "QUERY_TOO_COMPLEX"
    message = "問い合わせが複雑すぎます。分けて送信してください。"
    status = 400


class DocumentUnknown(JuminzeiError):
    """No stored document has this id."""

    code = "DOCUMENT_UNKNOWN"
    message = "登録されていない問い合わせ文です。"
    status = 400


class DocumentRequired(JuminzeiError):
    """This deployment answers stored documents only."""

    code = "DOCUMENT_REQUIRED"
    message = "この環境では、登録済みの問い合わせ文だけを実行できます。"
    status = 400


class IdempotencyKeyRequired(JuminzeiError):
    """A mutation came without a usable `Idempotency-Key`."""

    code = "IDEMPOTENCY_KEY_REQUIRED"
    message = "更新にはIdempotency-Keyヘッダー（英数字と記号、8～128文字）が必要です。"
    status = 400


class IdempotencyMismatch(JuminzeiError):
    """The key was used before, for another request."""

    code = "IDEMPOTENCY_MISMATCH"
    message = "同じIdempotency-Keyが、内容の異なる別の更新に使われています。"
    status = 422


class TooManyStreams(JuminzeiError):
    """The actor has `details["limit"]` subscriptions open already."""

    code = "TOO_MANY_STREAMS"
    message = "同時に開ける通知の数が上限に達しています。"
    status = 429


class BadCursor(Invalid):
    """The cursor was not made by this server for this list."""

    message = "ページの位置指定（カーソル）が正しくありません。"


class PageTooLarge(Invalid):
    """More rows were asked for than a page may hold; `details["limit"]` is the most."""

    message = "1ページの件数が上限を超えています。"
