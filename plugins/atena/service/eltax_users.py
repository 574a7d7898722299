"""eLTAX user ids (利用者ID): whose each is. One id belongs to one person or employer at a time."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from core.errors import NotFound
from core.work import Work
from plugins.atena import tables
from plugins.atena.errors import EltaxIdTaken, Finding, InvalidInput
from plugins.atena.history import Carving, Content, Revision, Span, clear, replace
from plugins.atena.particulars import Findings, pattern
from plugins.atena.queries import eltax_users, employers, history, persons

JOURNAL_TYPE = "atena.eltax_user"
USER_ID = pattern("[0-9A-Za-z]{11}", "code", "利用者IDは半角英数字11桁です。")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose the id is: a person by 宛名番号, or an employer by 指定番号."""

    atena_number: str | None = None
    designation_number: str | None = None


async def register(work: Work, user_id: str, holder: Holder, span: Span, replaces: str | None = None) -> None:
    """Let an id belong to somebody for a span of days, in the place of another id of theirs if one is named.

    Raises InvalidInput, NotFound for the holder, EltaxIdTaken.
    """
    _check(user_id, holder, span)
    said = await _said(work, holder)
    if replaces is not None:
        await _end_replaced(work, replaces, said, span.valid_from)
    row_id, at = await eltax_users.hold_user(work.session, user_id, work.now)
    if not await history.change(
        work.session, tables.eltax_user_holder, row_id, at, partial(_held, span, said)
    ):
        raise _nothing()
    work.journal.wrote(JOURNAL_TYPE, user_id, {"holder"})


async def end(work: Work, user_id: str, expected_version: int, on: date) -> None:
    """Let an id belong to nobody from a day on; raises InvalidInput, Conflict, NotFound."""
    row_id, at = await history.next_version(
        work.session, tables.eltax_user, user_id, expected_version, work.now
    )
    if not await history.change(work.session, tables.eltax_user_holder, row_id, at, partial(_ended, on)):
        raise _nothing()
    work.journal.wrote(JOURNAL_TYPE, user_id, {"holder"})


def _check(user_id: str, holder: Holder, span: Span) -> None:
    findings = Findings()
    findings.found.extend(USER_ID("userId", user_id))
    if (holder.atena_number is None) == (holder.designation_number is None):
        findings.add("atenaNumber", "one", "宛名番号か指定番号のどちらか一方を指定してください。")
    findings.span(span)
    findings.refuse()


async def _said(work: Work, holder: Holder) -> Content:
    if holder.atena_number is not None:
        found = await persons.ids_of(work.session, [holder.atena_number])
        content = {"person_id": found.get(holder.atena_number), "employer_id": None}
    else:
        found = await employers.ids_of(work.session, [holder.designation_number or ""])
        content = {"person_id": None, "employer_id": found.get(holder.designation_number or "")}
    if not found:
        raise NotFound
    return content


async def _end_replaced(work: Work, user_id: str, said: Content, on: date) -> None:
    row_id, at = await eltax_users.hold_user(work.session, user_id, work.now)
    present = await history.present(work.session, tables.eltax_user_holder, row_id)
    if not any(old.content == said and old.span.valid_to > on for old in present):
        message = "置き換える利用者IDは、この個人・事業所のものではありません。"
        raise InvalidInput([Finding("replaces", "other-holder", message)])
    await history.change(work.session, tables.eltax_user_holder, row_id, at, partial(_ended, on))
    work.journal.wrote(JOURNAL_TYPE, user_id, {"holder"})


def _held(span: Span, said: Content, present: list[Revision]) -> Carving:
    if any(old.content != said and old.span.meets(span) for old in present):
        raise EltaxIdTaken
    return replace(present, span, said)


def _ended(on: date, present: list[Revision]) -> Carving:
    return clear(present, Span(on))


def _nothing() -> InvalidInput:
    return InvalidInput([Finding("input", "no-change", "変更する内容がありません。")])
