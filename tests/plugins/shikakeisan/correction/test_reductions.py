"""減免 beside corrections: a plug-in lowers a tax by decision, and corrections are made of what is left."""

from collections.abc import Sequence
from fractions import Fraction

import pytest

from core.hooks import hook
from core.storage.database import ReadSession
from plugins.shikakeisan.errors import ReductionShareError
from plugins.shikakeisan.hooks import Reduction
from tests.plugins.shikakeisan.correction.conftest import Office, someone


class Relief:
    """A plug-in that relieves everybody of a share."""

    def __init__(self, share: Fraction) -> None:
        self.share = share

    @hook
    async def reductions(
        self, session: ReadSession, tax_year: int, person_ids: Sequence[int]
    ) -> Sequence[Reduction]:
        return [Reduction(one, self.share, "減免第1号") for one in person_ids]


@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(7, 10), Fraction(1), Fraction(149, 150)])
async def test_a_reduction_comes_in_with_the_next_correction(office: Office, share: Fraction) -> None:
    [person] = await office.settle(someone())
    office.year.runtime.plugins.manager.register(Relief(share))

    done = await office.correct(person, {}, kind="rule_change")

    first, second = await office.year.revisions(person)
    assert done.is_approved
    assert second.payable == first.payable - second.genmen_amount < first.payable
    assert Fraction(second.reduction["numerator"], second.reduction["denominator"]) == share


async def test_a_proposal_is_stale_once_a_reduction_is_decided(office: Office) -> None:
    [person] = await office.settle(someone())
    number = await office.propose(person, {"medical_paid": 300_000})
    office.year.runtime.plugins.manager.register(Relief(Fraction(1, 2)))

    assert not (await office.approve(number)).is_approved


@pytest.mark.parametrize("share", [Fraction(0), Fraction(-1, 2), Fraction(3, 2), Fraction(1, 151)])
async def test_a_share_that_cannot_be_is_refused_by_its_own_name(office: Office, share: Fraction) -> None:
    [person] = await office.settle(someone())
    office.year.runtime.plugins.manager.register(Relief(share))

    with pytest.raises(ReductionShareError):
        await office.propose(person, {"medical_paid": 300_000})

    assert len(await office.year.revisions(person)) == 1
