"""Plain e-Tax files, quickly: each return is cut out of the file and split at its texts by one expression.

Plain is a file without comments, declarations, references to characters or anything between the returns, and
a return in which every element stands where the layout has it, as often as it may. Nearly all are. Nothing is
found here: what is not plain is left to `xml_reader`, which reads it by the rules of `xml_stream`.
"""

import re
from collections import Counter
from collections.abc import Generator, Sequence
from typing import AnyStr, BinaryIO, NamedTuple

from plugins.shiryo.reading.examine import value_faults
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.xml_steps import Branch, Kind, NotPlain, Opened, Reference, Step, automaton
from plugins.shiryo.reading.xml_tree import ENVELOPE
from plugins.shiryo.reading.xml_values import text_of

COMMON, COMMON_PART, VALUE, NOBODY = Kind.COMMON, Kind.COMMON_PART, Kind.VALUE, Kind.NOBODY
_READ = 1 << 20
_LONGEST = 1 << 16
"""Bytes of a return that is read here; so it stays far below the limits of `xml_stream`."""
_LONGEST_TEXT = 10_000
_START, _END = b"<DATA ", b"</DATA>"
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n"})
_HIDING = ((b"!", b"<!"), (b"?", b"<?"), (b"\r", b"\r"))
"""What would hide the end of a return: a byte that is rare, and the mark it stands in."""
_MARKS = ((b"&", b"&"), (b"]", b"]]>"))
_BLANKS = (("\t", ">\t"), ("\n", ">\n"), ("> ", "> "))
_BLANK = re.compile(r">[ \t\n]+<")
_TEXT = re.compile(r">([^<]+)<")
_HEAD = re.compile(
    rb'(?:<\?xml version="1\.0" encoding="(?:utf|UTF)-8"\?>)?\s*'
    rb"(<" + ENVELOPE.encode() + rb'(?: xmlns="[\w:/.-]*")?>)?\s*'
)
_TAIL = rb"</" + ENVELOPE.encode() + rb">"


class Cut(NamedTuple):
    """One return as it stands in the file."""

    data: bytes
    offset: int
    line: int


WHOLE = Cut(b"", 0, 1)
"""Where a return stands that was parsed with its file."""


def cuts(stream: BinaryIO) -> Generator[Cut, None, bool]:
    """Yield the returns of a file; returns whether that is all of it, and all of it is plain."""
    head, rest, offset, line = True, b"", 0, 1
    is_wrapped = False
    while more := stream.read(_READ):
        rest += more
        at = 0
        while (end := rest.find(_END, at)) >= 0:
            start = rest.find(_START, at, end)
            if start < 0:
                return False
            between = rest[at:start]
            if head:
                found = _HEAD.fullmatch(between)
                if found is None:
                    return False
                head, is_wrapped = False, found[1] is not None
            elif between.strip(b" \n\t") or not is_wrapped:
                return False
            line += between.count(b"\n")
            at = end + len(_END)
            data = rest[start:at]
            if len(data) > _LONGEST or _has(data, _HIDING):
                return False
            yield Cut(data, offset + start, line)
            if b"\n" in data:
                line += data.count(b"\n")
        rest, offset = rest[at:], offset + at
        if len(rest) > 2 * _READ:
            return False
    return not head and rest.strip() == (_TAIL if is_wrapped else b"")


def fill(record: Record, cut: Cut) -> bool:
    """Fill the record of a return; false, and the record is as before, if the return is not plain."""
    try:
        if _is_strange(cut.data):
            return False
        _Filling(record.form).fill(record, cut.data.decode("utf-8"))
    except (UnicodeDecodeError, NotPlain):
        return False
    return True


def _is_strange(data: bytes) -> bool:
    """Tell whether there is a reference, or what XML does not allow in a text."""
    return len(data.translate(None, _CONTROLS)) < len(data) or _has(data, _MARKS)


def _has(data: AnyStr, marks: Sequence[tuple[AnyStr, AnyStr]]) -> bool:
    """Tell whether one of the marks stands there; what is rare in it is looked for first, and quickly."""
    return any(rare in data and mark in data for rare, mark in marks)


class _Filling:
    """Fills the record of one return."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._common: dict[str, str | dict[str, str]] = {}
        """Of the IT part by ID: a text, or the texts of the parts."""
        self._said: list[tuple[int, dict[str, str] | None, str | dict[str, str]]] = []
        """Place of an item, the copy of a group that it stands in, and its text or parts."""
        self._groups: dict[str, list[dict[str, str]]] = {}
        self._opened: list[object] = []

    def fill(self, record: Record, text: str) -> None:
        """Take the return apart; raises NotPlain."""
        self._follow(text)
        self._check_counts()
        values = self._values()
        fields = [""] * len(self._form.items)
        for place, value in values.items():
            fields[place] = value
        record.fields, record.places, record.groups = fields, values.keys(), self._groups
        record.content = hash(frozenset(values.items()))

    def _follow(self, text: str) -> None:
        if "\ufffe" in text or "\uffff" in text:
            raise NotPlain
        if _has(text, _BLANKS):
            text = _BLANK.sub("><", text)
        pieces = _TEXT.split(text)
        texts = [piece.strip() for piece in pieces[1::2]]
        if len(text) > _LONGEST_TEXT and max(map(len, texts), default=0) > _LONGEST_TEXT:
            raise NotPlain
        state = automaton(self._form).start
        for gap, said in zip(pieces[::2], [*texts, ""], strict=True):
            step = state.steps.get(gap) or state.follow(gap)
            state, kind, place, _, _, group, _, opened, events = step
            self._opened += opened
            if events:
                self._note(events)
            if kind is VALUE:
                self._said.append((place, self._copy(group) if group else None, said))
            elif kind is not NOBODY:
                self._take(step, said)

    def _note(self, events: Sequence[Reference | Opened]) -> None:
        """Note the elements that open inside one that repeats, and the items that refer to the IT part."""
        for event in events:
            if isinstance(event, Reference):
                if event.id not in self._common:
                    raise NotPlain
                self._said.append((event.place, self._copy(event.group), self._common[event.id]))
                continue
            self._opened.append((event.branch, event.group, len(self._groups.get(event.group, ()))))
            if event.begins:
                self._groups.setdefault(event.branch.name, []).append({})

    def _copy(self, group: str) -> dict[str, str] | None:
        return self._groups[group][-1] if group else None

    def _take(self, step: Step, text: str) -> None:
        """Take a text of the IT part, or a part of a value."""
        if step.kind is COMMON:
            if self._common.setdefault(step.key, text) is not text:
                raise NotPlain
        elif step.kind is COMMON_PART:
            _add_part(self._common.setdefault(step.key, {}), step.part, text)
        else:
            if step.begins:
                self._said.append((step.place, self._copy(step.group), {}))
            _add_part(self._said[-1][2], step.part, text)

    def _check_counts(self) -> None:
        """Leave elements that stand more often than they may to others."""
        seen = set(self._opened)
        if not {"IT", self._form.code} <= seen:
            raise NotPlain
        if len(seen) < len(self._opened):
            for key, count in Counter(self._opened).items():
                branch = key[0] if isinstance(key, tuple) else key
                most = branch.most if isinstance(branch, Branch) else 1
                if 0 < most < count:
                    raise NotPlain

    def _values(self) -> dict[int, str]:
        """Return the first value of each item by place; fills the copies of what repeats."""
        items, values = self._form.items, dict[int, str]()
        for place, copy, said in self._said:
            text = said if isinstance(said, str) else text_of(items[place], "", said)
            if not text:
                continue
            if copy is not None:
                copy[items[place].name] = text
                if place in values and any(value_faults(items[place], text)):
                    raise NotPlain  # the first copy is checked with the record
            values.setdefault(place, text)
        return values


def _add_part(parts: str | dict[str, str], name: str, text: str) -> None:
    if isinstance(parts, str) or name in parts:
        raise NotPlain
    parts[name] = text
