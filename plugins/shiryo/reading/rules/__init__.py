"""The logic rules of the documents: one file per kind of document, loaded here in the order of the pages."""

from plugins.shiryo.reading.rules import pension, person, returns, salary, salary_people, slips
from plugins.shiryo.reading.rules.rule import RULES, Rule, rules_of

MODULES = (person, salary, salary_people, pension, slips, returns)

__all__ = ["MODULES", "RULES", "Rule", "rules_of"]
