"""Keys for finding names and addresses: what was received stays as it is; only its key is folded.

See docs/decisions/0027-search-keys.md for what is folded and why. A change here asks for new keys in the
database.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

LENGTH = 256
"""Of a longer key only the beginning is kept: an index holds no more than 2,700 bytes."""

_IGNORED = re.compile(
    "[\\s・･.,、。'’`"  # separators inside foreign and trade names
    "\u30fc\uff70\\-\u2010-\u2015\u2212\uff0d\u301c\uff5e~"  # long vowel marks, hyphens, dashes, wave dashes
    "\ufe00-\ufe0f\U000e0100-\U000e01ef]"  # variation selectors: IVS of the Moji_Joho collection
)
_VOICING = str.maketrans("", "", "\u3099\u309a")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶヰヱヲ", "アイウエオツヤユヨワカケイエオ")
_SAME_SOUND = str.maketrans("ヂヅ", "ジズ")
_HIRAGANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
_VARIANTS = dict(
    zip(
        "髙﨑嵜𠮷邉邊齋齊斎濵濱澤廣國德眞槇瀨櫻冨嶋嶌藪龍榮惠淺賴曻靜舘圓柗曽",
        "高崎崎吉辺辺斉斉斉浜浜沢広国徳真槙瀬桜富島島薮竜栄恵浅頼昇静館円松曾",
        strict=True,
    )
)

_DIGITS = dict(zip("０１２３４５６７８９", "0123456789", strict=True))
_PREFECTURE = re.compile(r"^(?:東京都|北海道|(?:京都|大阪)府|.{2,3}県)", re.MULTILINE)
_LOT_WORDS = dict.fromkeys(("丁目", "番地の", "番地", "番", "号", *"‐‑‒–—―−ーｰ"), "-")
_BEFORE_NUMBER = re.compile("[のノ](?=[0-9])")
_DASHES = re.compile("--+")
_KANJI_CHOME = re.compile(r"[一二三四五六七八九十]+(?=丁目)")
_KANJI = {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}


def kana_key(text: str) -> str:
    """Fold a reading so that サトー, ｻﾄｳ, さとう and サトウ　 begin alike, and ヤマザキ equals ヤマサキ.

    Width, script, size, voicing marks, long vowel marks and spaces do not count; letters lose their case.
    """
    full = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_SAME_SOUND)
    plain = unicodedata.normalize("NFD", full).translate(_VOICING).translate(_SMALL)
    return _IGNORED.sub("", plain).casefold()[:LENGTH]


def name_key(text: str) -> str:
    """Fold a written name: width, spaces, variation selectors, and the variants most often seen in names."""
    return fold_names([text])[0]


def fold_names(texts: Sequence[str]) -> list[str]:
    """Return the `name_key` of each text, quicker than one by one."""
    if not texts:
        return []
    lines = "\n".join([_IGNORED.sub("", text) for text in texts])
    full = unicodedata.normalize("NFKC", lines)
    keys = _replaced(full, _VARIANTS).casefold().split("\n")
    if full != lines:  # a sign of another width may have become one that is ignored
        keys = [_IGNORED.sub("", key) for key in keys]
    return [key[:LENGTH] for key in keys]


def address_key(text: str) -> str:
    """Fold an address as documents are matched: width, prefecture, 丁目・番地・号, dashes, kanji 丁目."""
    return fold_addresses([text])[0]


def fold_addresses(texts: Sequence[str]) -> list[str]:
    """Return the `address_key` of each text; of a thousand together each costs a quarter of one alone."""
    if not texts:
        return []
    lines = _replaced("\n".join(["".join(text.split()) for text in texts]), _DIGITS)
    written = _replaced(unicodedata.normalize("NFKC", lines), _VARIANTS)
    numbered = _PREFECTURE.sub("", _KANJI_CHOME.sub(_arabic, written))
    plain = _DASHES.sub("-", _BEFORE_NUMBER.sub("-", _replaced(numbered, _LOT_WORDS)))
    return [line.strip("-")[:LENGTH] for line in plain.split("\n")]


def _replaced(text: str, words: Mapping[str, str]) -> str:
    """Replace words one after the other: in long texts much quicker than one look at each character."""
    for word, by in words.items():
        text = text.replace(word, by)
    return text


def address_keys(address: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of an address (by names of columns): from the municipality on, and from the 町字 on."""
    begin, end = f"{address['prefecture']}{address['municipality']}", f"{address['town']}{address['lot']}"
    return {"address_key": address_key(begin + end), "town_key": address_key(end)}


def _arabic(found: re.Match[str]) -> str:
    tens, ten, ones = found[0].rpartition("十")
    return str((_KANJI.get(tens, 1) * 10 if ten else 0) + _KANJI.get(ones, 0))
