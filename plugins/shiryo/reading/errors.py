"""Refusals of the layouts themselves; faults of files are findings, never exceptions."""

from core.errors import Invalid, JuminzeiError


class LayoutUnknown(JuminzeiError):
    """No published layout of that kind, version or year; `details["known"]` names those there are."""

    code = "LAYOUT_UNKNOWN"
    message = (
        "この種類・年分の様式は登録されていません。未公表の様式は推測で読みません。"
        "公表された様式をlayoutsに登録してください。"
    )
    status = 422


class WriteRefused(Invalid):
    """A record cannot be written by the layout; `details` holds item and rule, never the value."""

    code = "WRITE_REFUSED"
    message = "この値は様式の文字コード・構造では書けません。登録済みの代替文字を指定してください。"
