"""Where people live: the four wards of the reference city, and the municipalities they come from or go to."""

from typing import NamedTuple


class Place(NamedTuple):
    """A ward or another municipality: 団体コード, prefecture, name, postal code; how many live there."""

    code: str
    prefecture: str
    name: str
    postal_code: str
    weight: int


CITY = "331007"
"""団体コード of the reference city: documents are addressed to it."""
WARDS = (
    Place("331015", "岡山県", "岡山市北区", "7000000", 41),
    Place("331023", "岡山県", "岡山市中区", "7030000", 20),
    Place("331031", "岡山県", "岡山市東区", "7040000", 13),
    Place("331040", "岡山県", "岡山市南区", "7020000", 26),
)
ELSEWHERE = (
    Place("332020", "岡山県", "倉敷市", "7100000", 50),
    Place("341002", "広島県", "広島市", "7300000", 20),
    Place("271004", "大阪府", "大阪市", "5300000", 20),
    Place("131016", "東京都", "千代田区", "1000000", 10),
)


class Home(NamedTuple):
    """A place to live. Lots count from 9001: there is none so high."""

    place: Place
    town: str
    lot: int
    building: str

    @property
    def written(self) -> str:
        """The address as a document prints it."""
        building = f"　{self.building}" if self.building else ""
        return f"{self.place.prefecture}{self.place.name}{self.town}{_full_width(self.lot)}番地{building}"


_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def _full_width(number: int) -> str:
    return str(number).translate(_WIDE)
