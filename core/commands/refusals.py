"""How everything that is refused at the terminal looks: one line in Japanese with a stable code.

    juminzei: 該当するデータがありません。 (NOT_FOUND) field=taxYear

What click itself refuses gets the same form. Nothing repeats what was typed: it may be about a person.
"""

from typing import Any

import click

from core.errors import JuminzeiError, StartError

PROGRAM = "juminzei"
END = "。"
"""How our own sentences end; click's are English, and repeat what was typed."""
NOT_UNDERSTOOD = "コマンドの指定が正しくありません。余分な引数がないか確かめてください。"


def refusal_line(refusal: JuminzeiError) -> str:
    """Return a refusal as one line: the sentence, the code, and which field or rule it is about."""
    told = [f"{name}={value}" for name, value in refusal.details.items() if isinstance(value, str | int)]
    return " ".join([f"{refusal.text} ({refusal.code})", *told])


def early_line(error: JuminzeiError | StartError) -> str:
    """Return what is refused before anything began: a refusal, or why nothing starts."""
    if isinstance(error, JuminzeiError):
        return refusal_line(error)
    return f"起動できません。{error} (START_REFUSED)"


def click_line(error: click.ClickException) -> str:
    """Return what click refuses, or what a command refuses by click, in the form of everything else."""
    if not isinstance(error, click.UsageError):
        return error.message
    text, code = _usage(error)
    help_at = "" if error.ctx is None else f" 詳しくは {error.ctx.command_path} --help"
    return f"{text} ({code}){help_at}"


def tell(line: str) -> None:
    """Show one refusal."""
    click.echo(f"{PROGRAM}: {line}", err=True)


def _usage(error: click.UsageError) -> tuple[str, str]:
    match error:
        case click.MissingParameter():
            return f"{_name(error)} を指定してください。{_wanted(error.param)}", "OPTION_MISSING"
        case click.BadParameter(param=None):
            return f"{_name(error)}{error.message}", "VALUE_INVALID"
        case click.BadParameter():
            return f"{_name(error)} の値が正しくありません。{_said(error)}", "VALUE_INVALID"
        case click.NoSuchOption():
            return f"そのようなオプションはありません。{_similar(error.possibilities)}", "OPTION_UNKNOWN"
        case click.NoSuchCommand():
            return f"そのようなコマンドはありません。{_similar(error.possibilities)}", "COMMAND_UNKNOWN"
        case click.BadOptionUsage():
            return f"{error.option_name} に値を付けるか、値を外してください。", "OPTION_VALUE"
    return error.message if error.message.endswith(END) else NOT_UNDERSTOOD, "USAGE"


def _name(error: click.BadParameter) -> str:
    """Return what an option or argument is called; empty where nobody says."""
    if isinstance(error.param_hint, str):
        return f"{error.param_hint}: " if error.param is None else error.param_hint
    if error.param is None:
        return ""
    return str(
        error.param.opts[-1] if isinstance(error.param, click.Option) else error.param.human_readable_name
    )


def _said(error: click.BadParameter) -> str:
    """Return what is wanted; a type of our own says it itself."""
    is_ours = error.param is not None and not type(error.param.type).__module__.startswith("click")
    return error.message if is_ours else _wanted(error.param)


def _wanted(param: click.Parameter | None) -> str:
    """Say which values an option or argument takes."""
    kind: Any = None if param is None else param.type
    match kind:
        case click.Choice():
            return f"次のいずれかです: {', '.join(map(str, kind.choices))}。"
        case click.IntRange():
            least, most = kind.min, kind.max
            return f"整数です({'' if least is None else least}〜{'' if most is None else most})。"
        case click.types.IntParamType():
            return "整数です。"
        case click.DateTime():
            return "日付です(例 2026-06-15)。"
        case click.Path(exists=True, dir_okay=False):
            return "今ある、読めるファイルの名前です。"
        case click.Path(exists=True):
            return "今ある、読めるファイル又はフォルダーの名前です。"
        case click.Path() | click.File():
            return "読み書きできるファイル又はフォルダーの名前です。"
    return ""


def _similar(possibilities: list[str] | None) -> str:
    return f"近いもの: {', '.join(possibilities)}。" if possibilities else ""
