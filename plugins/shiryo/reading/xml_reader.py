"""確定申告書 (e-Tax XML) to records: the values of KOA020 under the names of its items.

A file is one DATA element, or many of them in our neutral envelope. Other forms beside KOA020 are left alone.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from plugins.shiryo.reading.checks import CHECK_DIGITS, faults
from plugins.shiryo.reading.dates import partial_date
from plugins.shiryo.reading.findings import Finding, Findings
from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.record import Record
from plugins.shiryo.reading.xml_stream import Element, documents
from plugins.shiryo.reading.xml_tree import ENVELOPE, PROCEDURE, VERSION, Node, nodes
from plugins.shiryo.reading.xml_values import text_of

_NONE: Mapping[str, str] = {}


def xml_records(form: Form, stream: BinaryIO, findings: Findings) -> Iterator[Record | Finding]:
    """Yield a record for every return of a file, also for one whose form cannot be found.

    What ends the file too early comes as a finding behind them. Nothing is kept in `findings` here.
    """
    number, fault = 0, None
    for data in documents(stream, "DATA", ENVELOPE, findings):
        if isinstance(data, Finding):
            yield (fault := data)
            continue
        number += 1
        record = Record(form, number, data.line, data.offset, data.end - data.offset)
        _Taking(form, findings, record).apart(data)
        yield record
    if not number and fault is None:
        yield findings.made("EMPTY_FILE", 0, 0)


class _Taking:
    """Takes one return apart."""

    def __init__(self, form: Form, findings: Findings, record: Record) -> None:
        self._form = form
        self._findings = findings
        self._record = record
        self._nodes = nodes(form)
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
            for place, (text, _) in self._values.items():
                fields[place] = text
            self._record.fields = fields
            self._record.groups = self._groups
            self._record.content = hash("\x1f".join(fields))
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
        item = self._form.items[node.place]
        codes = list(faults(item, text))
        valid = CHECK_DIGITS.get(item.type)
        if not codes and valid is not None and not valid(text):
            codes = ["CHECK_DIGIT"]
        if not codes and item.type == "date" and partial_date(text) is None:
            codes = ["DATE"]
        for code in codes:
            self._fault(code, element, node)

    def _offset(self, place: int) -> int:
        return self._values.get(place, ("", self._record.offset))[1]

    def _fault(self, code: str, element: Element, node: Node | None = None) -> None:
        item = self._form.items[node.place] if node is not None and node.place >= 0 else None
        number, label = (item.no, item.label) if item else (0, "")
        self._found.append(self._findings.made(code, element.offset, element.line, number, label))
