"""What a change of the base means for tax that was decided: a finding (確認事項) for each kind of change."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    and_,
    cast,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from core.graphql.masking import require_reason
from core.graphql.versions import ensure_version
from core.storage.database import ReadSession
from core.work import Work
from plugins.atena.api import one_of
from plugins.shikakeisan.assessment.tables import assessment
from plugins.shikakeisan.base.standing import Standing
from plugins.shikakeisan.base.tables import base_person
from plugins.shikakeisan.merge.errors import FindingSettled
from plugins.shikakeisan.merge.tables import finding
from plugins.shikakeisan.sql import INFINITY, change_row, there
from plugins.shikakeisan.states import OPEN_FINDINGS, FindingStage, FindingState

STAGE = FindingStage.BASE
JOURNAL_TYPE = "shikakeisan.finding"
COLUMNS = ("tax_year", "person_id", "stage", "code", "documents", "others", "details", "is_blocking", "state")


class Kind(NamedTuple):
    """A kind of change: the columns of the base that it is about, and what a clerk reads."""

    columns: Sequence[str]
    text: str


KINDS: Mapping[str, Kind] = {
    "BASE_STANDING": Kind(("standing", "reason"), "1月1日現在の課税対象かどうかが変わりました。"),
    "BASE_WARD": Kind(("ward_code",), "1月1日現在の区が変わりました。"),
    "BASE_HOUSEHOLD": Kind(("household_number", "relation"), "1月1日現在の世帯又は続柄が変わりました。"),
    "BASE_BIRTH": Kind(("birth_date",), "生年月日が変わりました。"),
    "BASE_DEATH": Kind(("death_date",), "死亡年月日が登録又は訂正されました。"),
    "BASE_WELFARE": Kind(("is_welfare",), "1月1日現在の生活扶助の認定が変わりました。"),
    "BASE_HOUSE": Kind(("house_wards",), "家屋敷・事務所のある区の数が変わりました。"),
}
"""For people whose tax was decided; `details` names the columns that changed, not what they say."""
NEW = "BASE_NEW"
NEW_TEXT = "当初賦課のあとで課税の対象となり、まだ税額が決定されていません。"


def text_of(code: str) -> str:
    """Return what a clerk reads of a code."""
    return NEW_TEXT if code == NEW else KINDS[code].text


async def notice(work: Work, tax_year: int, person_ids: Sequence[int]) -> int:
    """Open findings for those of these people whose base changed at `work.now`; return how many.

    Nothing is opened before tax was decided. A finding of the same kind that is open already stands for both.
    """
    opened = 0
    for code, kind in KINDS.items():
        opened += await _open(work, tax_year, person_ids, code, _changed(work, kind))
    if await _is_assessed(work.session, tax_year):
        opened += await _open(work, tax_year, person_ids, NEW, _undecided(work))
    return opened


async def let_go(work: Work, tax_year: int) -> None:
    """Let findings be `gone` of people about whom it was decided again since."""
    decided = select(assessment.c.id).where(
        assessment.c.tax_year == finding.c.tax_year,
        assessment.c.person_id == finding.c.person_id,
        assessment.c.superseded_at == INFINITY,
        assessment.c.decided_at > finding.c.opened_at,
    )
    await work.session.execute(
        update(finding)
        .where(finding.c.tax_year == tax_year, finding.c.stage == STAGE, finding.c.state.in_(OPEN_FINDINGS))
        .where(decided.exists())
        .values(state=FindingState.GONE, version=finding.c.version + 1)
    )


async def close(work: Work, finding_id: int, expected: int, reason: str) -> None:
    """Close a finding that needs no correction; raises NotFound, Conflict, FindingSettled, ReasonRequired."""
    require_reason(reason)
    row = await finding_row(work.session, finding_id)
    ensure_version(row.version, expected)
    if row.state != FindingState.OPEN:
        raise FindingSettled
    closed = {"state": FindingState.CLOSED, "reason": reason, "closed_by": work.staff, "closed_at": work.now}
    await change_row(work.session, finding, finding_id, expected, closed)
    work.journal.wrote(JOURNAL_TYPE, str(finding_id), {"state"})


async def finding_row(session: ReadSession, finding_id: int) -> Row[Any]:
    """Return a finding of the base. Raises NotFound."""
    found = await session.execute(select(finding).where(finding.c.id == finding_id, finding.c.stage == STAGE))
    return there(found.one_or_none())


async def list_findings(
    session: ReadSession, tax_year: int, *, code: str | None = None, after: int = 0, limit: int = 100
) -> Sequence[Row[Any]]:
    """Return open findings of the base, the oldest first."""
    statement = select(finding).where(
        finding.c.tax_year == tax_year,
        finding.c.stage == STAGE,
        finding.c.state.in_(OPEN_FINDINGS),
        finding.c.id > after,
    )
    if code is not None:
        statement = statement.where(finding.c.code == code)
    return (await session.execute(statement.order_by(finding.c.id).limit(limit))).all()


async def _open(work: Work, tax_year: int, person_ids: Sequence[int], code: str, condition: Any) -> int:
    present, there = base_person.c, finding.alias("there")
    known = select(there.c.id).where(
        there.c.tax_year == tax_year,
        there.c.person_id == present.person_id,
        there.c.stage == STAGE,
        there.c.code == code,
        there.c.state.in_(OPEN_FINDINGS),
    )
    columns = list(KINDS[code].columns) if code in KINDS else []
    nothing = cast(literal([]), ARRAY(BigInteger))
    said = (literal(tax_year), present.person_id, literal(STAGE.value), literal(code), nothing, nothing)
    rest = (
        cast(literal({"columns": columns}, JSONB), JSONB),
        false(),
        literal(FindingState.OPEN.value),
        literal(work.now),
    )
    wanted = select(*said, *rest).where(
        present.tax_year == tax_year,
        present.known_to == INFINITY,
        one_of(person_ids)(present.person_id),
        condition,
        ~known.exists(),
    )
    added = insert(finding).from_select([*COLUMNS, "opened_at"], wanted).returning(finding.c.id).cte("added")
    return await work.session.scalar(select(func.count()).select_from(added)) or 0


def _changed(work: Work, kind: Kind) -> ColumnElement[bool]:
    """The base said something else until now, and tax was decided."""
    before = base_person.alias("before")
    differs = or_(*(before.c[name].is_distinct_from(base_person.c[name]) for name in kind.columns))
    ended = select(before.c.id).where(
        before.c.tax_year == base_person.c.tax_year,
        before.c.person_id == base_person.c.person_id,
        before.c.known_to == work.now,
        before.c.known_from < work.now,
        differs,
    )
    return and_(ended.exists(), _decided().exists())


def _undecided(work: Work) -> ColumnElement[bool]:
    is_new = and_(base_person.c.standing != Standing.OUTSIDE, base_person.c.known_from == work.now)
    return and_(is_new, ~_decided().exists())


def _decided() -> Any:
    return select(assessment.c.id).where(
        assessment.c.tax_year == base_person.c.tax_year,
        assessment.c.person_id == base_person.c.person_id,
        assessment.c.superseded_at == INFINITY,
    )


async def _is_assessed(session: ReadSession, tax_year: int) -> bool:
    statement = select(assessment.c.id).where(assessment.c.tax_year == tax_year).limit(1)
    return await session.scalar(statement) is not None
