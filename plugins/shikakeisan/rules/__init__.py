"""The law of the individual resident tax, in the law's own order: ``MODULES`` is its table of contents."""

from plugins.shikakeisan.engine.rule import Rule, collect
from plugins.shikakeisan.rules import (
    collection,
    deductions,
    donation,
    housing,
    income,
    insurance,
    levy,
    loss_carry,
    loss_next,
    loss_offset,
    non_taxable,
    pension_collection,
    per_capita,
    personal_difference,
    property_income,
    reduction,
    relatives,
    retirement,
    separate_income,
    tax_credits,
    taxable_base,
    withheld,
)

MODULES = (
    relatives,
    income,
    property_income,
    separate_income,
    loss_offset,
    loss_carry,
    non_taxable,
    deductions,
    insurance,
    taxable_base,
    loss_next,
    levy,
    personal_difference,
    tax_credits,
    housing,
    donation,
    reduction,
    withheld,
    per_capita,
    collection,
    pension_collection,
    retirement,
)

RULES: dict[str, Rule] = collect(MODULES)
"""Every rule by name, in the order of the law."""
