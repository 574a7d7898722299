"""One record of a file: its values, and what the steps after reading need of it."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from hashlib import blake2b
from typing import NamedTuple

from plugins.shiryo.reading.findings import Finding, Severity
from plugins.shiryo.reading.form import Action, Form

_MARK = "\x1f"
_PAYER_DIGITS = 13


class Identity(NamedTuple):
    """Of whom a document speaks: the number and the four items, as written. Absent items are empty."""

    my_number: str
    name: str
    kana: str
    birth: str
    """`1964-07-01`, `1964-07` or `1964`: the notation of 宛名's PartialDate."""
    address: str

    def __repr__(self) -> str:
        return "Identity(…)"  # nothing of a person in a log or a traceback


class Record:
    """A record as read. `offset` and `length` name its bytes in the file, which nobody changes."""

    __slots__ = (
        "_parts",
        "bad",
        "content",
        "dates",
        "fields",
        "findings",
        "form",
        "groups",
        "is_clear",
        "length",
        "line",
        "number",
        "offset",
        "places",
        "prefix",
        "where",
        "year",
    )

    def __init__(self, form: Form, number: int, line: int, offset: int, length: int) -> None:
        self.form = form
        self.number = number
        """Place among the records of the file, from 1."""
        self.line = line
        self.offset = offset
        self.length = length
        self.prefix = ""
        """管理情報 of eLTAX before the `@`, as received."""
        self.fields: Sequence[str] = ()
        """Values in the order of the items; empty where the record could not be taken apart."""
        self.dates: dict[str, str] = {}
        self.year = 0
        """Income year (年分), western."""
        self.groups: Mapping[str, Sequence[Mapping[str, str]]] = {}
        """XML only: the copies of each part that repeats; `groups["ABY00150"]` are the relatives."""
        self.findings: Sequence[Finding] = ()
        self.bad: Set[int] = frozenset()
        """Places of items that are faulty in themselves."""
        self._parts: tuple[str, ...] | None = None
        self.content = 0
        """Hash of the whole record in this process: two with one are the same."""
        self.where: Callable[[int], int] = _nowhere
        """Place of an item to its byte offset in the file."""
        self.places: Collection[int] = ()
        """XML only: the places of the items that are filled."""
        self.is_clear = False
        """Whether screening ruled out that anything is wrong with a value."""

    def __repr__(self) -> str:
        return f"Record({self.form.id}, line {self.line}, offset {self.offset})"

    def __getitem__(self, name: str) -> str:
        """Return the text of an item, of the first copy where it repeats; empty if nothing could be read.

        Raises KeyError for a name that the layout does not have.
        """
        place = self.form.index[name]
        return self.fields[place] if self.fields else ""

    @property
    def ok(self) -> bool:
        """Whether nothing but warnings was found, and there are values at all."""
        return not self.findings or (
            bool(self.fields) and all(finding.severity is Severity.WARNING for finding in self.findings)
        )

    def amount(self, name: str) -> int:
        """Return a number of the record, 0 where it is empty; only for records that are ok."""
        return int(self[name] or 0)

    @property
    def action(self) -> Action:
        """新規, 追加, 訂正 or 取消."""
        return self.form.actions[self[self.form.action_item]]

    @property
    def key(self) -> str:
        """Digest that a correction or cancellation shares with the document it is about.

        Made of payer, income year and recipient as the layout says; never of a My Number.
        """
        parts = (self.form.id, *self.key_parts())
        return blake2b(_MARK.join(parts).encode("utf-8"), digest_size=16).hexdigest()

    def key_parts(self) -> tuple[str, ...]:
        """Return the values that make the key: of each alternative the first that is filled."""
        if self._parts is None:
            self._parts = self._found_parts()
        return self._parts

    def _found_parts(self) -> tuple[str, ...]:
        fields, parts = self.fields, []
        for choices in self.form.key_places if fields else ():
            for places in choices:
                text = fields[places[0]]
                if text and not (len(text) == _PAYER_DIGITS and _is_of_person(text)):
                    parts += [fields[place] for place in places]
                    break
        return tuple(parts)

    @property
    def joined(self) -> str:
        """All values in the order of the items, with a mark between; of hundreds in XML, few are filled."""
        if not self.places:
            return _MARK.join(self.fields)
        pieces, before = list[str](), 0
        for place in sorted(self.places):
            pieces += (_MARK * (place - before), self.fields[place])
            before = place
        return "".join(pieces) + _MARK * (len(self.fields) - 1 - before)

    @property
    def identity(self) -> Identity:
        """The number and the four items."""
        names = self.form.identity
        birth = names.get("birth", "")
        return Identity(
            my_number=self._item(names.get("my_number"))[-12:],
            name=self._item(names.get("name")),
            kana=self._item(names.get("kana")),
            birth=self.dates.get(birth, ""),
            address=self._item(names.get("address")),
        )

    def _item(self, name: str | None) -> str:
        return self[name] if name else ""


def _nowhere(_place: int) -> int:
    return 0


def _is_of_person(text: str) -> bool:
    """Tell whether a payer's number is a 個人番号 (behind a 0), which may not stand in a key."""
    return text[0] == "0" and text.isascii()
