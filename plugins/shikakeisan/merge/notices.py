"""Notices of others that may not count: 申告特例通知書, and 特定配当等 of 特別徴収義務者."""

from collections.abc import Sequence

from plugins.shikakeisan.merge.book import Book
from plugins.shikakeisan.merge.gathered import Merged
from plugins.shikakeisan.merge.papers import (
    ONE_STOP,
    RESIDENT_RETURN,
    TAX_RETURN,
    WITHHELD_LEVY,
    Paper,
    put_aside,
)

_DIVIDENDS = ("listed_dividend", "listed_stock")


def without_notices(book: Book, papers: Sequence[Paper], merged: Merged) -> Sequence[Paper]:
    """Put one-stop notices aside that are void, and 特定配当等 that nobody declared."""
    if papers[-1].kind not in {ONE_STOP, WITHHELD_LEVY} if papers else True:
        return papers
    notices = [paper for paper in papers if paper.kind == ONE_STOP]
    gone: dict[int, str] = {}
    if rule := _why_void(book, papers, notices):
        gone = dict.fromkeys((paper.id for paper in notices), rule)
        merged.find("ONE_STOP_VOID", list(gone), rule=rule)
    declared = next((paper for paper in papers if paper.kind in {TAX_RETURN, RESIDENT_RETURN}), None)
    for paper in papers:
        if paper.kind == WITHHELD_LEVY and not _declares(declared):
            gone[paper.id] = "specified_dividends_only_if_declared"
    for paper in papers:
        if paper.id in gone:
            put_aside(merged, paper, gone[paper.id])
    return [paper for paper in papers if paper.id not in gone]


def _why_void(book: Book, papers: Sequence[Paper], notices: Sequence[Paper]) -> str:
    if not notices:
        return ""
    if papers[0].kind in {TAX_RETURN, RESIDENT_RETURN}:
        return "one_stop_void_by_filing"
    senders = {str(paper.items.get("sender_municipality") or paper.payer) for paper in notices}
    return "one_stop_void_by_number" if len(senders) > book.most_one_stop else ""


def _declares(declared: Paper | None) -> bool:
    return declared is not None and any(declared.amounts.get(fact) for fact in _DIVIDENDS)


def mark_one_stop(papers: Sequence[Paper], merged: Merged) -> None:
    """State that gifts came by one-stop notices, where they are among the facts."""
    notices = [paper for paper in papers if paper.kind == ONE_STOP]
    if not notices or "donation_furusato" not in merged.facts:
        return
    merged.facts["one_stop"] = True
    merged.origins["one_stop"] = [
        {"document": paper.id, "item": "donation", "rule": "one_stop"} for paper in notices
    ]
