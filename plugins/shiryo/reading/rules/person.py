"""Rules on the person of whom any document speaks."""

from plugins.shiryo.reading.rules.rule import rule

OLDEST = 120

EVERYBODY = (
    "salary_report",
    "pension_report",
    "tax_return",
    "resident_return",
    "one_stop_notice",
    "withheld_levy",
    "punched_slip",
)


@rule(
    "PER-01",
    "生年月日が年分より後です。",
    *EVERYBODY,
    example={"birth": "2025-04-01", "year": 2024},
)
def born_by_then(birth: str, year: int) -> bool:
    """Nobody has income before the year of birth."""
    return not birth or int(birth[:4]) <= year


@rule(
    "PER-02",
    "生年月日によると120歳を超えています。元号を確認してください。",
    *EVERYBODY,
    warning=True,
    example={"birth": "1899-04-01", "year": 2024},
)
def plausible_age(birth: str, year: int) -> bool:
    """An era keyed wrongly moves a birth date by decades."""
    return not birth or year - int(birth[:4]) <= OLDEST
