"""The people of the city: numbers, names, households and claims that hold together."""

from collections import Counter
from datetime import date
from statistics import quantiles

import pytest

from plugins.atena.api import is_corporate_number, is_my_number
from plugins.synth.block import Block, make_block
from plugins.synth.documents.kana import half_width
from plugins.synth.documents.model import era
from plugins.synth.documents.senders import employer, pension_fund
from plugins.synth.people.claims import is_low
from plugins.synth.people.model import Person, Role, Stay
from plugins.synth.people.numbers import with_wrong_check
from plugins.synth.people.places import WARDS
from plugins.synth.people.words import FEMALE_NAMES, MALE_NAMES, SURNAMES
from plugins.synth.plan import BLOCK, Plan

AGES = {"old": 3_299, "working": 7_288, "young": 1_713}
STAYS = {
    "resident": 11_802,
    "moved_in_that_year": 291,
    "non_resident": 60,
    "moved_in_1_january": 53,
    "moved_out_2_january": 39,
    "moved_out_31_december": 34,
    "moved_in_2_january": 21,
}
PAY = (6_120, [1_644_384, 3_326_910, 5_225_065])
"""How many are paid, and the quartiles of what they get."""
PENSIONS = (3_174, [725_916, 1_133_708, 1_858_653])
EMPLOYERS = (924, [69, 68, 68], 3)
"""How many employers pay somebody here; the largest; the one in the middle."""
PLAN = Plan(people=12_300, year=2025, seed=7, faults=frozenset())


@pytest.fixture(scope="module")
def blocks() -> list[Block]:
    return [make_block(PLAN, number) for number in range(PLAN.blocks)]


@pytest.fixture(scope="module")
def people(blocks: list[Block]) -> list[Person]:
    return [person for block in blocks for person in block.people]


def test_there_are_exactly_so_many_people_each_with_the_next_serial(people: list[Person]) -> None:
    assert [person.serial for person in people] == list(range(1, 12_301))


def test_a_block_is_the_same_whenever_it_is_made(blocks: list[Block]) -> None:
    assert make_block(PLAN, 5).people == blocks[5].people


def test_my_numbers_are_right_and_nobody_shares_one(people: list[Person]) -> None:
    assert all(is_my_number(person.my_number) for person in people)
    assert len({person.my_number for person in people}) == len(people)


def test_a_wrong_check_digit_is_wrong_for_everybody(people: list[Person]) -> None:
    assert not any(is_my_number(with_wrong_check(person.my_number)) for person in people[:BLOCK])


def test_corporate_numbers_are_right_and_no_payer_shares_one() -> None:
    numbers = [payer(place).corporate_number for payer in (employer, pension_fund) for place in range(500)]

    assert all(is_corporate_number(number) for number in numbers)
    assert len(set(numbers)) == 1_000


def test_nobody_is_a_namesake_with_the_same_birthday_by_accident(people: list[Person]) -> None:
    assert len({(person.name, person.birth) for person in people}) == len(people)


def test_namesakes_with_other_birthdays_do_occur(people: list[Person]) -> None:
    assert len({person.name for person in people}) < len(people)


@pytest.mark.parametrize(("names", "count"), [(SURNAMES, 3_000), (MALE_NAMES, 320), (FEMALE_NAMES, 320)])
def test_names_are_as_many_as_uniqueness_needs(names: tuple[tuple[str, str], ...], count: int) -> None:
    assert len({written for written, _ in names}) == len(names) == count


def test_every_name_can_be_written_in_the_encoding_of_the_slips(people: list[Person]) -> None:
    for person in people:
        (person.name + person.register_name + person.home.written).encode("cp932")
        assert half_width(person.kana).isascii() is False
        assert all("\uff61" <= letter <= "\uff9f" or letter == " " for letter in half_width(person.kana))


def test_ages_are_those_of_the_birthdays(people: list[Person]) -> None:
    assert all(person.age == 2024 - person.birth.year for person in people)
    assert not any((person.birth.month, person.birth.day) == (1, 1) for person in people)


def test_every_household_has_one_head_who_comes_first(blocks: list[Block]) -> None:
    for home in (home for block in blocks for home in block.households):
        assert [member.role for member in home.members].count(Role.HEAD) == 1
        assert home.members[0].role is Role.HEAD
        assert len({member.family for member in home.members}) == 1
        assert len({(member.given, member.sex) for member in home.members}) == len(home.members)


def test_parents_are_a_generation_older_than_their_children(blocks: list[Block]) -> None:
    for home in (home for block in blocks for home in block.households):
        head = home.members[0]
        mother = next((one for one in home.members if one.role is Role.SPOUSE), head)
        for one in home.members:
            if one.role is Role.CHILD:
                assert 20 <= mother.age - one.age <= 40
            if one.role is Role.PARENT:
                assert one.age >= head.age + 22
            if one.role is not Role.CHILD:
                assert one.age >= 18


def test_nobody_is_claimed_twice_and_whom_the_limit_allows(blocks: list[Block]) -> None:
    for block in blocks:
        homes = {person.serial: home for home in block.households for person in home.members}
        claimed: Counter[int] = Counter()
        for serial, claims in block.claims.items():
            relatives = [*([claims.spouse] if claims.spouse else []), *claims.dependants]
            claimed.update(one.serial for one in relatives)
            assert all(is_low(one) and homes[one.serial] is homes[serial] for one in relatives)
            assert serial not in {one.serial for one in relatives}
            assert not (claims.is_single_parent and claims.spouse)
        assert set(claimed.values()) <= {1}
        assert not claimed.keys() & block.claims.keys()


def test_residents_live_in_the_wards_and_non_residents_elsewhere(people: list[Person]) -> None:
    wards = {place.code for place in WARDS}

    for person in people:
        assert (person.home.place.code in wards) is (person.stay is not Stay.NON_RESIDENT)


def test_nobody_moves_in_before_birth(people: list[Person]) -> None:
    assert all(person.since >= person.birth for person in people if person.earlier is None)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1926, 12, 24), ("2", 15)),
        (date(1926, 12, 25), ("1", 1)),
        (date(1989, 1, 7), ("1", 64)),
        (date(1989, 1, 8), ("4", 1)),
        (date(2019, 4, 30), ("4", 31)),
        (date(2019, 5, 1), ("5", 1)),
    ],
)
def test_era_of_a_day(day: date, expected: tuple[str, int]) -> None:
    assert era(day) == expected


def test_ages_are_spread_as_in_a_japanese_city(people: list[Person]) -> None:
    bands = Counter("young" if p.age < 15 else "old" if p.age >= 65 else "working" for p in people)

    assert bands == AGES
    assert 0.11 < bands["young"] / len(people) < 0.15
    assert 0.24 < bands["old"] / len(people) < 0.30


def test_stays_around_the_first_of_january(people: list[Person]) -> None:
    assert Counter(person.stay.value for person in people) == STAYS


def test_pay_and_pensions_have_the_shape_of_a_city(people: list[Person]) -> None:
    pay = sorted(person.salary for person in people if person.salary)
    pensions = sorted(person.pension for person in people if person.pension)

    assert (len(pay), [int(mark) for mark in quantiles(pay, n=4)]) == PAY
    assert (len(pensions), [int(mark) for mark in quantiles(pensions, n=4)]) == PENSIONS


def test_employers_have_a_long_tail(people: list[Person]) -> None:
    staff = Counter(job.employer for person in people for job in person.jobs)
    sizes = sorted(staff.values(), reverse=True)

    assert (len(sizes), sizes[:3], sizes[len(sizes) // 2]) == EMPLOYERS
