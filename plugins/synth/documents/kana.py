"""Full-width to half-width kana, as the layouts' kana columns ask for."""

import unicodedata

_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_VOICED = {
    unicodedata.normalize("NFKC", half + mark): half + mark
    for half in _HALF.values()
    for mark in ("ﾞ", "ﾟ")
    if len(unicodedata.normalize("NFKC", half + mark)) == 1
}
_TABLE = str.maketrans({**_HALF, **_VOICED, "　": " "})


def half_width(text: str) -> str:
    """Return a reading in half-width kana, the voicing mark a character of its own."""
    return text.translate(_TABLE)
