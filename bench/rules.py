"""Speed of the rules: a million people in one process, beside OpenFisca-Core and the limit of memory.

    uv run python -m bench.rules
    uv run --with openfisca-core python -m bench.rules --openfisca

Rates are people per second of processor time of one core.
"""

import argparse
import importlib
import resource
import time
from collections.abc import Callable

import numpy as np

from bench.rules_people import part, people
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
    *("net_loss_next", "residence_loss_next", "listed_loss_next", "futures_loss_next", "casualty_loss_next"),
)
"""What a city stores; everything that these need is calculated."""
TOWN = 10_000
STEPS = ("age", "salary", "social_insurance")
FACTS = {
    "taxpayer": {"age": 45},
    "salary": 7_200_000,
    "social_insurance": 1_000_000,
    "donation_furusato": 80_000,
    "spouse": {"age": 44, "salary": 1_200_000},
    "dependants": [{"age": 19, "salary": 1_300_000}, {"age": 12}],
}


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Processor time of the best of a few runs: other work on the machine does not count."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def rate(
    population: Population, wanted: tuple[str, ...], block_rows: int = BLOCK_ROWS, repeat: int = 1
) -> float:
    """People per second."""
    order = plan(YEAR, CODE, wanted)
    return population.size / seconds(lambda: evaluate(order, population, block_rows=block_rows), repeat)


def towns(population: Population, wanted: tuple[str, ...]) -> float:
    """People per second when the same people are calculated as towns of ten thousand."""
    order = plan(YEAR, CODE, wanted)
    parts = [part(population, i, min(i + TOWN, population.size)) for i in range(0, population.size, TOWN)]
    return population.size / seconds(lambda: [evaluate(order, town) for town in parts])


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
    large, wanted = people(options.people, 2), SAVED
    columns = len(large.taxpayers) + len(large.relatives)
    print(f"rules {len(plan(YEAR, CODE, wanted).steps)}, columns of facts {columns}")
    high, low = rate(large, wanted, repeat=3), towns(large, wanted)
    print(f"towns of 10,000: {low:,.0f}/s  {options.people:,} at once: {high:,.0f}/s  ratio {low / high:.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    limit = copied(large)
    print(f"NumPy copy of the input: {limit:,.0f}/s  rules/copy {high / limit:.4f}")
    one = seconds(lambda: assess(YEAR, CODE, FACTS, explain=True), 20)
    print(f"one person with the whole explanation: {one * 1000:.1f} ms ({len(RESULTS)} figures)")
    if options.tune:
        for rows in (2048, 4096, 8192, 16384, 32768):
            print(f"block {rows}: {rate(people(100_000, 3), wanted, rows, 2):,.0f}/s")
    if options.openfisca:
        simple = Population(
            large.size,
            {name: large.taxpayers[name] for name in STEPS},
            {},
            np.zeros(large.size + 1, np.int64),
        )
        ours, other = (
            rate(simple, ("income_levy_city",), repeat=3),
            importlib.import_module("bench.rules_openfisca").rate(simple, seconds),
        )
        print(f"salary to levy, ours with every rule on the way: {ours:,.0f}/s")
        print(
            f"salary to levy, OpenFisca-Core in five steps: {other:,.0f}/s  ours/OpenFisca {ours / other:.2f}"
        )


if __name__ == "__main__":
    main()
