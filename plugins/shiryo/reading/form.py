"""A layout as data: its head (TOML) and its items (CSV), as they stand in plugins/shiryo/layouts.

One file pair per version. A new version is a new pair, never a change of code.
"""

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, cast

from plugins.shiryo.reading.errors import LayoutUnknown

LAYOUTS = Path(__file__).parents[1] / "layouts"

ItemType: TypeAlias = Literal[
    "X",  # half-width text
    "N",  # full-width text
    "K",  # half-width kana
    "M",  # text of both widths
    "code",
    "yen",
    "signed",  # yen, may be negative
    "count",
    "part",  # year, month or day of a date in several columns
    "date",  # YYYY-MM-DD; YYYY-MM and YYYY where the rest is unknown
    "my_number",
    "payer_number",  # 個人番号 or 法人番号
    "corporate_number",
    "municipality",
]
NUMERIC = frozenset({"yen", "signed", "count", "part"})


class Presence(StrEnum):
    """Whether an item must be filled; `blank`: the layout says that nothing is recorded here."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    BLANK = "blank"


class Action(StrEnum):
    """What a document does to an earlier one with the same key (訂正表示)."""

    NEW = "new"
    ADD = "add"
    CORRECT = "correct"
    CANCEL = "cancel"


class Item(NamedTuple):
    """One column or element: place, English name, official label, type and widths in characters."""

    no: int
    name: str
    label: str
    type: ItemType
    least: int
    most: int
    presence: Presence
    codes: Mapping[str, str]
    source: str
    path: str = ""
    """XML only: the names of the elements from the root of a document, joined by `/`."""


class Relation(NamedTuple):
    """Where relatives of one role stand: items with a prefix; single, numbered, or in a part that repeats."""

    role: str
    prefix: str
    items: tuple[str, ...]
    """Names behind the prefix (and the number)."""
    places: int = 0
    """How many there are by number, as in `dependant_2_name`; 0 where they are not numbered."""
    group: str = ""
    """XML only: the element that repeats."""

    def item(self, name: str, place: int) -> str:
        """Return the name of the item of the relative at a place, from 1."""
        return f"{self.prefix}{place}_{name}" if self.places else self.prefix + name


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The head of one layout version, and its items in order."""

    kind: str
    version: str
    title: str
    law: str
    years: tuple[int, int]
    """First and last income year (年分, western) for which the layout is published."""
    form: Literal["csv", "xml"]
    encoding: Literal["cp932", "utf-8"]
    code: str
    """法定資料の種類 in the first column; empty where the layout has none."""
    note: str
    total: tuple[str, ...]
    """Items whose sum over the records the manifest of a delivery states."""
    key: tuple[str, ...]
    """Parts of the key that a correction shares with what it corrects. A part is alternatives after `|`, of
    which the first filled one counts; an alternative may join items by `+`."""
    unique: bool
    """Whether a key may stand once only in a file."""
    action_item: str
    actions: Mapping[str, Action]
    identity: Mapping[str, str]
    facts: Mapping[str, tuple[str, ...]]
    """Fact of the calculation to the items that make it; an item after `-` is taken off."""
    dates: Mapping[str, tuple[str, str, str, str]]
    """Name of a date to its items: era (empty: two-digit year alone), year, month, day."""
    sources: Mapping[str, str]
    items: tuple[Item, ...]
    keep: tuple[str, ...]
    """Items that a document keeps as they were read, beside its facts; `left_on` is the date `left`."""
    relatives: tuple[Relation, ...]
    header: bool = False
    eltax_prefix: bool = False
    income_era: int = 0
    """Era code of a two-digit 年分; 0 where the income year is western."""
    index: Mapping[str, int] = field(default_factory=dict)
    """Name of an item to its place from 0; the fields below are places too, ready for the reader."""
    key_places: tuple[tuple[tuple[int, ...], ...], ...] = ()
    fact_places: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Name of this version: `salary_report_2020`."""
        return f"{self.kind}_{self.version}"


@cache
def forms() -> Mapping[str, Form]:
    """Every layout version by its id."""
    heads = sorted(entry.name for entry in LAYOUTS.iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): _load(name.removesuffix(".toml")) for name in heads}


def form_of(kind: str, version: str | None, year: int | None) -> Form:
    """Return one version of a kind, by its name or by the income year (年分) it is published for.

    Raises LayoutUnknown where there is none: what is not published is not guessed.
    """
    of_kind = [form for form in forms().values() if form.kind == kind]
    if version is not None:
        of_kind = [form for form in of_kind if form.version == version]
    if year is not None:
        of_kind = [form for form in of_kind if form.years[0] <= year <= form.years[1]]
    if len(of_kind) != 1:
        raise LayoutUnknown(kind=kind, known=sorted(form.id for form in forms().values()))
    return of_kind[0]


def _load(name: str) -> Form:
    head = _frozen(tomllib.loads((LAYOUTS / f"{name}.toml").read_text(encoding="utf-8")))
    items = tuple(_items((LAYOUTS / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
    index = {item.name: place for place, item in enumerate(items)}
    action = head.pop("action", {})
    relatives = head.pop("relatives", {}).items()
    return Form(
        **head,
        action_item=action.get("item", ""),
        actions={code: Action(word) for code, word in action.get("codes", {}).items()},
        items=items,
        relatives=tuple(
            Relation(role, **{**where, "items": tuple(where["items"])}) for role, where in relatives
        ),
        index=index,
        key_places=tuple(
            tuple(tuple(index[name] for name in choice.split("+")) for choice in part.split("|"))
            for part in head["key"]
        ),
        fact_places={
            fact: tuple((-1 if name[0] == "-" else 1, index[name.removeprefix("-")]) for name in names)
            for fact, names in head["facts"].items()
        },
    )


def _frozen(head: dict[str, Any]) -> dict[str, Any]:
    """Lists become tuples, one level deep, so that nobody changes a layout that others share."""
    for name in ("facts", "dates"):
        head[name] = {key: tuple(value) for key, value in head.get(name, {}).items()}
    return {key: tuple(value) if isinstance(value, list) else value for key, value in head.items()}


def _items(lines: Sequence[str]) -> Iterator[Item]:
    for row in csv.DictReader(lines, strict=True):
        least, _, most = row["width"].rpartition("-")
        codes = (code.partition("=") for code in row["codes"].split(" ") if code)
        yield Item(
            no=int(row["no"]),
            name=row["name"],
            label=row["label"],
            type=cast("ItemType", row["type"]),
            least=int(least or 0),
            most=int(most),
            presence=Presence(row["presence"]),
            codes={code: meaning for code, _, meaning in codes},
            source=row["source"],
            path=row.get("path", ""),
        )
