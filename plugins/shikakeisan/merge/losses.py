"""Losses brought forward as a 確定申告書 states them: by kind and year on the fourth form, else in one sum.

The second part of the fourth form (損失申告用) has what was left over from each of three years, and what the
income tax deducts this year. The rules take what was left over: they deduct themselves. Losses on shares and
futures have their years on supplements that are not published: there what is used counts, as one sum.
"""

from collections.abc import Iterator, Mapping

from plugins.shikakeisan.merge.papers import Paper, Said

YEARS = (1, 2, 3)
"""Years before the income's year in which a loss arose: C年分, B年分, A年分."""
TIMBER = frozenset({"blue_timber", "disaster_timber"})
KINDS: Mapping[str, tuple[str, ...]] = {
    "net_loss": ("blue", "blue_timber", "variable", "disaster", "disaster_timber"),
    "residence_loss": ("residence",),
    "casualty": ("casualty",),
}
"""What the form tells apart, by the fact that it belongs to."""
LEFT = {f"loss_left_{kind}_{n}" for kinds in KINDS.values() for kind in kinds for n in YEARS}
USED = {f"loss_used_{kind}_{n}" for kinds in KINDS.values() for kind in kinds for n in YEARS}
BY_KIND = LEFT | USED
SEPARATE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "carryover.listed_stock": (
        ("stock_loss_used", "loss_used_stock"),
        ("dividend_loss_used", "loss_used_dividend"),
    ),
    "carryover.futures": (("futures_loss_used", "loss_used_futures"),),
}
"""Items of the third form, each with that of the fourth which says the same."""
FIRST_FORM = "loss_carried"


def losses_of(paper: Paper) -> Iterator[Said]:
    """Give the losses that a return brings forward."""
    for fact, items in SEPARATE.items():
        for third, fourth in items:
            item = third if paper.number(third) else fourth
            yield fact, paper.number(item), item, ""
    if BY_KIND.isdisjoint(paper.items):
        yield "carryover.net_loss", paper.number(FIRST_FORM), FIRST_FORM, ""
        return
    for name, kinds in KINDS.items():
        for kind in kinds:
            yield from _by_year(paper, name, kind)


def is_kind_unknown(paper: Paper) -> bool:
    """Tell whether losses are deducted whose kind and year nothing tells."""
    return paper.number(FIRST_FORM) > 0 and BY_KIND.isdisjoint(paper.items)


def forms_differ(paper: Paper) -> bool:
    """Tell whether the first form deducts another sum than the fourth has by kind and year."""
    used = sum(_yen(paper, item) for item in USED.intersection(paper.items))
    return used != paper.number(FIRST_FORM)


def _by_year(paper: Paper, name: str, kind: str) -> Iterator[Said]:
    """Give what was left over of each year; where the form has only what is used, that."""
    for n in YEARS:
        left, used = f"loss_left_{kind}_{n}", f"loss_used_{kind}_{n}"
        item = left if paper.number(left) else used
        yen = _yen(paper, item)
        yield f"carryover.{name}_{n}", yen, item, ""
        if kind in TIMBER:
            yield "carryover.net_loss_timber", yen, item, ""


def _yen(paper: Paper, item: str) -> int:
    """Return a loss as a positive number; programs write it with and without a minus."""
    return abs(paper.number(item))
