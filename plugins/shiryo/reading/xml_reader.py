"""確定申告書 (e-Tax XML) to records: the values of KOA020 under the names of its items.

A file is one DATA element, or many of them in our neutral envelope. Other forms beside KOA020 are left alone.
"""

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import BinaryIO

from plugins.shiryo.reading.examine import value_faults
from plugins.shiryo.reading.findings import Finding, Findings
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.xml_quick import WHOLE, Cut, cuts, fill
from plugins.shiryo.reading.xml_stream import Element, documents
from plugins.shiryo.reading.xml_tree import ENVELOPE, PROCEDURE, VERSION, Node, nodes
from plugins.shiryo.reading.xml_values import text_of

_NONE: Mapping[str, str] = {}


def xml_records(form: Form, stream: BinaryIO, findings: Findings) -> Iterator[Record | Finding]:
    """Yield a record for every return of a file, also for one whose form cannot be found.

    What ends the file too early comes as a finding behind them. Nothing is kept in `findings` here.
    """
    number, is_whole = 0, False
    if stream.seekable():
        start = stream.tell()
        number, is_whole = yield from _quickly(form, stream, findings)
        stream.seek(start)
    if not is_whole:
        yield from _thoroughly(form, stream, findings, number)


def _quickly(form: Form, stream: BinaryIO, findings: Findings) -> Generator[Record, None, tuple[int, bool]]:
    """Yield the records of a plain file; returns how many it was, and whether it was all of the file."""
    number = 0
    found = cuts(stream)
    while True:
        try:
            cut = next(found)
        except StopIteration as end:
            return number, bool(end.value)
        number += 1
        record = Record(form, number, cut.line, cut.offset, len(cut.data))
        if fill(record, cut):
            record.where = partial(_offset_in, form, cut)
        elif not _fill_thoroughly(record, cut, findings):
            return number - 1, False
        yield record


def _thoroughly(form: Form, stream: BinaryIO, findings: Findings, after: int) -> Iterator[Record | Finding]:
    """Yield the records behind the first so many, and what is wrong with the file."""
    number, fault = 0, None
    for data in documents(stream, "DATA", ENVELOPE, findings):
        if isinstance(data, Finding):
            yield (fault := data)
            continue
        number += 1
        if number > after:
            record = Record(form, number, data.line, data.offset, data.end - data.offset)
            _Taking(findings, record).apart(data)
            yield record
    if not number and fault is None:
        yield findings.made("EMPTY_FILE", 0, 0)


def _fill_thoroughly(record: Record, cut: Cut, findings: Findings) -> bool:
    """Fill the record of a return that is not plain; false if it cannot be parsed by itself."""
    trees = list(documents(BytesIO(cut.data), "DATA", ENVELOPE, findings))
    if len(trees) != 1 or isinstance(trees[0], Finding):
        return False
    _Taking(findings, record, cut).apart(trees[0])
    return True


def _offset_in(form: Form, cut: Cut, place: int) -> int:
    """Return the offset of an item of a return that was read quickly: it is read once more."""
    record = Record(form, 0, cut.line, cut.offset, len(cut.data))
    _fill_thoroughly(record, cut, Findings(""))
    return record.where(place)


class _Taking:
    """Takes one return apart; `cut` tells where in its file the return stands that was parsed by itself."""

    def __init__(self, findings: Findings, record: Record, cut: Cut = WHOLE) -> None:
        self._form = record.form
        self._findings = findings
        self._record = record
        self._cut = cut
        self._nodes = nodes(record.form)
        self._found: list[Finding] = []
        self._common: dict[str, Element] = {}
        self._values: dict[int, tuple[str, int]] = {}
        """Place of an item to its first text and the offset of that."""
        self._groups: dict[str, list[dict[str, str]]] = {}

    def apart(self, data: Element) -> None:
        """Fill the record."""
        form = self._form_of(data)
        if form is None:
            self._fault("XML_ELEMENT", data)
        else:
            if form.attributes.get("VR", VERSION) != VERSION:
                self._fault("XML_VERSION", form)
            self._walk(form, "", None)
            fields = [""] * len(self._form.items)
            values = {place: text for place, (text, _) in self._values.items()}
            for place, text in values.items():
                fields[place] = text
            self._record.fields = fields
            self._record.places = values.keys()
            self._record.groups = self._groups
            self._record.content = hash(frozenset(values.items()))
            self._record.where = self._offset
        self._record.findings = self._found

    def _form_of(self, data: Element) -> Element | None:
        procedure = data.child(PROCEDURE)
        contents = procedure.child("CONTENTS") if procedure else None
        if contents is None:
            return None
        common = contents.child("IT")
        for element in common.children if common else ():
            self._common[element.attributes.get("ID", element.name)] = element
        return contents.child(self._form.code)

    def _walk(self, parent: Element, path: str, group: dict[str, str] | None) -> None:
        """Go through the children of an element; each may stand as often under it as the layout says."""
        counts: dict[str, int] = {}
        for child in parent.children:
            name = child.name
            at = f"{path}/{name}" if path else name
            node = self._nodes.get(at)
            counts[name] = count = counts.get(name, 0) + 1
            if node is None:
                self._fault("XML_ELEMENT", child)
            elif node.most and count > node.most:
                self._fault("XML_REPEATED", child, node)
            elif node.place >= 0:
                self._value(child, node, group)
            else:
                self._walk(child, at, self._instance(child, node, group))

    def _instance(self, child: Element, node: Node, group: dict[str, str] | None) -> dict[str, str] | None:
        if node.most == 1:
            return group
        self._groups.setdefault(child.name, []).append({})
        return self._groups[child.name][-1]

    def _value(self, element: Element, node: Node, group: dict[str, str] | None) -> None:
        source: Element | None = element
        if reference := element.attributes.get("IDREF"):
            source = self._common.get(reference)
        if source is None:
            self._fault("XML_REFERENCE", element, node)
            return
        item = self._form.items[node.place]
        parts = {part.name: part.text.strip() for part in source.children} if source.children else _NONE
        text = text_of(item, source.text.strip(), parts)
        if not text:
            return
        if group is not None:
            group[item.name] = text
        if node.place not in self._values:
            self._values[node.place] = (text, element.offset)
        elif group is not None:
            self._later(element, node, text)

    def _later(self, element: Element, node: Node, text: str) -> None:
        """Check a value of a second or later copy; the first is checked with the record."""
        for code in value_faults(self._form.items[node.place], text):
            self._fault(code, element, node)

    def _offset(self, place: int) -> int:
        if place not in self._values:
            return self._record.offset
        return self._cut.offset + self._values[place][1]

    def _fault(self, code: str, element: Element, node: Node | None = None) -> None:
        item = self._form.items[node.place] if node is not None and node.place >= 0 else None
        number, label = (item.no, item.label) if item else (0, "")
        offset, line = self._cut.offset + element.offset, self._cut.line - 1 + element.line
        self._found.append(self._findings.made(code, offset, line, number, label))
