"""Everything about one taxpayer that a document or the facts need, side by side."""

from dataclasses import dataclass
from functools import cached_property

from plugins.synth.block import Block
from plugins.synth.documents import income_tax
from plugins.synth.people.claims import Claims
from plugins.synth.people.figures import Figures
from plugins.synth.people.model import Person
from plugins.synth.people.outgoings import Filing, Outgoings, is_adjusted
from plugins.synth.plan import Plan


@dataclass(frozen=True)
class View:
    """A person with claims, payments and figures."""

    plan: Plan
    person: Person
    claims: Claims
    paid: Outgoings
    figures: Figures
    spouse_income: int

    @property
    def is_adjusted(self) -> bool:
        """Tell whether the main employer made the year-end adjustment."""
        return is_adjusted(self.person)

    @property
    def claims_by_pension(self) -> bool:
        """Tell whether relatives are claimed from the payer of a pension: there is no employer to tell."""
        return not self.person.jobs

    @cached_property
    def it_deductions(self) -> int:
        """Deductions of the income tax that the employer knows of."""
        main = self.person.jobs[0]
        return (
            main.social_insurance
            + income_tax.life(self.paid)
            + self.paid.quake
            + income_tax.relatives(self.claims)
            + self.it_basic
        )

    @property
    def it_basic(self) -> int:
        """基礎控除 of the income tax."""
        return income_tax.basic(self.plan.income_year, self.figures.total_income)

    @property
    def it_tax(self) -> int:
        """Income tax before credits."""
        return income_tax.tax(self.it_taxable)

    @property
    def it_taxable(self) -> int:
        """課税総所得金額 of the income tax by the slip."""
        return max(0, self.figures.slip_income - self.it_deductions) // 1_000 * 1_000

    @property
    def loan_credit(self) -> int:
        """住宅借入金等特別控除 that the income tax of the slip has room for."""
        loan = self.paid.loan
        return min(loan.available, self.it_tax) if loan else 0

    @property
    def return_deductions(self) -> int:
        """Deductions of the income tax by the return, 医療費控除 and 寄附金控除 left out."""
        paid = self.paid
        kin = income_tax.relatives(self.claims)
        return self.social_insurance + income_tax.life(paid) + paid.quake + kin + self.it_basic

    @property
    def return_taxable(self) -> int:
        """課税総所得金額 of the income tax by the return."""
        more = self.medical_deduction + max(0, self.donations - 2_000)
        return max(0, self.figures.total_income - self.return_deductions - more) // 1_000 * 1_000

    @property
    def final_taxable(self) -> int:
        """課税総所得金額 of the income tax in the end: a return takes the place of the slip."""
        return self.return_taxable if self.files_return else self.it_taxable

    @property
    def final_tax(self) -> int:
        """Income tax before credits in the end."""
        return income_tax.tax(self.final_taxable)

    @property
    def social_insurance(self) -> int:
        """All 社会保険料 that documents state."""
        person = self.person
        return (
            sum(job.social_insurance for job in person.jobs)
            + sum(annuity.social_insurance for annuity in person.annuities)
            + self.paid.social_insurance
        )

    @property
    def medical_deduction(self) -> int:
        """医療費控除 as the return states it (所得税法73条)."""
        own = min(100_000, self.figures.total_income * 5 // 100)
        return min(2_000_000, max(0, self.paid.medical - own))

    @property
    def donations(self) -> int:
        """All ふるさと納税 of the year."""
        return sum(amount for _, amount in self.paid.donations)

    @property
    def files_return(self) -> bool:
        """Tell whether there is a 確定申告書."""
        return self.paid.filing is Filing.RETURN


def view_of(plan: Plan, block: Block, person: Person) -> View:
    """Gather what a block knows about one person."""
    claims = block.claims.get(person.serial) or Claims()
    spouse_income = block.figures[claims.spouse.serial].total_income if claims.spouse else 0
    return View(plan, person, claims, block.paid[person.serial], block.figures[person.serial], spouse_income)
