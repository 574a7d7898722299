"""What relatives earn by their own documents, held against what their claimants say."""

from collections.abc import Mapping, Sequence

from plugins.shikakeisan.facts.columns import population
from plugins.shikakeisan.facts.validate import Person
from plugins.shikakeisan.law.municipalities import STANDARD
from plugins.shikakeisan.merge.gathered import Facts, Merged
from plugins.shikakeisan.merge.household import TOTAL
from plugins.shikakeisan.merge.people import KinOf
from plugins.shikakeisan.merge.relatives import fact_at
from plugins.shikakeisan.merge.stated import EMPLOYEE, SPOUSE
from plugins.shikakeisan.service import assess_columns, parameters, read_facts


def total_incomes(tax_year: int, facts: Mapping[int, Facts]) -> Mapping[int, int]:
    """Return 合計所得金額 by person; who has contradictory facts is left out."""
    read = {person_id: read_facts(tax_year, one) for person_id, one in facts.items()}
    people = {person_id: one for person_id, one in read.items() if isinstance(one, Person)}
    if not people:
        return {}
    incomes = assess_columns(tax_year, STANDARD, population(list(people.values())), (TOTAL,))[TOTAL]
    return dict(zip(people, incomes.tolist(), strict=True))


def income_limit(tax_year: int) -> int:
    """Return the 合計所得金額 up to which somebody can be a 扶養親族 or 同一生計配偶者."""
    limit = parameters(tax_year)["relative_income_limit"]
    if not isinstance(limit, int):
        raise TypeError("the limit is one amount")
    return limit


def compare_incomes(
    tax_year: int, merged: Merged, kin: KinOf, documents: Mapping[int, Sequence[int]]
) -> None:
    """Find relatives whose own documents show more than the limit, with the documents of both sides."""
    limit = income_limit(tax_year)
    incomes = {one.person_id: one.income for one in kin.values() if one.income is not None}
    for claim in merged.claims:
        income = incomes.get(claim.relative_id or 0, 0)
        if income <= limit or claim.relative_id is None or claim.role == EMPLOYEE:
            continue
        is_spouse = claim.role == SPOUSE
        if _stated(merged, claim.path) == income and not _is_own(merged, claim.path):
            continue
        papers = [*documents.get(claim.relative_id, ())]
        merged.find(
            "SPOUSE_INCOME" if is_spouse else "DEPENDANT_INCOME",
            papers if claim.document_id is None else [claim.document_id, *papers],
            [claim.relative_id],
            path=claim.path,
        )


def _stated(merged: Merged, path: str) -> int:
    return int(fact_at(merged, path).get("total_income", 0))


def _is_own(merged: Merged, path: str) -> bool:
    return any("document" not in origin for origin in merged.origins.get(f"{path}.total_income", ()))
