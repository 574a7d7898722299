"""Plain e-Tax files, quickly: each return is cut out of the file and parsed whole by C code.

Plain is a file without comments, declarations or anything between the returns, and a return in which every
element stands where the layout has it, as often as it may. Nearly all are. Nothing is found here: what is not
plain is left to `xml_reader`, which reads it by the rules of `xml_stream`.
"""

import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import BinaryIO, NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from plugins.shiryo.reading.examine import value_faults
from plugins.shiryo.reading.form import Form, Item
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.xml_tree import ENVELOPE, GENERAL, INCOME_TAX, PROCEDURE, VERSION, nodes
from plugins.shiryo.reading.xml_values import text_of

_READ = 1 << 20
_LONGEST = 1 << 16
"""Bytes of a return that is read here; so it stays far below the limits of `xml_stream`."""
_LONGEST_TEXT = 10_000
_SPACE, _PARTS = f"{{{INCOME_TAX}}}", f"{{{GENERAL}}}"
_START, _END = b"<DATA ", b"</DATA>"
_STRANGE = (b"<!", b"<?", b"\r")
"""What would make the end of a return, or the number of a line, doubtful."""
_HEAD = re.compile(
    rb'(?:<\?xml version="1\.0" encoding="(?:utf|UTF)-8"\?>)?\s*'
    rb"(<" + ENVELOPE.encode() + rb'(?: xmlns="[\w:/.-]*")?>)?\s*'
)
_TAIL = rb"</" + ENVELOPE.encode() + rb">"


class _NotPlainError(Exception):
    """Something is not plain; what it is, is for others to say."""


@dataclass(slots=True)
class _Branch:
    """An element of the layout by its name: the item it holds, or the elements below it."""

    name: str
    place: int = -1
    most: int = 1
    below: "dict[str, _Branch]" = field(default_factory=dict)


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
            if len(data) > _LONGEST or any(mark in data for mark in _STRANGE):
                return False
            yield Cut(data, offset + start, line)
            line += data.count(b"\n")
        rest, offset = rest[at:], offset + at
        if len(rest) > 2 * _READ:
            return False
    return not head and rest.strip() == (_TAIL if is_wrapped else b"")


def fill(record: Record, cut: Cut) -> bool:
    """Fill the record of a return; false, and the record is as before, if the return is not plain."""
    try:
        data = ElementTree.fromstring(cut.data)  # noqa: S314 - no `<!`, so no DTD and no entities
        _Filling(record).fill(data)
    except (ElementTree.ParseError, _NotPlainError):
        return False
    return True


class _Filling:
    """Fills the record of one return."""

    def __init__(self, record: Record) -> None:
        self._form = record.form
        self._record = record
        self._common: dict[str, Element] = {}
        self._values: dict[int, str] = {}
        self._groups: dict[str, list[dict[str, str]]] = {}

    def fill(self, data: Element) -> None:
        """Take the return apart; raises _NotPlainError."""
        contents = _only(_only(data, "DATA", PROCEDURE), PROCEDURE, "CONTENTS")
        parts = {part.tag: part for part in contents}
        common, root = parts.get(f"{_SPACE}IT"), parts.get(f"{_SPACE}{self._form.code}")
        if len(contents) != len(("IT", "form")) or common is None or root is None:
            raise _NotPlainError
        if root.get("VR", VERSION) != VERSION:
            raise _NotPlainError
        for element in common:
            if any(map(len, element)):
                raise _NotPlainError
            self._common[element.get("ID", "")] = element
        self._walk(root, _tree(self._form), None)
        fields = [""] * len(self._form.items)
        for place, text in self._values.items():
            fields[place] = text
        record = self._record
        record.fields, record.places, record.groups = fields, self._values.keys(), self._groups
        record.content = hash("\x1f".join(fields))

    def _walk(self, parent: Element, branch: _Branch, group: dict[str, str] | None) -> None:
        below = branch.below
        tags = [child.tag for child in parent]
        if len(set(tags)) < len(tags):
            _check_counts(tags, below)
        for child, tag in zip(parent, tags, strict=True):
            found = below.get(tag)
            if found is None:
                raise _NotPlainError
            if found.place >= 0:
                self._value(child, found.place, group)
            elif found.most == 1:
                self._walk(child, found, group)
            else:
                copies = self._groups.setdefault(found.name, [])
                copies.append({})
                self._walk(child, found, copies[-1])

    def _value(self, element: Element, place: int, group: dict[str, str] | None) -> None:
        if element.attrib or len(element):
            text = self._referred(element, place)
        else:
            text = (element.text or "").strip()
        if len(text) > _LONGEST_TEXT:
            raise _NotPlainError
        if not text:
            return
        if group is not None:
            group[self._form.items[place].name] = text
        if self._values.setdefault(place, text) is not text and group is not None:
            _check_later(self._form.items[place], text)

    def _referred(self, element: Element, place: int) -> str:
        """Return the text of an element with parts, or of the one in the IT part that it refers to."""
        source: Element | None = element
        if reference := element.get("IDREF"):
            source = self._common.get(reference)
        if source is None:
            raise _NotPlainError
        text = (source.text or "").strip()
        return text_of(self._form.items[place], text, _parts(source)) if len(source) else text


def _check_counts(tags: Sequence[str], below: Mapping[str, _Branch]) -> None:
    """Leave elements that stand more often than they may to others."""
    for tag, count in Counter(tags).items():
        if tag in below and 0 < below[tag].most < count:
            raise _NotPlainError


def _parts(source: Element) -> Mapping[str, str]:
    """Return the `gen:` children of an element, by name."""
    found = {}
    for part in source:
        if not part.tag.startswith(_PARTS) or len(part):
            raise _NotPlainError
        found[part.tag.removeprefix(_PARTS)] = (part.text or "").strip()
    return found


def _check_later(item: Item, text: str) -> None:
    """Leave a faulty value of a second or later copy to others; the first is checked with the record."""
    if any(value_faults(item, text)):
        raise _NotPlainError


def _only(parent: Element, name: str, child: str) -> Element:
    if parent.tag != _SPACE + name or len(parent) != 1 or parent[0].tag != _SPACE + child:
        raise _NotPlainError
    return parent[0]


@cache
def _tree(form: Form) -> _Branch:
    root = _Branch("")
    for path, node in nodes(form).items():
        *above, name = path.split("/")
        at = root
        for step in above:
            at = at.below[_SPACE + step]
        at.below[_SPACE + name] = _Branch(name, node.place, node.most)
    return root
