"""What other plug-ins may use of 賦課計算: calculating from facts, and the errors that it gives."""

from plugins.shikakeisan.engine.evaluate import Population
from plugins.shikakeisan.engine.explain import Node
from plugins.shikakeisan.errors import RuleError
from plugins.shikakeisan.facts.findings import Finding
from plugins.shikakeisan.service import Cause, Outcome, assess, assess_columns, assess_many, compare, explain

__all__ = [
    "Cause",
    "Finding",
    "Node",
    "Outcome",
    "Population",
    "RuleError",
    "assess",
    "assess_columns",
    "assess_many",
    "compare",
    "explain",
]
