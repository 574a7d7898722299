"""The layout for a kind of document and an income year: the published one, or else the nearest there is.

No layout is published for every year (315 ends with R6, KOA020 v23 is R7 alone). A city of such a year is
written all the same, by the nearest layout; its manifest names the layout.
"""

from functools import cache

from plugins.shiryo.api import Layout, layouts


@cache
def layout_for(kind: str, income_year: int) -> Layout:
    """Return the layout whose years are nearest to the income year."""
    return min(
        (layout for layout in layouts() if layout.form.kind == kind),
        key=lambda layout: (_distance(layout, income_year), layout.id),
    )


def _distance(layout: Layout, income_year: int) -> int:
    first, last = layout.form.years
    return max(first - income_year, income_year - last, 0)
