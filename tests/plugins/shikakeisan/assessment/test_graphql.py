"""Assessments, explanation, history, runs and lists by GraphQL of a whole deployment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from core.clock import JAPAN
from core.identity import demo
from core.jobs.worker import Worker
from core.storage.database import Database
from plugins.atena.tables import person
from schema.testing import House
from tests.plugins.shikakeisan.assessment.conftest import TAX_YEAR, Someone, Year

SALARY = {"salary": 5_000_000, "social_insurance": 700_000, "dependants": [{"age": 17, "cohabit": True}]}
ORIGINS = {
    "salary": [{"document": 71, "item": "payment", "rule": "SALARY_SUM"}],
    "dependants[0]": [{"document": 71, "item": "specific_main", "rule": "RELATIVES"}],
    "social_insurance": [{"decision": 5}],
}
CLERK, CHIEF = "tax_clerk", "tax_chief"
ASSESSMENT = """
query ($number: String!, $year: FiscalYear!, $asOf: Date, $known: DateTime, $figure: String! = "payable") {
  assessment(taxYear: $year, atenaNumber: $number, asOf: $asOf, asKnownAt: $known) {
    revision outcome ground groundLabel payable supersededAt amounts { name yen }
    person { atenaNumber }
    history { revision }
    explanation(figure: $figure) {
      name values origins { path kind documentId item rule decisionId }
      children { name values origins { path kind documentId item rule decisionId }
        children { name stated origins { path kind documentId item rule decisionId } } }
    }
  }
}
"""


@dataclass
class Decided:
    """A deployment in which one person's tax was decided."""

    house: House
    year: Year
    person_id: int
    number: str

    async def ask(self, query: str, role: str = CLERK, **variables: Any) -> Mapping[str, Any]:
        answer = (await self.house.ask(query, role, **variables)).json()
        assert "errors" not in answer, answer
        data: Mapping[str, Any] = answer["data"]
        return data

    async def assessment(self, **variables: Any) -> Any:
        found = await self.ask(ASSESSMENT, number=self.number, year=TAX_YEAR, **variables)
        return found["assessment"]


@pytest.fixture(autouse=True)
def staff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo's people be joined by a chief."""
    department = demo.PEOPLE[0][2]
    monkeypatch.setattr(demo, "PEOPLE", (*demo.PEOPLE, ("900004", "課税　係長", department, CHIEF)))


@pytest.fixture
async def decided(house: House) -> Decided:
    year = Year(house.runtime, house.database)
    async with house.database.read() as session:
        row = (await session.execute(select(person).order_by(person.c.id).limit(1))).one()
    await year.open()
    year.ids = list(range(1, row.id))
    await year.settle(Someone())
    async with house.database.transaction() as session:
        await year.merge(session, row.id, SALARY, [71], ORIGINS)
    await year.run()
    return Decided(house, year, row.id, row.atena_number)


async def test_a_persons_assessment_is_shown_with_its_figures(decided: Decided) -> None:
    found = await decided.assessment()

    (row,) = await decided.year.revisions(decided.person_id)
    assert (found["revision"], found["outcome"], found["ground"]) == (1, "TAXED", "")
    assert (found["payable"], found["supersededAt"]) == (row.payable, None)
    assert {"name": "salary_income", "yen": 3_560_000} in found["amounts"]
    assert found["person"] == {"atenaNumber": decided.number}


@pytest.mark.parametrize(
    ("figure", "leaf", "origin"),
    [
        (
            "salary_income_before_adj",
            "salary",
            {"kind": "document", "documentId": 71, "item": "payment", "rule": "SALARY_SUM"},
        ),
        ("is_minor", "age_1_january", {"kind": "register", "path": "taxpayer.birth"}),
    ],
)
async def test_an_explanation_opens_down_to_the_documents(
    decided: Decided, figure: str, leaf: str, origin: dict[str, Any]
) -> None:
    found = await decided.assessment(figure=figure)

    (fact,) = (child for child in found["explanation"]["children"] if child["name"] == leaf)
    assert [one.items() >= origin.items() for one in fact["origins"]] == [True]


async def test_every_revision_stays_and_is_found_as_of_its_day(decided: Decided) -> None:
    clock = decided.house.runtime.clock
    before = clock.now()
    clock.move(timedelta(days=2))
    await decided.year.remerge(decided.person_id, {"salary": 900_000})
    await decided.year.run()
    clock.move(timedelta(days=-2))  # the token is of today

    now = await decided.assessment()
    then = await decided.assessment(known=before.isoformat())
    on_the_day = await decided.assessment(asOf=before.astimezone(JAPAN).date().isoformat())
    earlier = await decided.assessment(asOf="2020-01-01")

    assert (now["revision"], now["ground"], now["history"]) == (
        2,
        "BELOW_LIMIT",
        [{"revision": 1}, {"revision": 2}],
    )
    assert (then["revision"], on_the_day["revision"], earlier) == (1, 1, None)
    assert then["supersededAt"] is not None


async def test_a_person_has_assessments(decided: Decided) -> None:
    query = "query ($n: String!) { person(atenaNumber: $n) { assessments { taxYear revision } } }"

    found = await decided.ask(query, n=decided.number)

    assert found["person"] == {"assessments": [{"taxYear": TAX_YEAR, "revision": 1}]}


async def test_a_read_enters_the_access_log(decided: Decided, owner_database: Database) -> None:
    await decided.assessment()

    entries = await decided.house.audit(owner_database)
    read = [entry for entry in entries if entry.object_type == "shikakeisan.assessment"]
    assert [(entry.action, list(entry.object_ids)) for entry in read] == [
        ("read", [f"{TAX_YEAR}:{decided.person_id}"])
    ]


async def test_undecided_people_are_listed_by_ground(decided: Decided) -> None:
    await decided.year.remerge(decided.person_id, {**SALARY, "salary_income": 1})
    await decided.year.run()
    query = """query ($year: FiscalYear!, $ground: UndecidedGround) {
      undecidedAssessments(taxYear: $year, ground: $ground) {
        edges { node { ground person { atenaNumber } } }
      }
    }"""

    found = await decided.ask(query, year=TAX_YEAR)
    other = await decided.ask(query, year=TAX_YEAR, ground="NO_DOCUMENT")

    node = {"ground": "FACTS_INVALID", "person": {"atenaNumber": decided.number}}
    assert found["undecidedAssessments"]["edges"] == [{"node": node}]
    assert other["undecidedAssessments"]["edges"] == []


async def test_a_run_is_started_and_its_differences_are_seen_by_cause(decided: Decided) -> None:
    start = """mutation ($year: FiscalYear!) {
      startAssessmentRun(taxYear: $year, kind: SHADOW, municipality: "141003") { jobId }
    }"""
    job = (await decided.ask(start, CHIEF, year=TAX_YEAR))["startAssessmentRun"]["jobId"]
    await Worker(decided.house.runtime, decided.house.database).work_once()
    query = """query ($year: FiscalYear!) { assessmentRuns(taxYear: $year, first: 1) { edges { node {
      jobId kind comparedWith counts causes { cause label people annualTotal }
      differences { edges { node { cause figures person { atenaNumber } } } }
    } } } }"""

    found = await decided.ask(query, year=TAX_YEAR)

    run = found["assessmentRuns"]["edges"][0]["node"]
    assert (run["jobId"], run["kind"], run["comparedWith"]) == (job, "SHADOW", "141003")
    assert run["counts"]["different"] == 1
    assert sum(cause["people"] for cause in run["causes"]) == 1
    (edge,) = run["differences"]["edges"]
    assert edge["node"]["person"] == {"atenaNumber": decided.number}


@pytest.mark.parametrize(
    "query",
    [
        f'{{ assessment(taxYear: {TAX_YEAR}, atenaNumber: "1") {{ revision }} }}',
        f"{{ assessmentRuns(taxYear: {TAX_YEAR}) {{ edges {{ node {{ id }} }} }} }}",
    ],
)
async def test_others_see_nothing(decided: Decided, query: str) -> None:
    roles = [role for role in decided.house.people if "tax" not in role]

    answers = [(await decided.house.ask(query, role)).json() for role in roles]

    assert [answer["errors"][0]["extensions"]["code"] for answer in answers] == ["FORBIDDEN"] * len(roles)
    assert roles


async def test_a_clerk_starts_no_run(decided: Decided) -> None:
    start = f"mutation {{ startAssessmentRun(taxYear: {TAX_YEAR}) {{ jobId }} }}"

    answer = (await decided.house.ask(start, CLERK)).json()

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_nobody_revises_decided_tax_by_a_run(decided: Decided) -> None:
    start = f"mutation {{ startAssessmentRun(taxYear: {TAX_YEAR}) {{ jobId }} }}"

    answer = (await decided.house.ask(start, CHIEF)).json()

    assert answer["errors"][0]["extensions"]["code"] == "YEAR_ALREADY_ASSESSED"


async def test_a_figure_that_the_rules_no_longer_give_is_not_explained(
    decided: Decided, owner_database: Database
) -> None:
    async with owner_database.transaction() as session:
        await session.execute(text("UPDATE shikakeisan.assessment SET payable = payable + 100"))

    answer = await decided.house.ask(ASSESSMENT, CLERK, number=decided.number, year=TAX_YEAR)

    assert answer.json()["errors"][0]["extensions"]["code"] == "REVISION_NOT_REPRODUCED"
