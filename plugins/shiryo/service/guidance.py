"""What a work item is about and what to do next, in the words of a clerk; no personal data."""

from collections.abc import Mapping
from typing import NamedTuple

from plugins.shiryo.reading.findings import MESSAGES, Severity
from plugins.shiryo.reading.rules import RULES

RESEND = (
    "送付元に正しいファイルの送付を依頼してください。"
    "届かないときは返戻（refuse）か説明（explain）で閉じてください。"
)
COMPARE = "原本を確認して訂正を入力（key correct）してください。正しければ保留を解除（release）してください。"
NOTICE = "取込みは済み、賦課は止まりません。内容を確認し、問題がなければ説明（explain）で閉じてください。"
CHOOSE = (
    "候補と資料を比べ、本人に名寄せ（attach）してください。他市区町村の人なら回送（forward）してください。"
)
CONFIRM = "ほかの職員が原本と照合して確定（key confirm）してください。"


class Guide(NamedTuple):
    """The meaning of a code, and the usual next step."""

    meaning: str
    next_step: str


GUIDES: Mapping[str, Guide] = {
    "MISSING_FILE": Guide("送付書にあるファイルが届いていません。", RESEND),
    "UNANNOUNCED_FILE": Guide("送付書にないファイルが届きました。", RESEND),
    "SHA256_DIFFERS": Guide("ファイルの内容が送付書と一致しません（欠落・差替えの可能性）。", RESEND),
    "RECORD_COUNT_DIFFERS": Guide("件数が送付書と一致しません。", RESEND),
    "TOTAL_DIFFERS": Guide("金額の合計が送付書と一致しません。", RESEND),
    "UNREADABLE": Guide("ファイルの構造が壊れていて読めません。", RESEND),
    "TOO_MANY_FINDINGS": Guide("誤りが10,000件を超えています。", RESEND),
    "LAYOUT_UNKNOWN": Guide(
        "この年分の様式が登録されていません。", "様式の追加をシステム担当に依頼してください。"
    ),
    "NO_TARGET": Guide(
        "訂正・取消の対象の資料が見つからないか、1件に決まりません。",
        "元の資料を送付元に確認してください。新しい資料として使うなら保留を解除（release）してください。",
    ),
    "DUPLICATE_DOCUMENT": Guide(
        "同じ送付元の同じ内容の資料がすでにあります。",
        "重複なら返戻（refuse）か説明（explain）で閉じ、別の支払なら保留を解除（release）してください。",
    ),
    "PERSON_UNKNOWN": Guide(
        "該当する人が宛名にいません。",
        "住所を調べ、市内なら住登外者を登録して名寄せ（attach）、他市区町村なら回送（forward）してください。",
    ),
    "UNCERTAIN": Guide("候補者はいますが、本人と断定できません。", CHOOSE),
    "NAMESAKE": Guide("氏名と生年月日が同じ人が2人以上います。", CHOOSE),
    "NAME_DIFFERS": Guide(
        "個人番号の持ち主と氏名が一致しません。", f"番号の書き間違いを送付元に確認してください。{CHOOSE}"
    ),
    "NUMBER_DIFFERS": Guide(
        "氏名などは一致しますが、登録された個人番号と異なります。",
        "本人なら名寄せ（attach）してください。番号は確認事項として宛名に残ります。",
    ),
    "NUMBER_SHARED": Guide(
        "同じ個人番号の人が2人以上います。", "関連宛名の設定を宛名担当に依頼してください。"
    ),
    "TAXED_ELSEWHERE": Guide(
        "1月1日の住所が市外で、どの市区町村か分かりません。", "前住所地を調べて回送（forward）してください。"
    ),
    "CORRECTION": Guide("資料の訂正が入力されています。", CONFIRM),
    "KEYED_DOCUMENT": Guide("紙の資料が入力されています。", CONFIRM),
    "ELTAX_USER_UNKNOWN": Guide(
        "送付元の利用者ID（eLTAX）が、宛名のだれのものか分かりません。",
        "届出を確認して宛名に利用者IDを登録（registerEltaxUser）し、説明（explain）で閉じてください。"
        "賦課は止まりません。",
    ),
    "SENDER_MISSING": Guide(
        "提出があるはずの送付元から届いていません。",
        "送付元に督促してください。休業などのときは説明（explain）してください。",
    ),
    "DOCUMENTS_SHORT": Guide(
        "総括表の件数と届いた件数が違います。",
        "送付元に確認してください。退職などのときは説明（explain）してください。",
    ),
}
"""The codes that no layout and no logic rule has words for."""


def guide_of(code: str) -> Guide:
    """Return the words for a code; those of the reading and its logic rules say what they found."""
    if code in GUIDES:
        return GUIDES[code]
    if code in RULES:
        rule = RULES[code]
        return Guide(rule.message, NOTICE if rule.severity is Severity.WARNING else COMPARE)
    severity, meaning = MESSAGES.get(code, (Severity.ERROR, ""))
    return Guide(meaning, NOTICE if severity is Severity.WARNING else COMPARE)
