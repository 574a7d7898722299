"""What the documents of a person state together, in the words of 賦課計算 (shared vocabulary of facts)."""

from typing import Any

from plugins.synth.documents.view import View
from plugins.synth.people.claims import relation
from plugins.synth.people.model import MALE, Person


def facts_of(view: View) -> dict[str, Any]:
    """Return the facts of one person: `juminzei calc` gives the tax for them."""
    person, paid = view.person, view.paid
    facts: dict[str, Any] = {
        "salary": person.salary,
        "pension": person.pension,
        "business": person.profit,
        "social_insurance": view.social_insurance,
        "life_new_general": paid.life_new_general,
        "life_new_pension": paid.life_new_pension,
        "life_care": paid.life_care,
        "quake": paid.quake,
        "medical_deduction_given": view.medical_deduction if view.files_return else 0,
        "donation_furusato": view.donations,
        "one_stop": paid.one_stop,
    }
    stated = {name: value for name, value in facts.items() if value}
    return {"taxpayer": {"birth": person.birth.isoformat()}, **stated, **_relatives(view), **_housing(view)}


def _relatives(view: View) -> dict[str, Any]:
    claims = view.claims
    facts: dict[str, Any] = {}
    if claims.spouse:
        facts["spouse"] = {"age": claims.spouse.age, "cohabit": True}
        if view.spouse_income:
            facts["spouse"]["total_income"] = view.spouse_income
    if claims.is_single_parent:
        facts["single_parent"] = "father" if view.person.sex == MALE else "mother"
    if claims.dependants:
        facts["dependants"] = [_dependant(view.person, one) for one in claims.dependants]
    return facts


def _dependant(claimant: Person, one: Person) -> dict[str, Any]:
    facts: dict[str, Any] = {"age": one.age, "relation": relation(claimant, one), "cohabit": True}
    return facts | {
        name: amount for name, amount in (("salary", one.salary), ("pension", one.pension)) if amount
    }


def _housing(view: View) -> dict[str, Any]:
    loan = view.paid.loan
    if loan is None:
        return {}
    return {
        "housing_loan": {
            "move_in": f"{loan.year}-{loan.month:02d}",
            "specified_acquisition": True,
            "available": loan.available,
            "it_tax": view.final_tax,
            "it_taxable": view.final_taxable,
            "it_basic": view.it_basic,
        }
    }
