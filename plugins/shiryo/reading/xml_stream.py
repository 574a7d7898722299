"""XML as a stream of small trees: expat, UTF-8 only, no DTD, no entities, bounded depth, count and size."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import BinaryIO
from xml.parsers import expat

from plugins.shiryo.reading.findings import Finding, Findings

CHUNK = 65_536
DEEPEST, MOST_ELEMENTS, LONGEST_TEXT, LONGEST_TOKEN = 32, 20_000, 10_000, 1_048_576
"""Per document. A 確定申告書 is 13 deep and has 1,082 elements on one copy of each page."""
LAST = (True,)
"""Tells expat that there is no more."""


class XmlRefused(Exception):
    """The file cannot be read further: a finding's code and the byte."""

    def __init__(self, code: str, offset: int, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.offset = offset
        self.line = line


class Element:
    """One element with its place in the file."""

    __slots__ = ("attributes", "children", "end", "line", "name", "offset", "text")

    def __init__(self, name: str, attributes: Mapping[str, str], offset: int, line: int) -> None:
        self.name = name
        self.attributes = attributes
        self.offset = offset
        self.line = line
        self.text = ""
        self.children: list[Element] | tuple[()] = ()
        self.end = 0
        """Offset of the first byte after it."""

    def child(self, name: str) -> "Element | None":
        """Return the first child of that name."""
        return next((child for child in self.children if child.name == name), None)


def documents(stream: BinaryIO, name: str, envelope: str, findings: Findings) -> Iterator[Element | Finding]:
    """Yield every element `name`, which is the root or stands in the root `envelope`.

    A file that is no such XML ends with a finding at its first fault.
    """
    fault = None
    trees = _Trees(name, envelope)
    fed = 0
    try:
        while chunk := stream.read(CHUNK):
            fed += len(chunk)
            trees.parser.Parse(chunk)
            yield from trees.taken()
            if fed - max(trees.parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
                trees.refuse("XML_LIMIT")
        trees.parser.Parse(b"", *LAST)
    except XmlRefused as refusal:
        fault = findings.made(refusal.code, refusal.offset, refusal.line)
    except expat.ExpatError as error:
        fault = findings.made("XML_FORM", max(trees.parser.ErrorByteIndex, 0), error.lineno)
    yield from trees.taken()
    if fault is not None:
        yield fault


class _Trees:
    """What expat calls: builds one document at a time."""

    def __init__(self, name: str, envelope: str) -> None:
        self._name = name
        self._envelope = envelope
        self._done: list[Element] = []
        self._open: list[Element] = []
        self._elements = 0
        self._inside = False
        """Within the envelope."""
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.namespace_prefixes = True
        self.parser.StartDoctypeDeclHandler = self._forbidden
        self.parser.EntityDeclHandler = self._forbidden
        self.parser.ExternalEntityRefHandler = self._forbidden
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def taken(self) -> list[Element]:
        """Return the documents that ended since the last call."""
        done, self._done = self._done, []
        return done

    def refuse(self, code: str) -> None:
        """Stop here."""
        raise XmlRefused(code, max(self.parser.CurrentByteIndex, 0), self.parser.CurrentLineNumber)

    def _forbidden(self, *_: object) -> int:
        self.refuse("XML_FORBIDDEN")
        return 0

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        _, name, _ = _parts(qualified)
        if not self._open and name != self._name:
            if self._inside or name != self._envelope:
                self.refuse("XML_ELEMENT")
            self._inside = True
            return
        self._elements += 1
        if len(self._open) >= DEEPEST or self._elements > MOST_ELEMENTS:
            self.refuse("XML_LIMIT")
        at, line = self.parser.CurrentByteIndex, self.parser.CurrentLineNumber
        element = Element(name, attributes, at, line)
        if self._open:
            parent = self._open[-1]
            if parent.children:
                parent.children.append(element)
            else:
                parent.children = [element]
        self._open.append(element)

    def _characters(self, text: str) -> None:
        if not self._open:
            return
        element = self._open[-1]
        element.text += text
        if len(element.text) > LONGEST_TEXT:
            self.refuse("XML_LIMIT")

    def _end(self, qualified: str) -> None:
        if not self._open:
            return  # the envelope
        element = self._open.pop()
        if not self._open:
            _, name, prefix = _parts(qualified)
            tag = f"</{prefix}:{name}>" if prefix else f"</{name}>"
            element.end = self.parser.CurrentByteIndex + len(tag)
            self._done.append(element)
            self._elements = 0


@lru_cache(maxsize=4096)
def _parts(qualified: str) -> tuple[str, str, str]:
    """Return namespace, local name and prefix of what expat hands over."""
    namespace, name, prefix = ([*qualified.split(" "), "", ""] if " " in qualified else ["", qualified, ""])[
        :3
    ]
    return namespace, name, prefix
