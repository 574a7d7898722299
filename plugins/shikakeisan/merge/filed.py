"""What a 確定申告書 states: amounts that are facts, and items that become facts."""

from collections.abc import Iterator, Mapping
from functools import cache

from plugins.shikakeisan.merge.losses import losses_of
from plugins.shikakeisan.merge.papers import Paper, Said
from plugins.shikakeisan.service import parameters

INCOME_FOR = {"salary": ("salary_income", "salary_income"), "pension": ("pension_income", "misc_pension")}
"""Where a return states the income alone, the fact that states it: by revenue, the item and the fact."""
LAND = ("land_short", "land_short_national", "land_long", "land_long_quality", "land_long_residence")
LAND_RULE, TRANSFER_RULE = "land_before_deduction", "transfer_before_deduction"
_ITEMS: Mapping[str, tuple[str, ...]] = {
    "medical_deduction_given": ("medical_deduction",),
}


def said_on_return(paper: Paper, tax_year: int) -> list[Said]:
    """Return everything that a return states for the calculation."""
    land = land_class(paper)
    said: list[Said] = [(fact, yen, fact, "") for fact, yen in paper.amounts.items() if fact != land]
    for fact, items in _ITEMS.items():
        said.append((fact, sum(paper.number(item) for item in items), items[0], ""))
    for revenue, (item, fact) in INCOME_FOR.items():
        if not paper.amounts.get(revenue):
            said.append((fact, paper.number(item), item, ""))
    said += losses_of(paper)
    said += _transfers(paper, tax_year)
    if land:
        special = paper.number("land_special_deduction")
        said.append((f"{land}.revenue", paper.amounts[land] + special, land, LAND_RULE))
        said.append((f"{land}.special_deduction", special, "land_special_deduction", LAND_RULE))
    return said


def land_class(paper: Paper) -> str:
    """Return the one class of land that 特別控除 was taken from; empty where there is none, or several."""
    classes = [fact for fact in LAND if paper.amounts.get(fact)]
    return classes[0] if len(classes) == 1 and paper.number("land_special_deduction") > 0 else ""


def is_land_unclear(paper: Paper) -> bool:
    """Tell whether 特別控除 was taken and nothing tells from which class of land."""
    return paper.number("land_special_deduction") > 0 and not land_class(paper)


def _transfers(paper: Paper, tax_year: int) -> Iterator[Said]:
    """Gains of 総合譲渡 before 特別控除: the first form has them after it, short-term gains first.

    A gain that 特別控除 left nothing of is not seen; it would not change the income.
    """
    left = _special(tax_year)
    for fact in ("transfer_short", "transfer_long"):
        item = f"{fact}_revenue"
        after = paper.number(item)
        if after > 0:
            yield fact, after + left, item, TRANSFER_RULE
            left = 0
        else:
            yield fact, after, item, ""


@cache
def _special(tax_year: int) -> int:
    special = parameters(tax_year)["transfer_special"]
    if not isinstance(special, int):
        raise TypeError("the deduction is one amount")
    return special
