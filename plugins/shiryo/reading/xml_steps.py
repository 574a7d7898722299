"""What stands between two texts of a return, learned once: which elements close and open, whose the text is.

A return is tags and texts by turns, and of all that could stand between two texts the same few thousand do.
So each is taken apart once, from where it stands in the tree, and is a look-up from then on. What the layout
does not have, or is not plain XML, is `NotPlain`: nothing is found here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import NamedTuple

from plugins.shiryo.reading.form import Form
from plugins.shiryo.reading.xml_tree import GENERAL, INCOME_TAX, PROCEDURE, VERSION, nodes

_TAG = re.compile(
    r"<(/?)((?:gen:)?[A-Za-z_][\w.-]*)((?:\s+[A-Za-z_][\w:.-]*=\"[^\"<&]*\")*)\s*(/?)>", re.ASCII
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)=\"([^\"]*)\"", re.ASCII)
_PARTS = "gen:"
_SPACES = {"xmlns": INCOME_TAX, "xmlns:gen": GENERAL}
_MOST_STEPS = 50_000
"""Kept for one layout; a file that varies what nobody needs (ids) is read without keeping more."""


class NotPlain(Exception):
    """Something is not plain; what it is, is for others to say."""


class Kind(Enum):
    """Whose a text is."""

    COMMON = "an element of the IT part"
    COMMON_PART = "a part of one"
    VALUE = "an item"
    VALUE_PART = "a part of an item"
    NOBODY = "none may stand here"


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """An element of the layout by its name: the item it holds, or the elements below it."""

    name: str
    place: int = -1
    most: int = 1
    below: "dict[str, Branch]" = field(default_factory=dict)


class Reference(NamedTuple):
    """An item whose value stands in the IT part, and the repeating element it is in."""

    place: int
    id: str
    group: str


class Opened(NamedTuple):
    """An element inside one that repeats; `begins`: it is one that repeats itself."""

    branch: Branch
    group: str
    begins: bool


class _Frame(NamedTuple):
    """An element that is open."""

    name: str
    kind: Kind = Kind.NOBODY
    branch: Branch | None = None
    group: str = ""
    key: str = ""
    """Of the IT part: the ID; of a part: its name."""
    place: int = -1


class Step(NamedTuple):
    """What one piece between two texts does."""

    state: "State"
    kind: Kind
    place: int
    key: str
    """ID of the element of the IT part."""
    part: str
    group: str
    begins: bool
    """Whether the item itself opens here; its second part comes without."""
    opened: Sequence[object]
    """Elements that may stand once."""
    events: Sequence[Reference | Opened]


@dataclass(slots=True, eq=False)
class State:
    """Where in the tree a text stands, and what was seen to follow it."""

    automaton: "Automaton"
    stack: tuple[_Frame, ...]
    steps: dict[str, Step] = field(default_factory=dict)

    def follow(self, gap: str) -> Step:
        """Take a piece apart that was not seen here before; raises NotPlain."""
        step = _Gap(self.automaton.form, self.stack).step(gap, self.automaton)
        if self.automaton.kept < _MOST_STEPS:
            self.automaton.kept += 1
            self.steps[gap] = step
        return step


class Automaton:
    """All that was learned of one layout."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.kept = 0
        self._states: dict[tuple[_Frame, ...], State] = {}
        self.start = self.state(())

    def state(self, stack: tuple[_Frame, ...]) -> State:
        """Return the state of a stack of open elements."""
        found = self._states.get(stack)
        if found is None:
            found = State(self, stack)
            if self.kept < _MOST_STEPS:
                self._states[stack] = found
        return found


@cache
def automaton(form: Form) -> Automaton:
    """Return what was learned of a layout so far."""
    return Automaton(form)


class _Gap:
    """Takes the tags between two texts one by one."""

    def __init__(self, form: Form, stack: Sequence[_Frame]) -> None:
        self._form = form
        self._stack = list(stack)
        self._opened: list[object] = []
        self._events: list[Reference | Opened] = []
        self._leaf: _Frame | None = None
        """The item that opened last."""
        self._opened_here = 0
        """Depth of the element that opened last, until one closes."""

    def step(self, gap: str, of: Automaton) -> Step:
        """Return what a piece does."""
        is_last = gap.endswith(">")
        tags = ("" if gap.startswith("<") else "<") + gap + ("" if is_last else ">")
        at = 0
        while at < len(tags):
            tag = _TAG.match(tags, at)
            if tag is None:
                raise NotPlain
            at = tag.end()
            self._tag(*tag.groups())
        top = self._stack[-1] if self._stack else _Frame("")
        if is_last != (not self._stack) or (not is_last and top.kind is Kind.NOBODY):
            raise NotPlain
        if top.kind is Kind.VALUE and top is not self._leaf:
            raise NotPlain  # a text behind the parts of an item
        owner = self._stack[-2] if top.kind in (Kind.COMMON_PART, Kind.VALUE_PART) else top
        part = top.key if owner is not top else ""
        begins = owner is self._leaf
        place = (top.kind, owner.place, owner.key, part, owner.group, begins)
        return Step(of.state(tuple(self._stack)), *place, tuple(self._opened), tuple(self._events))

    def _tag(self, closes: str, name: str, said: str, is_empty: str) -> None:
        if not closes:
            self._stack.append(self._frame(name, _attributes(said, is_root=not self._stack)))
            self._opened_here = len(self._stack)
        elif said or is_empty:
            raise NotPlain
        if closes or is_empty:
            self._close(name)

    def _close(self, name: str) -> None:
        """Close the innermost element; a part without a text is left to others."""
        is_bare = self._opened_here == len(self._stack)
        frame = self._stack.pop() if self._stack else _Frame("")
        if frame.name != name or (is_bare and frame.kind in (Kind.COMMON_PART, Kind.VALUE_PART)):
            raise NotPlain
        self._opened_here = 0

    def _frame(self, name: str, attributes: Mapping[str, str]) -> _Frame:
        """Return what an element is that opens here."""
        parent = self._stack[-1] if self._stack else None
        if parent is None or parent.name in ("DATA", PROCEDURE, "CONTENTS"):
            return self._around(parent.name if parent else "", name, attributes)
        if name.startswith(_PARTS):
            kinds = {Kind.COMMON: Kind.COMMON_PART, Kind.VALUE: Kind.VALUE_PART}
            if parent.kind not in kinds:
                raise NotPlain
            return _Frame(name, kinds[parent.kind], key=name.removeprefix(_PARTS))
        if parent.name == "IT" and parent.branch is None:
            if not attributes.get("ID"):
                raise NotPlain
            self._opened.append(f"IT/{attributes['ID']}")
            return _Frame(name, Kind.COMMON, key=attributes["ID"])
        return self._of_form(parent, name, attributes)

    def _around(self, parent: str, name: str, attributes: Mapping[str, str]) -> _Frame:
        """Open what stands around the IT part and the form."""
        expected = {"": ("DATA",), "DATA": (PROCEDURE,), PROCEDURE: ("CONTENTS",)}
        if name not in expected.get(parent, ("IT", self._form.code)):
            raise NotPlain
        if name == self._form.code and attributes.get("VR", VERSION) != VERSION:
            raise NotPlain
        self._opened.append(name)
        return _Frame(name, branch=_tree(self._form) if name == self._form.code else None)

    def _of_form(self, parent: _Frame, name: str, attributes: Mapping[str, str]) -> _Frame:
        branch = parent.branch.below.get(name) if parent.branch is not None else None
        if branch is None:
            raise NotPlain
        repeats = branch.place < 0 and branch.most != 1
        if parent.group or repeats:
            self._events.append(Opened(branch, parent.group, repeats))
        else:
            self._opened.append(branch)
        if branch.place < 0:
            return _Frame(name, branch=branch, group=name if repeats else parent.group)
        if reference := attributes.get("IDREF"):
            self._events.append(Reference(branch.place, reference, parent.group))
            return _Frame(name, group=parent.group)
        self._leaf = _Frame(name, Kind.VALUE, group=parent.group, place=branch.place)
        return self._leaf


def _attributes(said: str, *, is_root: bool) -> Mapping[str, str]:
    """Return the attributes of an element; raises NotPlain where one stands twice, or a space is another."""
    pairs = _ATTRIBUTE.findall(said)
    found = dict(pairs)
    spaces = {name: value for name, value in pairs if name.startswith("xml")}
    if len(found) != len(pairs) or spaces != (_SPACES if is_root else {}):
        raise NotPlain
    return found


@cache
def _tree(form: Form) -> Branch:
    root = Branch("")
    for path, node in nodes(form).items():
        *above, name = path.split("/")
        at = root
        for step in above:
            at = at.below[step]
        at.below[name] = Branch(name, node.place, node.most)
    return root
