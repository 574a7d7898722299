"""住宅借入金等特別税額控除: the slip tells the house, the return or the slip the income tax."""

from collections.abc import Mapping, Sequence
from typing import Any

from plugins.shikakeisan.merge.book import Book
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.papers import SALARY, TAX_RETURN, Paper

RULE = "housing_of_slip"
_YEAR, _MONTH = len("2020"), len("2020-04")
LONGEST = 16
"""控除期間 is 15 years at most (租税特別措置法41条); an earlier year is one that was written wrongly."""


def gather_housing(book: Book, papers: Sequence[Paper], merged: Merged) -> None:
    """State the loan, where the income tax may have left something of the credit."""
    slip = next(
        (paper for paper in papers if paper.kind == SALARY and paper.number("housing_available")), None
    )
    filed = papers[0] if papers and papers[0].kind == TAX_RETURN else None
    if slip is None:
        if filed is not None and _may_be_left(filed):
            merged.find("HOUSING_INCOMPLETE", [filed.id])
        return
    if RULE not in book.rules or slip.items.get("housing_1_kind") in book.codes.without_credit:
        return
    move_in = str(slip.items.get("housing_1_on", ""))
    kind = str(slip.items.get("housing_1_kind", ""))
    is_old = int(move_in[:_YEAR] or 0) < book.tax_year - LONGEST
    if is_old or len(move_in) < _MONTH or not kind or not (filed or slip.is_adjusted):
        merged.find("HOUSING_INCOMPLETE", [slip.id])
        return
    if slip.number("housing_count") > 1:
        merged.find("HOUSING_TWICE", [slip.id])
    _house(book, slip, move_in[:_MONTH], kind, merged)
    paper, tax = (filed, _by_return(filed)) if filed is not None else (slip, _by_slip(book, slip))
    rule = "housing_income_tax_of_return" if filed is not None else "housing_income_tax_of_slip"
    for name, (item, amount) in tax.items():
        merged.give(f"housing_loan.{name}", amount, paper.id, item, rule)
    basic = (filed.number("basic_deduction") if filed else 0) or slip.number("basic_deduction")
    if basic:
        merged.give("housing_loan.it_basic", basic, paper.id, "basic_deduction", rule)


def _house(book: Book, slip: Paper, move_in: str, kind: str, merged: Merged) -> None:
    specified = any(kind in one.kinds and move_in <= one.until for one in book.codes.specified_housing)
    for name, value, item in (
        ("move_in", move_in, "housing_1_on"),
        ("specified_acquisition", specified, "housing_1_kind"),
        ("available", slip.number("housing_available"), "housing_available"),
    ):
        merged.give(f"housing_loan.{name}", value, slip.id, item, RULE)


def _by_slip(book: Book, slip: Paper) -> Mapping[str, tuple[str, Any]]:
    taxable = max(slip.number("salary_income") - slip.number("deductions_total"), 0) // 1_000 * 1_000
    return {
        "it_tax": ("deductions_total", book.brackets.tax(taxable)),
        "it_taxable": ("deductions_total", taxable),
    }


def _by_return(filed: Paper) -> Mapping[str, tuple[str, Any]]:
    """The tax before this credit, and after 配当控除, which comes before it."""
    tax = max(filed.number("tax_computed") - filed.number("dividend_credit"), 0)
    taxable = filed.number("taxable")
    if "taxable" not in filed.items:
        taxable = max(filed.number("income_total") - filed.number("deductions_total"), 0) // 1_000 * 1_000
    return {"it_tax": ("tax_computed", tax), "it_taxable": ("taxable", taxable)}


def _may_be_left(filed: Paper) -> bool:
    """Tell whether the credit took the whole income tax: then there may be more of it than a return shows."""
    credit = filed.number("housing_credit")
    return bool(credit) and credit >= filed.number("tax_computed") - filed.number("dividend_credit")
