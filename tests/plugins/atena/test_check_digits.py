"""Check digits against published numbers, and what is no number at all."""

import pytest

from plugins.atena.check_digits import are_my_numbers, is_corporate_number, is_my_number, modulus_11
from plugins.atena.service.persons import atena_number


@pytest.mark.parametrize("number", ["621498320257", "345678901234", "123456789018"])
def test_right_my_numbers(number: str) -> None:
    assert is_my_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "621498320258",
        "123456789012",
        "62149832025",
        "6214983202570",
        "62149832025X",
        "６２１４９８３２０２５７",
        "٦٢١٤٩٨٣٢٠٢٥٧",
        "621498320257\n",
        " 62149832025",
        "6_1498320257",
        "",
    ],
)
def test_wrong_my_numbers(number: str) -> None:
    assert not is_my_number(number)


def test_many_my_numbers_are_right_if_each_is() -> None:
    bodies = [f"{number:011d}" for number in range(0, 10**11, 10**11 // 997)]
    right = [body + modulus_11(body) for body in bodies]
    assert are_my_numbers(right)
    assert are_my_numbers([])
    for place in (0, 500, len(right) - 1):
        for wrong in (str((int(right[place]) + 1) % 10**12).zfill(12), right[place][:-1], "", "62149832025X"):
            assert not are_my_numbers([*right[:place], wrong, *right[place + 1 :]])


@pytest.mark.parametrize("texts", [["62149832025", "6214983202577"], ["６２１４９８３２０２５７"], ["²" * 6]])
def test_texts_of_other_lengths_are_no_numbers_together(texts: list[str]) -> None:
    assert not are_my_numbers(texts)


@pytest.mark.parametrize("number", ["8000020130001", "7000012050002", "6010005017636", "5835678256246"])
def test_right_corporate_numbers(number: str) -> None:
    assert is_corporate_number(number)


@pytest.mark.parametrize(
    "number", ["2835678256246", "1234567890123", "0835678256246", "583567825624", "５835678256246"]
)
def test_wrong_corporate_numbers(number: str) -> None:
    assert not is_corporate_number(number)


@pytest.mark.parametrize("place", range(11))
def test_every_wrong_digit_of_a_my_number_is_seen_or_falls_on_ten_and_eleven(place: int) -> None:
    """Remainders 0 and 1 share the check digit 0, so the formula cannot see every slip; it sees most."""
    right = "621498320257"
    others = [
        right[:place] + str(digit) + right[place + 1 :] for digit in range(10) if str(digit) != right[place]
    ]
    assert [other for other in others if is_my_number(other)] == []


def test_our_numbers_have_fifteen_digits_and_a_check_digit() -> None:
    assert atena_number(1) == "900000000000011"[:14] + atena_number(1)[-1]
    assert [len(atena_number(serial)) for serial in (1, 10**13 - 1)] == [15, 15]
    assert atena_number(1) != atena_number(2)
