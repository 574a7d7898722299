"""Speed of the rules: a million people in one process, beside OpenFisca-Core and the limit of memory.

uv run python bench/rules.py                 people per second, memory, one person with its explanation
uv run --with openfisca-core python bench/rules.py --openfisca    the same, with the five-step model
beside it
"""

import argparse
import importlib
import resource
import time
from collections.abc import Callable

import numpy as np

from bench.rules_people import people
from plugins.shikakeisan.engine.evaluate import BLOCK_ROWS, Population, evaluate
from plugins.shikakeisan.service import RESULTS, assess, plan

YEAR, CODE = 2026, "331007"
SAVED = (
    *("total_income_all", "total_income", "ded_total", "taxable", "gross_city", "gross_pref"),
    *("adj_city", "adj_pref", "dividend_credit_city", "dividend_credit_pref", "housing_credit_city"),
    *("housing_credit_pref", "donation_credit_city", "donation_credit_pref", "choseisochi_reduction"),
    *("teigaku_total", "income_levy_city", "income_levy_pref", "percap_city", "percap_pref", "forest"),
    *("city_total", "pref_total", "annual_total", "payable", "refund", "ordinary_instalments"),
    *("salary_months", "pension_provisional", "pension_main", "retire_total", "teigaku_unused"),
    *("net_loss_next", "listed_loss_next"),
)
"""What a city stores; everything that these need is calculated."""
FACTS = {
    "taxpayer": {"age": 45},
    "salary": 7_200_000,
    "social_insurance": 1_000_000,
    "donation_furusato": 80_000,
    "spouse": {"age": 44, "salary": 1_200_000},
    "dependants": [{"age": 19, "salary": 1_300_000}, {"age": 12}],
}


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Best of a few runs."""
    best = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def rate(
    population: Population, wanted: tuple[str, ...], block_rows: int = BLOCK_ROWS, repeat: int = 1
) -> float:
    """People per second."""
    order = plan(YEAR, CODE, wanted)
    return population.size / seconds(lambda: evaluate(order, population, block_rows=block_rows), repeat)


def copied(population: Population) -> float:
    """People per second of a plain copy of the input columns: the limit of memory bandwidth."""
    columns = [*population.taxpayers.values(), *population.relatives.values()]
    return population.size / seconds(lambda: [np.copy(column) for column in columns])


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int, default=1_000_000)
    arguments.add_argument("--openfisca", action="store_true")
    arguments.add_argument("--tune", action="store_true", help="try other block sizes")
    options = arguments.parse_args()
    small, large = people(10_000, 1), people(options.people, 2)
    wanted = SAVED
    print(f"rules {len(plan(YEAR, CODE).steps)}, facts {len(large.taxpayers) + len(large.relatives)} columns")
    low, high = rate(small, wanted, repeat=10), rate(large, wanted)
    print(f"stored figures: 10k {low:,.0f}/s  {options.people:,} {high:,.0f}/s  ratio {low / high:.2f}")
    limit = copied(large)
    print(f"NumPy copy of the input: {limit:,.0f}/s  rules/copy {high / limit:.4f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    one = seconds(lambda: assess(YEAR, CODE, FACTS, explain=True), 20)
    print(f"one person with the whole explanation: {one * 1000:.1f} ms ({len(RESULTS)} figures)")
    if options.tune:
        for rows in (2048, 4096, 8192, 16384, 32768):
            print(f"block {rows}: {rate(people(100_000, 3), wanted, rows, 2):,.0f}/s")
    if options.openfisca:
        other = importlib.import_module("bench.rules_openfisca").rate(large)
        print(f"OpenFisca-Core, five steps: {other:,.0f}/s  ours/OpenFisca {high / other:.2f}")


if __name__ == "__main__":
    main()
