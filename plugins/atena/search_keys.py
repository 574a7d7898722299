"""Keys for finding names: the received name stays as it is, to the last code point; only its key is folded.

See docs/decisions/0027-search-keys.md for what is folded and why. A change here asks for new keys in the
database.
"""

import re
import unicodedata

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
_VARIANTS = str.maketrans(
    "髙﨑嵜𠮷邉邊齋齊斎濵濱澤廣國德眞槇瀨櫻冨嶋嶌藪龍榮惠淺賴曻靜舘圓柗曽",
    "高崎崎吉辺辺斉斉斉浜浜沢広国徳真槙瀬桜富島島薮竜栄恵浅頼昇静館円松曾",
)


def kana_key(text: str) -> str:
    """Fold a reading so that サトー, ｻﾄｳ, さとう and サトウ　 begin alike, and ヤマザキ equals ヤマサキ.

    Width, script, size, voicing marks, long vowel marks and spaces do not count; letters lose their case.
    """
    full = unicodedata.normalize("NFKC", text).translate(_HIRAGANA).translate(_SAME_SOUND)
    plain = unicodedata.normalize("NFD", full).translate(_VOICING).translate(_SMALL)
    return _IGNORED.sub("", plain).casefold()[:LENGTH]


def name_key(text: str) -> str:
    """Fold a written name: width, spaces, variation selectors, and the variants most often seen in names."""
    full = unicodedata.normalize("NFKC", _IGNORED.sub("", text)).translate(_VARIANTS)
    return _IGNORED.sub("", full).casefold()[:LENGTH]
