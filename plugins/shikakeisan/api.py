"""What other plug-ins may use of 賦課計算: calculating from facts, due dates, and the errors given."""

from plugins.shikakeisan.engine.evaluate import Population
from plugins.shikakeisan.engine.explain import Node
from plugins.shikakeisan.errors import RuleError
from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.law.calendar import (
    Relief,
    due_dates,
    pension_due_dates,
    relief_grounds,
    salary_due_dates,
)
from plugins.shikakeisan.service import Cause, Outcome, assess, assess_columns, assess_many, compare, explain

__all__ = [
    "Cause",
    "Finding",
    "Node",
    "Outcome",
    "Population",
    "Relief",
    "RuleError",
    "assess",
    "assess_columns",
    "assess_many",
    "compare",
    "due_dates",
    "explain",
    "pension_due_dates",
    "relief_grounds",
    "salary_due_dates",
]
