"""The generated pages of the layouts, the logic rules and the findings."""

from plugins.shiryo.reading.findings import MESSAGES, Severity
from plugins.shiryo.reading.form import Form, Item, Presence, forms
from plugins.shiryo.reading.rules import RULES, Rule

NOTE = "<!-- 生成されたページ: 直接書き換えない（juminzei docs build） -->"
_SEVERITY = {Severity.ERROR: "エラー", Severity.WARNING: "注意"}
_PRESENCE = {Presence.REQUIRED: "必須", Presence.OPTIONAL: "", Presence.BLANK: "記録しない"}


def pages() -> dict[str, str]:
    """Path under docs/ to text: one page per layout version, the rules, the findings."""
    found = {f"shiryo/layouts/{form.id}.md": _layout(form) for form in forms().values()}
    return {**found, "shiryo/rules.md": _rules(), "shiryo/findings.md": _findings()}


def _layout(form: Form) -> str:
    lines = [NOTE, f"# {form.title} `{form.id}`", "", f"**根拠** {form.law}", ""]
    lines += [f"**年分** {form.years[0]}～{form.years[1]}、**文字コード** {form.encoding}", "", form.note, ""]
    lines += [f"- **{mark}** {source}" for mark, source in form.sources.items()]
    lines += ["", f"**記録のキー** {'、'.join(form.key)}", ""]
    marks = "、".join(f"{code or '空'}={action}" for code, action in form.actions.items())
    lines += [f"**処理** {marks}", ""]
    lines += [f"- 事実 `{fact}` = {' '.join(names)}" for fact, names in form.facts.items()]
    lines += ["", "| 番号 | 名称 | 識別子 | 型 | 桁 | 必須 | 値 | 出所 |", "|" + " --- |" * 8]
    return "\n".join([*lines, *(_row(item) for item in form.items)]) + "\n"


def _row(item: Item) -> str:
    width = f"{item.least}-{item.most}" if item.least else f"{item.most}"
    codes = " ".join(f"{code}={meaning}" if meaning else code for code, meaning in item.codes.items())
    what = (item.no, item.label, f"`{item.name}`", item.type, width)
    cells = (*what, _PRESENCE[item.presence], codes, item.source)
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _rules() -> str:
    lines = [NOTE, "# 論理チェックの規則", "", f"規則は{len(RULES)}。例の値のとき、規則が指摘する。", ""]
    return "\n".join([*lines, *(line for rule in RULES.values() for line in _rule(rule))]) + "\n"


def _rule(rule: Rule) -> list[str]:
    example = "、".join(f"`{name}` = {value!r}" for name, value in rule.example.items())
    return [
        f"## {rule.id} {rule.message}",
        "",
        f"**扱い** {_SEVERITY[rule.severity]}　**様式** {'、'.join(rule.kinds)}",
        "",
        " ".join((rule.check.__doc__ or "").split()),
        "",
        f"**例** {example}",
        "",
    ]


def _findings() -> str:
    lines = [
        NOTE,
        "# 読取りの指摘",
        "",
        "エラーは記録又はファイルを保留にする。注意は記録とともに取り込む。",
        "",
    ]
    lines += ["| コード | 扱い | 文 |", "| --- | --- | --- |"]
    rows = (f"| `{code}` | {_SEVERITY[how]} | {text} |" for code, (how, text) in MESSAGES.items())
    return "\n".join([*lines, *rows]) + "\n"
