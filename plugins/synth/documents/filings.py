"""What people file themselves: 確定申告書, 住民税申告書, and the gifts told by 申告特例通知 (one-stop)."""

from collections.abc import Iterator
from datetime import date, timedelta

from plugins.synth.documents import income_tax
from plugins.synth.documents.model import DECLARATION, ONE_STOP, RETURN, Document, Record, given
from plugins.synth.documents.senders import OFFICES, counter, municipality, tax_office
from plugins.synth.documents.view import View
from plugins.synth.people.claims import UNDER_16, relation
from plugins.synth.people.model import MALE, Person
from plugins.synth.people.outgoings import Filing
from plugins.synth.people.places import CITY

BLOCKS_PER_FILE = 20
LISTED = 4
FILING_DAYS = 28
"""確定申告 goes from 16 February to 15 March."""


def filings(view: View, block: int) -> Iterator[Document]:
    """Yield what one person files, or what is told of the person's gifts."""
    part = block // BLOCKS_PER_FILE + 1
    match view.paid.filing:
        case Filing.RETURN:
            yield _document(
                view,
                "r",
                tax_office(view.person.household % OFFICES).folder,
                f"data/koa020_{part:02d}.xml",
                RETURN,
                _return(view),
            )
        case Filing.DECLARATION:
            yield _document(
                view, "s", counter().folder, f"data/shinkoku_{part:02d}.csv", DECLARATION, _declaration(view)
            )
        case Filing.NONE:
            for place, (code, amount) in enumerate(view.paid.donations, 1):
                yield _document(
                    view,
                    f"o{place}",
                    municipality(code).folder,
                    f"data/one_stop_{part:02d}.csv",
                    ONE_STOP,
                    _one_stop(view, code, amount),
                )


def _document(view: View, letter: str, folder: str, file: str, kind: str, record: Record) -> Document:
    number = f"{view.person.serial:08d}-{letter}"
    if kind != RETURN:
        record["document_number"] = number
    return Document(number, view.person.serial, folder, file, kind, given(record))


def _filed_on(view: View) -> date:
    return date(view.plan.year, 2, 16) + timedelta(days=view.person.serial % FILING_DAYS)


def _person(view: View) -> Record:
    person = view.person
    return {
        "income_year": str(view.plan.income_year),
        "my_number": person.my_number,
        "name": person.name,
        "kana": person.kana,
        "birth_date": person.birth.isoformat(),
        "address": person.home.written,
    }


def _return(view: View) -> Record:
    figures, person = view.figures, view.person
    deductions = _return_deductions(view)
    subtotal = sum(int(amount) for amount in deductions.values())
    donation = max(0, view.donations - 2_000)
    total = subtotal + view.medical_deduction + donation
    tax = income_tax.tax(view.return_taxable)
    loan = view.paid.loan
    return {
        **_person(view),
        "filed_on": _filed_on(view).isoformat(),
        "address_january": person.home.written,
        "business_revenue": person.trade.revenue if person.trade else 0,
        "business_income": person.profit,
        "salary": person.salary,
        "salary_income": figures.salary_income,
        "pension": person.pension,
        "pension_income": figures.pension_income,
        "misc_total": figures.pension_income,
        "income_total": figures.total_income,
        **deductions,
        "deductions_subtotal": subtotal,
        "medical_deduction": view.medical_deduction,
        "donation_deduction": donation,
        "deductions_total": total,
        "taxable": view.return_taxable,
        "tax_computed": tax,
        "housing_credit": min(loan.available, tax) if loan else 0,
        "spouse_income": view.spouse_income,
        "donation_furusato": view.donations,
        "single_parent": "1" if view.claims.is_single_parent else "",
        **_premiums(view),
        **_return_relatives(view),
    }


def _return_deductions(view: View) -> Record:
    """Lines 13 to 25."""
    paid, claims = view.paid, view.claims
    single = income_tax.SINGLE_PARENT if claims.is_single_parent else 0
    spouse = income_tax.spouse(claims)
    return {
        "social_insurance": view.social_insurance,
        "life_deduction": income_tax.life(paid),
        "quake_deduction": paid.quake,
        "widow_deduction": single,
        "spouse_deduction": spouse,
        "dependants_deduction": income_tax.relatives(claims) - spouse - single,
        "basic_deduction": view.it_basic,
    }


def _premiums(view: View) -> Record:
    """第二表 (15) and (16): premiums paid, in columns that hold text."""
    paid = view.paid
    premiums = {
        "life_new_general": paid.life_new_general,
        "life_new_pension": paid.life_new_pension,
        "life_care": paid.life_care,
        "quake": paid.quake,
    }
    return {name: str(amount) for name, amount in premiums.items() if amount}


def _return_relatives(view: View) -> Record:
    spouse = view.claims.spouse
    record: Record = {}
    if spouse:
        record = {
            "spouse_name": spouse.name,
            "spouse_number": spouse.my_number,
            "spouse_birth_date": spouse.birth.isoformat(),
        }
    for number, one in enumerate(view.claims.dependants, 1):
        again = "" if number == 1 else f"[{number}]"
        record |= {
            f"dependant_name{again}": one.name,
            f"dependant_number{again}": one.my_number,
            f"dependant_relation{again}": relation(view.person, one),
            f"dependant_birth_date{again}": one.birth.isoformat(),
            f"dependant_under16{again}": "1" if one.age < UNDER_16 else "",
        }
    return record


def _declaration(view: View) -> Record:
    person, paid, claims = view.person, view.paid, view.claims
    earns = bool(person.salary or person.pension or person.trade)
    record: Record = {
        **_person(view),
        "municipality": CITY,
        "filed_on": _filed_on(view).isoformat(),
        "address_january": person.home.written,
        "salary": person.salary,
        "pension": person.pension,
        "social_insurance": view.social_insurance,
        "life_new_general": paid.life_new_general,
        "life_care": paid.life_care,
        "life_new_pension": paid.life_new_pension,
        "quake": paid.quake,
        "single_parent": "1" if claims.is_single_parent else "0",
        "spouse_claimed": "1" if claims.spouse else "0",
        "no_income": "0" if earns else "1",
        "action": "0",
    }
    if claims.spouse:
        kin = "夫" if claims.spouse.sex == MALE else "妻"
        record |= _relative("spouse", claims.spouse, kin, view.spouse_income)
    for place, one in enumerate(claims.dependants[:LISTED], 1):
        record |= _relative(f"dependant_{place}", one, relation(person, one), 0)
    return record


def _relative(place: str, one: Person, kin: str, income: int) -> Record:
    return {
        f"{place}_name": one.name,
        f"{place}_kana": one.kana,
        f"{place}_birth_date": one.birth.isoformat(),
        f"{place}_number": one.my_number,
        f"{place}_relation": kin,
        f"{place}_cohabit": "1",
        f"{place}_income": income,
    }


def _one_stop(view: View, code: str, amount: int) -> Record:
    return {
        **_person(view),
        "municipality": CITY,
        "sender_municipality": code,
        "sex": view.person.sex,
        "donated_on": date(view.plan.income_year, 12, 1 + view.person.serial % 28).isoformat(),
        "donation": amount,
        "donations": 1,
        "action": "0",
    }
