"""What is wrong with a person's facts: one finding per fault."""

from dataclasses import asdict, dataclass

MESSAGES = {
    "FACT_UNKNOWN": "この名前の事実はありません。",
    "FACT_TYPE": "値の型が違います。",
    "FACT_NEGATIVE": "負の数にはできません。",
    "FACT_RANGE": "値が扱える範囲を超えています。",
    "FACT_CHOICE": "決められた値のどれかを指定してください。",
    "FACT_DATE": "日付は「1980-04-01」、年月は「2018-04」又は「H30-04」の形で指定してください。",
    "FACT_REQUIRED": "税額の計算に必要な事実がありません。",
    "FACT_CONTRADICTORY": "事実が互いに矛盾しています。",
    "RULE_UNKNOWN": "given に書けるのは、一人に一つの値を求める規則の名前だけです。",
    "JSON_INVALID": "この行は JSON のオブジェクトではありません。",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the path of the fact, a stable code and a Japanese sentence without the value."""

    path: str
    code: str
    message: str

    def as_json(self) -> dict[str, str]:
        """Plain data for a result line."""
        return asdict(self)


def finding(path: str, code: str, detail: str = "") -> Finding:
    """Make a finding with the sentence of its code, and a detail that says which rule of facts it breaks."""
    return Finding(path, code, MESSAGES[code] + detail)
