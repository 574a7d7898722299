"""Where the files lie, and the errors that a wrong one gives."""

from pathlib import Path

from plugins.shikakeisan.errors import RuleError

ROOT = Path(__file__).resolve().parent.parent
YEARS = ROOT / "years"
MUNICIPALITIES = ROOT / "municipalities"


class YearUnknownError(RuleError):
    """There is no year file for the fiscal year asked for."""

    code = "YEAR_UNKNOWN"
    message = "この年度の数値のファイルがありません。令和3年度から令和9年度までの年度を指定してください。"


class MunicipalityUnknownError(RuleError):
    """There is no file for the municipality asked for."""

    code = "MUNICIPALITY_UNKNOWN"
    message = "この団体コードのファイルがありません。6桁の全国地方公共団体コードを確認してください。"


class LawFileError(RuleError):
    """A year or municipality file does not say what the rules need, or says more."""

    code = "LAW_FILE_INVALID"
    message = "年度又は団体のファイルが規則と合っていません。"

    def __init__(self, file: str, findings: list[str]) -> None:
        super().__init__(f"{file}: " + "、".join(findings))
