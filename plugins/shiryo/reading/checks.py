"""Whether the text of one item is what its layout says: an expression for many, a diagnosis for one.

Texts are first matched by the expression of their item. Only where that fails is a text looked at by itself,
to say what is wrong. Digits are ASCII digits: int() takes １２ and 1_0 too.
"""

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from plugins.atena.api import are_my_numbers, is_corporate_number, is_my_number
from plugins.shiryo.reading.form import Item, Presence

_CONTROL = r"\x00-\x1f\x7f-\xa0\u2028\u2029\uf8f0-\uf8f3\ufffe\uffff"
"""Controls, and what Python makes of the bytes 80, A0, FD, FE and FF, which CP932 leaves undefined."""
_PRIVATE = r"\ue000-\uf8ff"
_KANA = r" \uff61-\uff9f"
_NOT_TEXT = re.compile(f"[{_CONTROL}]")
_PRIVATE_USE = re.compile(f"[{_PRIVATE}]")
_NOT_FULL = re.compile(r"[\x00-\x7f\uff61-\uff9f]")
_NOT_HALF_KANA = re.compile(f"[^{_KANA}]")
_NOT_HALF = re.compile(r"[^\x20-\x7e\uff61-\uff9f]")
_TEXTS = {
    "N": f"[^{_CONTROL}{_PRIVATE}\\x20-\\x7e\\uff61-\\uff9f]",
    "K": f"[{_KANA}]",
    "M": f'[^{_CONTROL}{_PRIVATE},"]',
    "X": r"[ !#-+\--~]",
}
_FORMS = {
    "date": r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?+)?+",
    "my_number": r"0?[0-9]{12}",
    "payer_number": r"[0-9]{13}",
    "corporate_number": r"[0-9]{13}",
}
_WIDTHS = {"N": _NOT_FULL, "K": _NOT_HALF_KANA, "X": _NOT_HALF}


def faultless(item: Item) -> str:
    """Return the expression of the texts in which `faults` finds nothing."""
    if item.presence is Presence.BLANK:
        return "0?" if item.type == "code" else ""
    filled = _filled(item)
    return filled if item.presence is Presence.REQUIRED else f"(?:{filled})?+"


def _filled(item: Item) -> str:
    if item.type in _TEXTS:
        return f"{_TEXTS[item.type]}{{{max(item.least, 1)},{item.most}}}+"
    if item.type == "code":
        return f"(?:{'|'.join(item.codes)})"
    if item.type == "signed":
        return f"-?[0-9]{{1,{item.most - 1}}}+"
    return _FORMS.get(item.type, f"[0-9]{{{max(item.least, 1)},{item.most}}}+")


def digits_of(item: Item) -> tuple[int, int] | None:
    """Return how many digits a text may have, where it may be any digits; None where more is asked of it."""
    if item.type in {*_TEXTS, *_FORMS, *CHECK_DIGITS, "code", "signed"} or item.presence is Presence.BLANK:
        return None
    return max(item.least, 1), item.most


def faults(item: Item, text: str) -> Iterator[str]:
    """Yield the codes of what is wrong with one item, as far as it can be seen without the others."""
    if not text:
        if item.presence is Presence.REQUIRED:
            yield "REQUIRED"
    elif item.presence is Presence.BLANK:
        if text != "0":
            yield "CHARACTERS" if _NOT_TEXT.search(text) else "NOT_BLANK"
    elif item.type == "code":
        if text not in item.codes:
            yield "CODE"
    elif item.type in _TEXTS:
        yield from _text_faults(item, text)
    elif not re.fullmatch(_filled(item), text):
        yield _number_fault(item, text)


def _text_faults(item: Item, text: str) -> Iterator[str]:
    if _NOT_TEXT.search(text):
        yield "CHARACTERS"
    if _PRIVATE_USE.search(text):
        yield "PRIVATE_CHARACTER"
    if item.type in _WIDTHS and _WIDTHS[item.type].search(text):
        yield "WIDTH_KIND"
    if len(text) > item.most:
        yield "TOO_LONG"
    elif len(text) < item.least:
        yield "TOO_SHORT"


def _number_fault(item: Item, text: str) -> str:
    if item.type == "date":
        return "DATE"
    if not re.fullmatch("-?[0-9]+" if item.type == "signed" else "[0-9]+", text, re.ASCII):
        return "DIGITS"
    if len(text) > item.most:
        return "TOO_LONG"
    return "TOO_SHORT" if len(text) < item.least else "CHECK_DIGIT"


def _my_number(text: str) -> bool:
    return is_my_number(text[-12:]) and (len(text) != len("0123456789012") or text[0] == "0")


def _my_numbers(texts: Collection[str]) -> bool:
    """Tell it of many texts; where one is no number, the others are not told apart."""
    is_led_by_zero = all(text[0] == "0" for text in texts if len(text) == len("0123456789012"))
    return is_led_by_zero and are_my_numbers([text[-12:] for text in texts])


def _payer_number(text: str) -> bool:
    return _my_number(text) if text[0] == "0" else _corporate_number(text)


@lru_cache(maxsize=1024)
def _corporate_number(text: str) -> bool:
    return is_corporate_number(text)


@lru_cache(maxsize=1024)
def _municipality(text: str) -> bool:
    """Five digits, or six of which the last is the check digit of 全国地方公共団体コード."""
    if len(text) == len("33100"):
        return True
    total = sum(int(digit) * weight for digit, weight in zip(text, range(6, 1, -1), strict=False))
    return int(text[-1]) == (11 - total % 11) % 10


CHECK_DIGITS: dict[str, Callable[[str], bool]] = {
    "my_number": _my_number,
    "payer_number": _payer_number,
    "corporate_number": _corporate_number,
    "municipality": _municipality,
}
"""Type of an item to the test of its check digit, for texts of the right form."""
TOGETHER: dict[str, Callable[[Collection[str]], bool]] = {"my_number": _my_numbers}
"""The same of many texts at once, where that is quicker."""
