"""Who gets a return form: changing a condition changes the count, before anything is made."""

from collections.abc import Sequence

import pytest

from plugins.shikakeisan.forms.catalogue import EXCLUDE, INCLUDE, choose, conditions
from plugins.shikakeisan.forms.errors import ConditionUnknown
from plugins.shikakeisan.forms.queries import TESTS
from tests.plugins.shikakeisan.base.conftest import TAX_YEAR
from tests.plugins.shikakeisan.correction.papers import Paper
from tests.plugins.shikakeisan.forms.conftest import ALONE, FATHER, MOTHER, OPEN_COUNT, Office
from tests.plugins.shikakeisan.merge.desk import named, slip

RETURN = Paper({"business": 1_000_000}, "resident_return", birth_date=None)
PEOPLE = 5


def test_every_condition_has_a_side_and_a_test() -> None:
    assert {one.side for one in conditions().values()} == {INCLUDE, EXCLUDE}
    assert {one.test for one in conditions().values()} == TESTS.keys()


def test_the_defaults_are_those_of_the_data() -> None:
    chosen = choose()

    assert all(one.default for one in (*chosen.include, *chosen.exclude))
    assert choose([], []) == ((), ())


@pytest.mark.parametrize("codes", [["UNDER_18"], ["NOTHING"]])
def test_a_condition_of_the_other_side_is_refused(codes: list[str]) -> None:
    with pytest.raises(ConditionUnknown):
        choose(codes)


async def test_adults_without_document_are_counted(office: Office) -> None:
    found = await office.count()

    assert (found.people, found.already, found.new) == (OPEN_COUNT, 0, OPEN_COUNT)
    assert (found.alone["NO_DOCUMENT"], found.alone["UNDER_18"]) == (PEOPLE, 1)


@pytest.mark.parametrize(
    ("include", "exclude", "people"),
    [
        pytest.param(["NO_DOCUMENT"], [], PEOPLE, id="also minors"),
        pytest.param(["NO_DOCUMENT"], ["UNDER_18"], OPEN_COUNT, id="adults"),
        pytest.param([], [], 0, id="nobody is included"),
        pytest.param(["FILED_LAST_YEAR"], [], 1, id="last year's filers"),
        pytest.param(["BUSINESS_LAST_YEAR"], [], 1, id="last year's business"),
        pytest.param(["NO_DOCUMENT", "FILED_LAST_YEAR"], ["HOUSE_ONLY"], PEOPLE, id="either"),
    ],
)
async def test_a_changed_condition_changes_the_count(
    office: Office, include: Sequence[str], exclude: Sequence[str], people: int
) -> None:
    await office.file(ALONE, RETURN, TAX_YEAR - 1)

    assert (await office.count(include, exclude)).people == people


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("salary_report", "SLIP"),
        ("pension_report", "SLIP"),
        ("tax_return", "TAX_RETURN"),
        ("resident_return", "RESIDENT_RETURN"),
    ],
)
async def test_who_filed_or_was_reported_gets_none(office: Office, kind: str, code: str) -> None:
    await office.file(ALONE, RETURN, TAX_YEAR - 1)
    await office.file(ALONE, Paper({"salary": 1_000_000}, kind, birth_date=None))

    with_it = await office.count(["FILED_LAST_YEAR"])
    without = [one.code for one in choose().exclude if one.code != code]

    assert (with_it.people, with_it.alone[code]) == (0, 1)
    assert (await office.count(["FILED_LAST_YEAR"], without)).people == 1


async def test_a_claimed_relative_gets_none(office: Office) -> None:
    desk = office.desk
    await desk.file(FATHER, slip(5_000_000, named("dependant", "朝霧　一郎"), specific_main=1))
    await desk.merge(FATHER)

    found = await office.count()

    assert (found.people, found.alone["CLAIMED"]) == (2, 1)
    await office.make(2)
    made = await office.rows(
        "SELECT atena_number FROM atena.person p JOIN shikakeisan.form f ON f.person_id = p.id"
    )
    assert {row.atena_number for row in made} == {MOTHER, ALONE}


@pytest.mark.parametrize(("born", "people"), [("2008-01-02", 1), ("2008-01-03", 0)])
async def test_who_is_18_on_the_first_of_january_is_an_adult(office: Office, born: str, people: int) -> None:
    """A year is added at the end of the day before the birthday (年齢計算ニ関スル法律)."""
    arrival = office.city.arrival("8", birth=born)
    await office.desk.register({**arrival, "household": {"number": "8", "relation": "世帯主"}})

    assert (await office.count()).people == OPEN_COUNT + people
