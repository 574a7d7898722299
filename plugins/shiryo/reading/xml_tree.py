"""The elements of an XML layout: which path holds which item, and which elements repeat.

A path is written `KOA020-2*/ABY00000/ABY00150*4/ABY00160`: a star marks an element that repeats, with the
most times where there is a limit. `@NOZEISHA_NM` at the end: the value stands in the IT part under that ID.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from plugins.shiryo.reading.form import Form

GENERAL = "http://xml.e-tax.nta.go.jp/XSD/general"
INCOME_TAX = "http://xml.e-tax.nta.go.jp/XSD/shotoku"
ENVELOPE, ENVELOPE_SPACE = "kokuzei_renkei", "urn:juminzei:kokuzei-renkei:1"
"""Root and namespace of our own wrapping of many returns; that of 国税連携 is not published."""
PROCEDURE, VERSION = "RKO0010", "23.0"
ETAX_ERAS = {"1": "3", "2": "2", "3": "1", "4": "4", "5": "5"}
"""e-Tax counts 1=明治 2=大正 3=昭和 4=平成 5=令和; the other layouts 1=昭和 2=大正 3=明治."""


@dataclass(frozen=True, slots=True)
class Node:
    """One element: its order in the form, the item it holds, and the reference into the IT part."""

    order: int
    place: int = -1
    reference: str = ""
    most: int = 1
    """How often it may stand under one parent; 0: without limit."""


@cache
def nodes(form: Form) -> Mapping[str, Node]:
    """Path (without marks, from below KOA020) to its element."""
    found: dict[str, Node] = {}
    for place, item in enumerate(form.items):
        path, _, reference = item.path.partition("@")
        steps = path.split("/")
        at = ""
        for depth, step in enumerate(steps):
            name, star, most = step.partition("*")
            at = f"{at}/{name}" if at else name
            times = int(most or 0) if star else 1
            leaf = depth == len(steps) - 1
            if leaf:
                found[at] = Node(len(found), place, reference, times)
            elif at not in found:
                found[at] = Node(len(found), most=times)
    return found
