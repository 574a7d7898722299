"""給与支払報告書 and 公的年金等支払報告書 of one person."""

from collections.abc import Iterator, Sequence
from datetime import date

from plugins.synth.documents import income_tax
from plugins.synth.documents.kana import half_width
from plugins.synth.documents.model import PENSION, SALARY, Document, Record, era, given
from plugins.synth.documents.senders import Sender, employer, pension_fund
from plugins.synth.documents.view import View
from plugins.synth.people.claims import ELDERLY, SPECIFIC_FROM, SPECIFIC_UNTIL, Claims
from plugins.synth.people.model import Annuity, Job, Person
from plugins.synth.people.places import CITY

BLOCKS_PER_FILE = 20
"""A payer of pensions sends a new file for every so many blocks of people: no file grows with the city."""
LISTED, LISTED_BY_FUND = 4, 2
NUMBERLESS = 13
"""One slip of so many has no My Number: the payer has not been told it."""
HOUSING_KIND = "11"


def salary_slips(view: View) -> Iterator[Document]:
    """Yield the slips of all employers; only the main one states deductions."""
    for place, job in enumerate(view.person.jobs, 1):
        sender = employer(job.employer)
        record = {**_payer(sender), **_recipient(view), **_pay(view, job)}
        record["recipient_number"] = document = f"{view.person.serial:08d}-{place}"
        record["designation_number"] = sender.code
        yield Document(document, view.person.serial, sender.folder, "data/315.csv", SALARY, given(record))


def pension_slips(view: View, block: int) -> Iterator[Document]:
    """Yield the slips of all payers of pensions."""
    for place, annuity in enumerate(view.person.annuities, 1):
        sender = pension_fund(annuity.fund)
        record = {**_payer(sender), **_recipient(view), **_annuity(view, annuity, place)}
        record["kana"] = str(record["kana"])[:30]
        document = f"{view.person.serial:08d}-p{place}"
        file = f"data/377_{block // BLOCKS_PER_FILE + 1:02d}.csv"
        yield Document(document, view.person.serial, sender.folder, file, PENSION, given(record))


def _payer(sender: Sender) -> Record:
    return {
        "payer_address": sender.address,
        "payer_name": sender.name,
        "payer_number": sender.corporate_number,
        "correction": "0",
    }


def _recipient(view: View) -> Record:
    person = view.person
    code, year = era(person.birth)
    return {
        "income_year": f"{view.plan.income_year - 2018:02d}",
        "address": person.home.written,
        "overseas": "0",
        "name": person.name,
        "kana": half_width(person.kana),
        "birth_era": code,
        "birth_year": f"{year:02d}",
        "birth_month": f"{person.birth.month:02d}",
        "birth_day": f"{person.birth.day:02d}",
        "my_number": "" if has_no_number(person) else f"0{person.my_number}",
    }


def has_no_number(person: Person) -> bool:
    """Tell whether the payers of this person do not know the My Number."""
    return person.serial % NUMBERLESS == 0


def _pay(view: View, job: Job) -> Record:
    record: Record = {
        "category": "給料・賞与",
        "payment": job.pay,
        "social_insurance": job.social_insurance,
        "secondary_column": "0" if job.is_main else "1",
        "municipality": CITY,
        "tax_withheld": job.pay * 3_063 // 100_000,
        "ordinary_collection": "0" if job.is_main else "1",
        "scope": "2",
    }
    return {**record, **_adjusted(view)} if job.is_main and view.is_adjusted else record


def _adjusted(view: View) -> Record:
    """What the year-end adjustment adds; the tax that is left is withheld."""
    paid, figures, claims = view.paid, view.figures, view.claims
    spouse = claims.spouse
    record: Record = {
        "salary_income": figures.slip_income,
        "deductions_total": view.it_deductions,
        "tax_withheld": income_tax.with_surtax(view.it_tax - view.loan_credit),
        "spouse_claimed": "1" if spouse else "2",
        "spouse_elderly": "1" if spouse and spouse.age >= ELDERLY else "0",
        "spouse_deduction": income_tax.spouse(claims),
        "life_deduction": income_tax.life(paid),
        "quake_deduction": paid.quake,
        "spouse_income": view.spouse_income,
        "life_new_general": paid.life_new_general,
        "life_care": paid.life_care,
        "life_new_pension": paid.life_new_pension,
        "basic_deduction": view.it_basic,
        "income_adjustment": figures.slip_adjustment,
        "single_parent": "1" if claims.is_single_parent else "0",
    }
    return {**record, **_housing(view), **_spouse(claims), **relatives_of(claims)}


def _housing(view: View) -> Record:
    loan = view.paid.loan
    if loan is None:
        return {}
    return {
        "housing_credit": view.loan_credit,
        "housing_count": 1,
        "housing_available": loan.available,
        "housing_1_kind": HOUSING_KIND,
        "housing_1_year": f"{era(date(loan.year, loan.month, 1))[1]:02d}",
        "housing_1_month": f"{loan.month:02d}",
        "housing_1_day": "01",
        "housing_1_balance": loan.balance,
    }


def _annuity(view: View, annuity: Annuity, place: int) -> Record:
    old = "band_3_payment" if annuity.fund == 0 else "band_7_payment"
    record: Record = {old: annuity.amount, "social_insurance": annuity.social_insurance}
    if place > 1 or not view.claims_by_pension:
        return record
    claims = view.claims
    elderly = claims.spouse is not None and claims.spouse.age >= ELDERLY
    old_ones, young = len(claims.aged(ELDERLY, 150)), len(claims.aged(SPECIFIC_FROM, SPECIFIC_UNTIL))
    return {
        **record,
        "spouse_claimed": "3" if elderly else "1" if claims.spouse else "2",
        "elderly_count": old_ones,
        "specific_count": young,
        "other_count": len(claims.deductible) - old_ones - young,
        "under16_count": len(claims.under_16),
        "single_parent": "1" if claims.is_single_parent else "0",
        **_spouse(claims),
        **_listed(claims.deductible, "dependant", LISTED_BY_FUND),
    }


def relatives_of(claims: Claims) -> Record:
    """Return the dependants of a salary slip: counts by kind, names and numbers of the first four."""
    young, old = claims.aged(SPECIFIC_FROM, SPECIFIC_UNTIL), claims.aged(ELDERLY, 150)
    return {
        "specific_main": len(young),
        "elderly_main": len(old),
        "elderly_cohabiting": len(old),
        "other_main": len(claims.deductible) - len(young) - len(old),
        "under16_count": len(claims.under_16),
        **_listed(claims.deductible, "dependant", LISTED),
        **_listed(claims.under_16, "under16", LISTED),
    }


def _listed(people: Sequence[Person], place: str, most: int) -> Record:
    record: Record = {}
    for number, one in enumerate(people[:most], 1):
        record |= _named(f"{place}_{number}", one)
    return record


def _spouse(claims: Claims) -> Record:
    return _named("spouse", claims.spouse) if claims.spouse else {}


def _named(place: str, person: Person) -> Record:
    return {
        f"{place}_kana": person.kana,
        f"{place}_name": person.name,
        f"{place}_residence": "00",
        f"{place}_number": f"0{person.my_number}",
    }
