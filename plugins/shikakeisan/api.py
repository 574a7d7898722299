"""What other plug-ins may use of 賦課計算: calculating from facts, decided tax, due dates, and the errors."""

from plugins.shikakeisan.assessment.outcome import Ground
from plugins.shikakeisan.assessment.outcome import Outcome as AssessmentOutcome
from plugins.shikakeisan.assessment.queries import assessments_as_of
from plugins.shikakeisan.assessment.queries import changes_between as assessments_decided_between
from plugins.shikakeisan.assessment.queries import current as assessments_in_force
from plugins.shikakeisan.assessment.service import decide_people
from plugins.shikakeisan.engine.evaluate import Population
from plugins.shikakeisan.engine.explain import Node
from plugins.shikakeisan.errors import RuleError
from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.hooks import Change, Recipient, Reduction
from plugins.shikakeisan.law.calendar import (
    Relief,
    due_dates,
    pension_due_dates,
    relief_grounds,
    salary_due_dates,
)
from plugins.shikakeisan.law.years import known_years
from plugins.shikakeisan.service import Cause, Outcome, assess, assess_columns, assess_many, compare, explain

__all__ = [
    "AssessmentOutcome",
    "Cause",
    "Change",
    "Finding",
    "Ground",
    "Node",
    "Outcome",
    "Population",
    "Recipient",
    "Reduction",
    "Relief",
    "RuleError",
    "assess",
    "assess_columns",
    "assess_many",
    "assessments_as_of",
    "assessments_decided_between",
    "assessments_in_force",
    "compare",
    "decide_people",
    "due_dates",
    "explain",
    "known_years",
    "pension_due_dates",
    "relief_grounds",
    "salary_due_dates",
]
