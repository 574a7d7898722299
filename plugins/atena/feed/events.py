"""What each message does to the histories of its person. Pure: nothing here reads or writes a database.

A message says what holds from its day on; what was said of later days before gives way, for the register's
latest word counts.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import Table

from plugins.atena import tables
from plugins.atena.errors import FeedImpossible
from plugins.atena.feed.messages import EventKind, Message
from plugins.atena.history import FOREVER, Carving, Content, Revision, Span, clear, overlay, replace
from plugins.atena.particulars import Kind, address_content, person_content
from plugins.atena.sheets import Sheets
from plugins.atena.vault.keyring import Keyring
from plugins.atena.vault.seal import blind_indexes, sealed_content

ONE_DAY = timedelta(days=1)
REGISTER = "register"
ONLY_KNOWN_DAYS = (
    EventKind.MOVE_OUT,
    EventKind.DEATH,
    EventKind.NAME_CHANGE,
    EventKind.OFFICIAL_CORRECTION,
)
"""These change what is said of a person, so they cannot reach back before anything was said."""

Handler = Callable[[Keyring, Sheets, Message], None]


def apply(keyring: Keyring, sheets: Sheets, message: Message) -> None:
    """Change the sheets of the message's person; raises FeedImpossible."""
    known = sheets.of[tables.person_revision].present
    if message.kind is EventKind.BIRTH and known:
        raise FeedImpossible(sequence=message.sequence, rule="known-already")
    if not known and message.kind not in (EventKind.BIRTH, EventKind.MOVE_IN):
        raise FeedImpossible(sequence=message.sequence, rule="unknown-person")
    first = min((revision.span.valid_from for revision in known), default=message.effective_on)
    if message.kind in ONLY_KNOWN_DAYS and message.effective_on < first:
        raise FeedImpossible(sequence=message.sequence, rule="before-first")
    HANDLERS[message.kind](keyring, sheets, message)


def _arrived(keyring: Keyring, sheets: Sheets, message: Message) -> None:
    said = {"kind": Kind.RESIDENT.value, "death_date": None, **person_content(message.items["person"])}
    _replace(sheets, tables.person_revision, message, said)
    _moved(keyring, sheets, message)
    if message.items["my_number"] is not None:
        _numbered(keyring, sheets, message)


def _left(keyring: Keyring, sheets: Sheets, message: Message) -> None:
    _overlay(sheets, message, {"kind": Kind.NON_RESIDENT.value})
    _replace(sheets, tables.address_revision, message, address_content(message.items["address"]))
    sheets.of[tables.household_member].carve(partial(_cleared, Span(message.effective_on)))


def _moved(keyring: Keyring, sheets: Sheets, message: Message) -> None:
    _replace(sheets, tables.address_revision, message, address_content(message.items["address"]))
    if message.items["household"] is not None:
        _joined(keyring, sheets, message)


def _died(_keyring: Keyring, sheets: Sheets, message: Message) -> None:
    """The day of death is still lived: who dies on 1 January is taxed for the year (賦課期日の午前0時)."""
    _overlay(sheets, message, {"death_date": message.effective_on})
    sheets.of[tables.household_member].carve(partial(_cleared, Span(message.effective_on + ONE_DAY)))


def _renamed(_keyring: Keyring, sheets: Sheets, message: Message) -> None:
    _overlay(sheets, message, person_content(message.items))


def _numbered(keyring: Keyring, sheets: Sheets, message: Message) -> None:
    """Seals of one number never look alike: a number that the person has already is left as it is."""
    number, span = message.items["my_number"], Span(message.effective_on)
    held = sheets.of[tables.my_number]
    indexes = blind_indexes(keyring, number)
    if not any(
        old.span.valid_from <= span.valid_from
        and old.span.valid_to == span.valid_to
        and old.content["blind_index"] in indexes
        for old in held.present
    ):
        sealed = sealed_content(keyring, sheets.person_id, number)
        held.carve(partial(_replaced, span, sealed))


def _joined(_keyring: Keyring, sheets: Sheets, message: Message) -> None:
    _replace(sheets, tables.household_member, message, _joining(message.items["household"]))


def _protected(_keyring: Keyring, sheets: Sheets, message: Message) -> None:
    sheets.of[tables.protection].carve(partial(_replaced, _span(message), {"source": REGISTER}))


def _unprotected(_keyring: Keyring, sheets: Sheets, message: Message) -> None:
    sheets.of[tables.protection].carve(partial(_cleared, Span(message.effective_on)))


def _corrected(_keyring: Keyring, sheets: Sheets, message: Message) -> None:
    """職権修正: what was recorded wrongly, for some days or from one on. Whether one lives here stays."""
    span, items = _span(message), message.items
    if items["person"] is not None:
        changes = person_content(items["person"])
        sheets.of[tables.person_revision].carve(partial(_overlaid, span, changes))
    if items["address"] is not None:
        sheets.of[tables.address_revision].carve(partial(_replaced, span, address_content(items["address"])))
    if items["household"] is not None:
        sheets.of[tables.household_member].carve(partial(_replaced, span, _joining(items["household"])))


def _joining(household: Mapping[str, str]) -> Content:
    return {"household_number": household["number"], "relation": household["relation"]}


def _span(message: Message) -> Span:
    span = Span(message.effective_on, message.items["until"] or FOREVER)
    if span.valid_to <= span.valid_from:
        raise FeedImpossible(sequence=message.sequence, rule="order")
    return span


def _replace(sheets: Sheets, table: Table, message: Message, said: Content) -> None:
    sheets.of[table].carve(partial(_replaced, Span(message.effective_on), said))


def _overlay(sheets: Sheets, message: Message, changes: Content) -> None:
    sheets.of[tables.person_revision].carve(partial(_overlaid, Span(message.effective_on), changes))


def _replaced(span: Span, content: Content, present: list[Revision]) -> Carving:
    return replace(present, span, content)


def _overlaid(span: Span, changes: Content, present: list[Revision]) -> Carving:
    return overlay(present, span, changes)


def _cleared(span: Span, present: list[Revision]) -> Carving:
    return clear(present, span)


HANDLERS: Mapping[EventKind, Handler] = {
    EventKind.BIRTH: _arrived,
    EventKind.MOVE_IN: _arrived,
    EventKind.MOVE_OUT: _left,
    EventKind.MOVE_WITHIN: _moved,
    EventKind.DEATH: _died,
    EventKind.NAME_CHANGE: _renamed,
    EventKind.NUMBER_ASSIGNED: _numbered,
    EventKind.HOUSEHOLD_CHANGE: _joined,
    EventKind.PROTECTION_SET: _protected,
    EventKind.PROTECTION_LIFTED: _unprotected,
    EventKind.OFFICIAL_CORRECTION: _corrected,
}
