"""The number of a form tells a wrong digit."""

import pytest

from plugins.shikakeisan.forms.numbers import check_digit, form_number, is_form_number

NUMBER = form_number(2026, 1)


@pytest.mark.parametrize(
    ("digits", "digit"),
    [
        pytest.param("490123456789", "4", id="a JAN code"),
        pytest.param("629104150021", "3", id="an EAN code"),
        pytest.param("000000000000", "0", id="zeros"),
    ],
)
def test_check_digits_of_known_codes(digits: str, digit: str) -> None:
    assert check_digit(digits) == digit


def test_a_number_is_year_serial_and_check_digit() -> None:
    assert (len(NUMBER), NUMBER[:11]) == (12, "20260000001")
    assert is_form_number(NUMBER)


@pytest.mark.parametrize("place", range(12))
@pytest.mark.parametrize("more", range(1, 10))
def test_one_wrong_digit_is_told(place: int, more: int) -> None:
    wrong = str((int(NUMBER[place]) + more) % 10)

    assert not is_form_number(NUMBER[:place] + wrong + NUMBER[place + 1 :])


@pytest.mark.parametrize("text", ["", NUMBER[:-1], NUMBER + "0", "２" + NUMBER[1:], "x" * 12])
def test_other_texts_are_no_numbers(text: str) -> None:
    assert not is_form_number(text)
