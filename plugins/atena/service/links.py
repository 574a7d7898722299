"""Linking several numbers of one person (関連宛名), and taking it back.

One number is the primary, the others point at it directly: no chains, so a look-up is one step. Nothing is
merged: what was said under each number stays there, and an unlinked number is as it was.
"""

from functools import partial

from core.errors import NotFound
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import Finding, InvalidInput, LinkRefused
from plugins.atena.history import Carving, Revision, Span, clear, replace
from plugins.atena.particulars import EARLIEST
from plugins.atena.queries import history, links
from plugins.atena.queries.history import Change
from plugins.atena.service.persons import JOURNAL_TYPE

ALWAYS = Span(EARLIEST)


async def link(work: Work, number: str, expected_version: int, primary_number: str) -> None:
    """Say that a number is another one of the primary's; raises LinkRefused, Conflict, NotFound."""
    if number == primary_number:
        raise LinkRefused(rule="same")
    primary_id = await links.hold_primary(work.session, primary_number)
    if primary_id is None:
        raise NotFound
    if await links.primaries_of(work.session, [primary_id]):
        raise LinkRefused(rule="primary-is-linked")
    await _change(work, number, expected_version, partial(_linked, primary_id), primary_number)


async def unlink(work: Work, number: str, expected_version: int) -> None:
    """Take a link back; raises InvalidInput if there is none, Conflict, NotFound."""
    await _change(work, number, expected_version, _unlinked)


async def _change(
    work: Work, number: str, expected_version: int, decide: Change, primary_number: str | None = None
) -> None:
    person_id, at = await history.next_version(
        work.session, tables.person, number, expected_version, work.now
    )
    if primary_number is not None and await links.has_linked(work.session, person_id):
        raise LinkRefused(rule="has-linked")
    if not await history.change(work.session, tables.person_link, person_id, at, decide):
        raise InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
    for concerned in filter(None, (number, primary_number)):
        work.journal.wrote(JOURNAL_TYPE, concerned, {"primary"})


def _linked(primary_id: int, present: list[Revision]) -> Carving:
    return replace(present, ALWAYS, {"primary_id": primary_id})


def _unlinked(present: list[Revision]) -> Carving:
    return clear(present, ALWAYS)
