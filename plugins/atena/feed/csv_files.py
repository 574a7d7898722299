"""Neutral CSV files: UTF-8, a header of known columns, all faults told by line."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from plugins.atena.errors import FileRefused, LineFault

HEADER = 1


def read_rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield the line and the items of every row; raises FileRefused for what is no such file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused([LineFault(HEADER, "file", "encoding", "UTF-8のCSVにしてください。")]) from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(reader, None) != list(columns):
            message = f"1行目を {','.join(columns)} にしてください。"
            raise FileRefused([LineFault(HEADER, "header", "columns", message)])
        for cells in reader:
            if len(cells) != len(columns):
                message = f"項目は{len(columns)}個です。"
                raise FileRefused([LineFault(reader.line_num, "line", "columns", message)])
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error:
        message = "CSVとして読めません。引用符を確認してください。"
        raise FileRefused([LineFault(reader.line_num, "line", "csv", message)]) from None
