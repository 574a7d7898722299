"""What is not there: one thing asked for is null; a list of it, and a change to it, is refused by name."""

from collections.abc import Mapping
from typing import Any

import pytest

from schema.testing import House
from tests.plugins.shikakeisan.base.conftest import City
from tests.plugins.shikakeisan.overview.conftest import code_of, data

LISTS_OF_A_YEAR = {
    "basePeople": "edges { node { standing } }",
    "circumstanceProposals": "edges { node { id } }",
    "baseFindings": "edges { node { id } }",
    "mergeFindings": "edges { node { id } }",
    "mergeFindingCounts": "code",
    "undecidedAssessments": "edges { node { ground } }",
    "assessmentRuns": "edges { node { id } }",
    "correctionProposals": "edges { node { id } }",
    "correctionBatches": "edges { node { id } }",
    "contactSlips": "edges { node { id } }",
    "dependantChecks": "edges { node { documents } }",
    "dependantCheckCounts": "people",
    "inquiries": "edges { node { id } }",
    "returnFormCount": "people",
    "returnFormRuns": "edges { node { id } }",
}
LISTS_OF_A_PERSON = {
    "baseHistory": ("taxYear: 2026, ", "standing"),
    "factDecisions": ("taxYear: 2026, ", "id"),
    "assessmentHistory": ("taxYear: 2026, ", "revision"),
    "correctionsOfPerson": ("taxYear: 2026, ", "id"),
    "inquiriesAboutPerson": ("taxYear: 2026, ", "id"),
    "returnFormsOfPerson": ("", "number"),
}
ONE_THING = {
    "taxYear(year: 2031)": "state",
    'basePerson(taxYear: 2026, atenaNumber: "99")': "standing",
    'mergedBasis(taxYear: 2026, atenaNumber: "99")': "mergeVersion",
    'assessment(taxYear: 2026, atenaNumber: "99")': "revision",
    "assessmentRun(runId: 99)": "id",
    "correctionProposal(proposalId: 99)": "id",
    "correctionBatch(batchId: 99)": "id",
    "inquiry(inquiryId: 99)": "id",
}
CHANGES = {
    ("tax_chief", "YEAR_NOT_OPEN"): (
        "startMerge(taxYear: 2031) { jobId }",
        "startAssessmentRun(taxYear: 2031) { jobId }",
        'proposeLateDocuments(taxYear: 2031, reason: "期限後")',
        """planCorrectionBatch(input: {taxYear: 2031, kind: "ex_officio", reason: "誤り",
            receivedOn: "2026-06-01", selection: {byRules: true}, changes: {}}) { id }""",
        "makeReturnForms(input: {taxYear: 2031, expectedCount: 1}) { id }",
        "makeInquiries(input: {taxYear: 2031}) { inquiries { id } }",
    ),
    ("tax_chief", "NOT_FOUND"): (
        "approveCircumstance(proposalId: 99, expectedVersion: 1) { id }",
        "confirmMergeFindingClosing(findingId: 99, expectedVersion: 1) { id }",
        "approveFactDecision(decisionId: 99) { id }",
        "approveTaxCorrection(proposalId: 99, expectedVersion: 1) { isApproved }",
        "signOffCorrectionBatch(batchId: 99, expectedVersion: 1) { id }",
        "confirmInquiryReply(replyId: 99, expectedVersion: 1) { id }",
    ),
}


async def codes(desk: House, asked: Mapping[str, str], **variables: Any) -> Mapping[str, str]:
    return {name: await code_of(desk, query, **variables) for name, query in asked.items()}


async def test_a_list_of_a_year_that_is_not_open_is_refused(city: City, desk: House) -> None:
    await city.freeze()
    asked = {
        field: f"query($year: FiscalYear!) {{ {field}(taxYear: $year) {{ {shown} }} }}"
        for field, shown in LISTS_OF_A_YEAR.items()
    }

    assert await codes(desk, asked, year=2031) == dict.fromkeys(LISTS_OF_A_YEAR, "YEAR_NOT_OPEN")
    for field, query in asked.items():
        assert list(await data(desk, query, year=2026)) == [field]


async def test_a_list_about_nobody_known_is_refused(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    await city.freeze()
    asked = {
        field: f"query($who: String!) {{ {field}({year}atenaNumber: $who) {{ {shown} }} }}"
        for field, (year, shown) in LISTS_OF_A_PERSON.items()
    }

    assert await codes(desk, asked, who="99") == dict.fromkeys(LISTS_OF_A_PERSON, "NOT_FOUND")
    found = {field: len((await data(desk, query, who="1"))[field]) for field, query in asked.items()}
    assert found == {**dict.fromkeys(LISTS_OF_A_PERSON, 0), "baseHistory": 1}


async def test_a_list_about_somebody_in_a_year_that_is_not_open_is_refused(city: City, desk: House) -> None:
    await city.feed(city.arrival("1"))
    asked = {
        field: f'{{ {field}(taxYear: 2031, atenaNumber: "1") {{ {shown} }} }}'
        for field, (year, shown) in LISTS_OF_A_PERSON.items()
        if year
    }

    assert await codes(desk, asked) == dict.fromkeys(asked, "YEAR_NOT_OPEN")


async def test_one_thing_that_is_not_there_is_null(city: City, desk: House) -> None:
    await city.freeze()

    found = {
        asked: await data(desk, f"{{ it: {asked} {{ {shown} }} }}") for asked, shown in ONE_THING.items()
    }

    assert found == {asked: {"it": None} for asked in ONE_THING}


@pytest.mark.parametrize(("role", "code"), list(CHANGES))
async def test_a_change_to_what_is_not_there_is_refused(
    city: City, desk: House, role: str, code: str
) -> None:
    await city.freeze()

    found = {change: await code_of(desk, f"mutation {{ {change} }}", role) for change in CHANGES[role, code]}

    assert found == dict.fromkeys(CHANGES[role, code], code)
