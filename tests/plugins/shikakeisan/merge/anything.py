"""Documents as no clerk would write them: any values that the layouts accept, in any company."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from plugins.shikakeisan.merge.people import UNCERTAIN, BasePerson, Kin, KinOf
from plugins.shiryo.api import DocumentFacts, Layout, layouts
from tests.plugins.shikakeisan.merge.papers import AWAY, CHILD, INFANT, ME, MOTHER, SPOUSE, YEAR

NEWEST = {layout.form.kind: layout for layout in layouts()}
PEOPLE = (SPOUSE, CHILD, INFANT, MOTHER, AWAY, Kin(ME.person_id, ME.birth_date), UNCERTAIN)
YEN = (0, 1, 9_999, 100_000, 4_000_000, 99_999_999)
NUMBERS = ("", "01" * 32, "02" * 32)
WORDS = ("", "子", "妻", "母", "妻の母", "見本　花子")


@dataclass(frozen=True)
class Case:
    """Somebody with documents, and who their relatives are."""

    person: BasePerson
    documents: Sequence[DocumentFacts]
    kin: KinOf


def any_case(seed: int) -> Case:
    """Make up to six documents of one person; the same seed gives the same."""
    chance = Random(seed)
    kinds = chance.choices(list(NEWEST), k=chance.randint(0, 6))
    documents = [_document(chance, number, NEWEST[kind]) for number, kind in enumerate(kinds, start=1)]
    if documents and chance.random() < 0.2:
        documents.append(_again(documents[-1], len(documents) + 1))
    kin = {
        (one.id, str(said["role"]), int(said["place"])): chance.choice(PEOPLE)
        for one in documents
        for said in one.relatives
        if chance.random() < 0.6
    }
    home = chance.choice(("100", ""))
    person = ME._replace(
        birth_date=chance.choice((ME.birth_date, None)), sex=chance.choice("12"), household_number=home
    )
    return Case(person, documents, kin)


def _document(chance: Random, number: int, layout: Layout) -> DocumentFacts:
    form = layout.form
    types = {item.name: item for item in form.items}
    kept = {name: _value(chance, types, name) for name in form.keep if chance.random() < 0.3}
    amounts = {
        fact: _yen(chance, types, parts) for fact, parts in form.facts.items() if chance.random() < 0.4
    }
    return DocumentFacts(
        id=number,
        person_id=ME.person_id,
        kind=form.kind,
        tax_year=YEAR,
        birth_date=chance.choice((None, ME.birth_date, date(1980, 4, 6))),
        amounts=amounts,
        sender_id=number,
        sender_code=chance.choice(("a", "b", "c")),
        record_key=f"{number:02x}",
        action=chance.choice(("new", "add", "correct")),
        accepted_at=datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=chance.randint(0, 60)),
        items={name: value for name, value in kept.items() if value != ""},
        relatives=list(_relatives(chance, layout, types)),
    )


def _again(one: DocumentFacts, number: int) -> DocumentFacts:
    """The same document once more."""
    names = DocumentFacts.__slots__
    return DocumentFacts(**{**{name: getattr(one, name) for name in names}, "id": number})


def _relatives(chance: Random, layout: Layout, types: Mapping[str, Any]) -> Any:
    for relation in layout.form.relatives:
        for place in range(1, chance.choice((0, 0, 1, 2)) + 1):
            said: dict[str, Any] = {
                "role": relation.role,
                "place": place,
                "name": f"見本{chance.randint(1, 3)}",
            }
            for name in relation.items:
                item = types.get(relation.item(name, place))
                if item is None or name in {"name", "kana"} or chance.random() < 0.5:
                    continue
                if name == "birth_date":
                    said["birth"] = _day(chance)
                elif name == "number":
                    said["number"] = chance.choice(NUMBERS)
                else:
                    said[name] = _value(chance, types, item.name)
            yield {name: value for name, value in said.items() if value != ""}


def _yen(chance: Random, types: Mapping[str, Any], parts: Sequence[str]) -> int:
    is_signed = any(types[part.removeprefix("-")].type == "signed" for part in parts)
    yen = chance.choice(YEN)
    return -yen if is_signed and chance.random() < 0.3 else yen


def _value(chance: Random, types: Mapping[str, Any], name: str) -> int | str:
    item = types.get(name)
    if item is None or item.type == "date":
        return _day(chance)
    if item.codes:
        return chance.choice(list(item.codes))
    if item.type in {"count", "part"}:
        return chance.choice((0, 1, 2, 9))
    if item.type in {"yen", "signed"}:
        return _yen(chance, types, [name])
    return chance.choice(WORDS)


def _day(chance: Random) -> str:
    return (date(1930, 1, 1) + timedelta(days=chance.randrange(35_500))).isoformat()
