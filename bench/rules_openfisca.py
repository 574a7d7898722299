"""The peer: OpenFisca-Core with a model of five main steps, written by us for this comparison.

Salary income, deductions, taxable base, levy, levy after the adjustment credit. Only for bench.rules.
"""

from collections.abc import Callable

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from plugins.shikakeisan.engine.evaluate import Population

PERSON = build_entity("person", "persons", "A taxpayer", is_person=True)


class OfSalary(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "salary"


class OfSocial(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "social insurance"


class OfIncome(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "salary income"

    def formula(person, period):  # noqa: ANN001, ANN201, N805  # the signature that OpenFisca demands
        salary = person("OfSalary", period)
        return np.maximum(np.where(salary < 8_500_000, salary * 7 // 10 - 80_000, salary - 1_950_000), 0)


class OfDeductions(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "deductions"

    def formula(person, period):  # noqa: ANN001, ANN201, N805  # the signature that OpenFisca demands
        return person("OfSocial", period) + 430_000


class OfTaxable(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "taxable base"

    def formula(person, period):  # noqa: ANN001, ANN201, N805  # the signature that OpenFisca demands
        return np.maximum(person("OfIncome", period) - person("OfDeductions", period), 0) // 1000 * 1000


class OfLevy(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "levy"

    def formula(person, period):  # noqa: ANN001, ANN201, N805  # the signature that OpenFisca demands
        return person("OfTaxable", period) * 6 // 100


class OfAfterCredit(Variable):
    value_type, entity, definition_period, label = int, PERSON, YEAR, "levy after adjustment credit"

    def formula(person, period):  # noqa: ANN001, ANN201, N805  # the signature that OpenFisca demands
        return np.maximum(person("OfLevy", period) - 1_500, 0) // 100 * 100


def rate(population: Population, seconds: Callable[..., float]) -> float:
    """People per second of the five steps."""
    system = TaxBenefitSystem([PERSON])
    for variable in (OfSalary, OfSocial, OfIncome, OfDeductions, OfTaxable, OfLevy, OfAfterCredit):
        system.add_variable(variable)

    def once() -> None:
        simulation = SimulationBuilder().build_default_simulation(system, population.size)
        simulation.set_input("OfSalary", "2025", population.taxpayers["salary"])
        simulation.set_input("OfSocial", "2025", population.taxpayers["social_insurance"])
        assert simulation.calculate("OfAfterCredit", "2025").any()

    return population.size / seconds(once)
