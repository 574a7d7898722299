"""The municipality whose tax is calculated here: a setting, and the codes of its wards."""

import re
from collections.abc import Sequence

from core.settings import Setting
from plugins.shikakeisan.law.municipalities import load_municipality

_CODE = re.compile(r"[0-9]{6}", re.ASCII)


def municipality_code(text: str) -> str:
    """Read a 全国地方公共団体コード of six digits; raises ValueError where the check digit is wrong."""
    if not _CODE.fullmatch(text):
        raise ValueError("not six digits")
    rest = sum(int(digit) * (6 - place) for place, digit in enumerate(text[:5])) % 11
    if text[5] != str((11 - rest) % 10):
        raise ValueError("wrong check digit")
    return text


MUNICIPALITY: Setting[str] = Setting(
    "municipality",
    municipality_code,
    "331007",
    "code of this municipality (6 digits): a 課税年度 is opened for it unless the command says otherwise",
)


def tax_wards(code: str) -> Sequence[str]:
    """Return the codes that 均等割 is levied by: the wards (地方税法737条), or the municipality itself."""
    return sorted(load_municipality(code).wards) or [code]


def ward_names(code: str) -> dict[str, str]:
    """Return the names of the wards and of the municipality by code."""
    found = load_municipality(code)
    return {code: found.name, **found.wards}
