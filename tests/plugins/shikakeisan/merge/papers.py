"""Documents as the merge gets them, written by hand."""

from datetime import UTC, date, datetime
from typing import Any

from plugins.shikakeisan.merge.merging import BasePerson, Kin, Merged, merge_one
from plugins.shiryo.api import DocumentFacts

YEAR = 2026
ME = BasePerson(1, YEAR, date(1980, 4, 5), "1", None, "100", "世帯主")
SPOUSE = Kin(2, date(1982, 1, 1), "2", None, "100", "妻")
CHILD = Kin(3, date(2006, 7, 1), "1", None, "100", "子")
INFANT = Kin(4, date(2020, 7, 1), "2", None, "100", "子")
MOTHER = Kin(5, date(1950, 7, 1), "2", None, "100", "母")
AWAY = Kin(6, date(1948, 7, 1), "1", None, "200", "世帯主")


def paper(
    number: int,
    kind: str = "salary_report",
    amounts: dict[str, int] | None = None,
    *,
    sender: str = "",
    action: str = "new",
    relatives: tuple[dict[str, Any], ...] = (),
    birth: date | None = ME.birth_date,
    **items: int | str,
) -> DocumentFacts:
    return DocumentFacts(
        id=number,
        person_id=ME.person_id,
        kind=kind,
        tax_year=YEAR,
        birth_date=birth,
        amounts=amounts or {},
        sender_id=number,
        sender_code=sender or f"sender{number}",
        record_key=f"{number:02x}",
        action=action,
        accepted_at=datetime(2026, 2, 1, tzinfo=UTC),
        items=items,
        relatives=list(relatives),
    )


def relative(role: str, place: int = 1, **said: Any) -> dict[str, Any]:
    return {"role": role, "place": place, "name": f"{role}{place}", **said}


def merge(*papers: DocumentFacts, **more: Any) -> Merged:
    person = more.pop("person", ME)
    return merge_one(person, papers, **more)


def codes(merged: Merged) -> list[str]:
    return sorted(one.code for one in merged.findings)


def aside(merged: Merged) -> dict[int, str]:
    return {one["document"]: one["rule"] for one in merged.aside}
