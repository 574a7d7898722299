"""Samples of the demonstration city's year, and the queries that show them."""

from collections.abc import Sequence

from core.demo.city import DemoCity, DemoQuery
from core.storage.database import ReadSession
from plugins.atena.api import Moment, persons_by_id
from plugins.shikakeisan.overview import queries

TAX = """
query Tax($number: String!, $year: FiscalYear!) {
  assessment(taxYear: $year, atenaNumber: $number) {
    person { name } outcome payable amounts { label yen law }
    tax: explanation(figure: "annual_total") { ...Step children { ...Step children { ...Step } } }
    salaryIncome: explanation(figure: "salary_income") {
      ...Step children { ...Step children { ...Step children { ...Step } } }
    }
    socialInsurance: explanation(figure: "ded_social") { ...Step children { ...Step } }
  }
}
fragment Step on Figure { label law values origins { kind documentId item rule } }
"""
DOCUMENTS = """
query Documents($number: String!, $year: FiscalYear!) {
  mergedBasis(taxYear: $year, atenaNumber: $number) {
    facts { label value origins { ruleText law item documentId } }
    documents { id kind name birthDate method amounts { name yen } }
  }
}
"""
YEAR = """
query Year($year: FiscalYear!) {
  taxYear(year: $year) {
    stages { label at } outcomes { outcome people } findings { stage findings } blockingItems
  }
  undecidedAssessments(taxYear: $year, first: 5) {
    edges { node { person { atenaNumber name } groundLabel } }
  }
  mergeFindings(taxYear: $year, first: 5) {
    edges { node { code message person { atenaNumber name } others { atenaNumber name } } }
  }
}
"""


async def seed_samples(session: ReadSession, city: DemoCity) -> None:
    """Note the year that was assessed, and somebody whose tax comes from several documents and relatives."""
    found = await queries.telling_assessment(session)
    if found is None:
        return
    tax_year, person_id = found
    people = await persons_by_id(session, [person_id], Moment(city.runtime.clock.today()))
    city.samples["tax_year"] = str(tax_year)
    city.samples["taxpayer"] = people[person_id].atena_number


def demo_queries(city: DemoCity) -> Sequence[DemoQuery]:
    """Offer one person's decided tax with all that it came from, and the year, where one was assessed."""
    if "taxpayer" not in city.samples:
        return []
    year = int(city.samples["tax_year"])
    variables: dict[str, object] = {"number": city.samples["taxpayer"], "year": year}
    return [
        DemoQuery("決定した税額と、その計算の根拠を条文・資料の項目まで見る", "tax_clerk", TAX, variables),
        DemoQuery("その人の資料と、資料から併合した事実を見る", "tax_clerk", DOCUMENTS, variables),
        DemoQuery("年度の進み具合、税額が未決定の人、確認事項を見る", "tax_clerk", YEAR, {"year": year}),
    ]
