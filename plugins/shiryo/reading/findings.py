"""What is wrong with a file: where, in which item, by which rule, how bad; never the value itself."""

from collections import Counter
from enum import StrEnum
from typing import NamedTuple

AT_MOST = 10_000
"""So many findings are kept; all are counted."""


class Severity(StrEnum):
    """An error holds the file; a warning goes along with the record."""

    ERROR = "error"
    WARNING = "warning"


class Finding(NamedTuple):
    """One fault. `offset` counts bytes from 0; `line` and `column` count from 1, 0 where there is none."""

    file: str
    offset: int
    line: int
    column: int
    item: str
    """Official name of the item (Japanese); empty for a whole line or file."""
    code: str
    severity: Severity
    message: str


_ERRORS = {
    "EMPTY_FILE": "ファイルに記録がありません。",
    "HEADER": "見出し行が様式と一致しません。列の不足・余分・入替えを確認してください。",
    "LINE_TOO_LONG": "1行が長すぎます。改行が失われている可能性があります。",
    "LONE_CR": "行の途中に改行文字（CR）があります。",
    "ENCODING": "様式の文字コードで読めないバイトがあります。文字コードの違い、又は途中の欠落です。",
    "UNCLOSED_QUOTE": "引用符が閉じられていません。",
    "STRAY_QUOTE": "引用符の位置が正しくありません。",
    "COLUMN_COUNT": "項目の数が様式と一致しません。",
    "PREFIX": "管理情報と本体を「@」で分けられません。",
    "REQUIRED": "必須の項目が空です。",
    "CHARACTERS": "使用できない文字（制御文字など）が含まれています。",
    "TOO_LONG": "様式の桁数を超えています。",
    "TOO_SHORT": "様式の桁数に足りません。",
    "DIGITS": "半角数字で記録する項目です。",
    "CODE": "様式にない区分値です。",
    "CHECK_DIGIT": "検査用数字が一致しません。",
    "DATE": "存在しない日付、又は日付の形式の誤りです。",
    "RECORD_REPEATED": "同じ内容の記録が同じファイルに2件以上あります。",
    "NUMBER_REPEATED": "同じ受付番号の記録が同じファイルに2件以上あります。",
    "XML_FORM": "XMLとして読めません。途中で切れているか、構造が壊れています。",
    "XML_FORBIDDEN": "DTD・実体宣言を含むXMLは受け付けません。",
    "XML_LIMIT": "XMLの深さ・要素数・文字数が上限を超えています。",
    "XML_ELEMENT": "様式にない要素、又は位置の誤った要素です。",
    "XML_REPEATED": "繰り返せない要素が2回以上あります。",
    "XML_REFERENCE": "参照先（IT部）の値がありません。",
    "XML_VERSION": "手続・様式の版がこの様式と一致しません。",
}
_WARNINGS = {
    "LAYOUT_YEAR": "この様式の公表された年分ではありません。記録項目が変わっていないか確認してください。",
    "NO_FINAL_NEWLINE": "最後の行に改行がありません。ファイルが途中で切れていないか件数を確認してください。",
    "BLANK_LINE": "空の行を読み飛ばしました。",
    "NOT_BLANK": "様式では記録しない項目に値があります。",
    "WIDTH_KIND": "全角・半角の別が様式と異なります。",
    "PRIVATE_CHARACTER": "外字（私用領域の文字）があります。文字を確認してください。",
    "DATE_UNKNOWN": "日付の一部が不詳です。",
    "KEY_REPEATED": "同じ支払者・受給者・年分の記録が同じファイルに2件以上あります。",
}
MESSAGES = {code: (Severity.ERROR, text) for code, text in _ERRORS.items()} | {
    code: (Severity.WARNING, text) for code, text in _WARNINGS.items()
}
"""Code to severity and Japanese sentence; the codes of logic rules stand with the rules."""


class Findings:
    """The findings of one file: the first AT_MOST in the order of the file, and counts of all by code."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.kept: list[Finding] = []
        self.counts: Counter[str] = Counter()
        self.errors = 0
        self.warnings = 0

    def add(
        self, code: str, offset: int, line: int, column: int = 0, item: str = "", detail: str = ""
    ) -> Finding:
        """Keep a finding made by `made`."""
        return self.keep(self.made(code, offset, line, column, item, detail))

    def made(
        self, code: str, offset: int, line: int, column: int = 0, item: str = "", detail: str = ""
    ) -> Finding:
        """Make a finding whose sentence stands in MESSAGES; `detail` is ours to say, never from the file.

        It is not kept: what is found while a file is taken apart is kept in its turn.
        """
        severity, message = MESSAGES[code]
        return Finding(self.file, offset, line, column, item, code, severity, message + detail)

    def keep(self, finding: Finding) -> Finding:
        """Count a finding, and keep it while there is room."""
        self.counts[finding.code] += 1
        if finding.severity is Severity.ERROR:
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.kept) < AT_MOST:
            self.kept.append(finding)
        return finding
