"""The generated pages of the rules: label, article, text, inputs, and the years in which their tables
differ."""

from collections import defaultdict

from plugins.shikakeisan.engine.rule import RELATIVES, Rule
from plugins.shikakeisan.facts.vocabulary import COLUMNS
from plugins.shikakeisan.law.difference import years_of_change
from plugins.shikakeisan.law.municipalities import FIGURES
from plugins.shikakeisan.law.years import known_years, load_year
from plugins.shikakeisan.rules import MODULES, RULES

_NOTE = "<!-- 生成されたページ: 直接書き換えない -->"


def rule_pages() -> dict[str, str]:
    """Path under docs/ to text: an index, and one page per file of rules with every rule under its name."""
    pages = defaultdict(list)
    for rule in RULES.values():
        pages[rule.module.rpartition(".")[2]].append(rule)
    index = [_NOTE, "# 規則", "", f"規則は {len(RULES)}。ファイルは法律の順に並ぶ。", ""]
    titles = {module.__name__.rpartition(".")[2]: _title(module.__doc__ or "") for module in MODULES}
    index += [f"- [{titles[name]}]({name}.md)（{len(rules)}）" for name, rules in pages.items()]
    found = {f"rules/{name}.md": _page(titles[name], rules) for name, rules in pages.items()}
    return {"rules/index.md": "\n".join(index) + "\n", **found}


def _title(docstring: str) -> str:
    return " ".join(docstring.split("\n\n", maxsplit=1)[0].split()).rstrip(".")


def _page(title: str, rules: list[Rule]) -> str:
    return "\n".join([_NOTE, f"# {title}", "", *(line for rule in rules for line in _section(rule))])


def _section(rule: Rule) -> list[str]:
    tables = tuple(name for name in rule.parameters if name in _labels())
    differs = years_of_change(tables)
    lines = [
        f"## {rule.label} `{rule.name}`",
        "",
        f"**根拠** {rule.law}",
        "",
        " ".join(rule.text.split()),
        "",
    ]
    inputs = [_input(name) for name in rule.parameters if name != RELATIVES]
    lines += ["**入力** " + ("、".join(inputs) or "なし"), ""]
    return [*lines, f"**表が変わった年度** {'、'.join(differs)}", ""] if differs else lines


def _input(name: str) -> str:
    if name in RULES:
        return f"[{RULES[name].label}]({RULES[name].module.rpartition('.')[2]}.md)"
    if name in COLUMNS:
        return f"事実「{COLUMNS[name].label}」"
    if name in FIGURES:
        return f"団体の値 `{name}`"
    return f"年度の表「{_labels().get(name, '所得割の標準税率')}」"


def _labels() -> dict[str, str]:
    return {name: entry.label for year in known_years() for name, entry in load_year(year).entries.items()}
