"""Records to e-Tax XML: many returns in our neutral envelope, for exchanges and for synthetic files.

Items bear their names; `dependant_name[2]` is that of the second copy of the part that repeats.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

from plugins.shiryo.reading.csv_writer import Value
from plugins.shiryo.reading.errors import WriteRefused
from plugins.shiryo.reading.form import Form, Item
from plugins.shiryo.reading.xml_tree import (
    ENVELOPE,
    ENVELOPE_SPACE,
    GENERAL,
    INCOME_TAX,
    PROCEDURE,
    VERSION,
    nodes,
)
from plugins.shiryo.reading.xml_values import parts_of

_NAME = re.compile(r"([a-z0-9_]+)(?:\[([1-9][0-9]?)\])?", re.ASCII)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_Tree: TypeAlias = "dict[tuple[int, int, str], _Tree | str]"


def xml_pieces(form: Form, records: Iterable[Mapping[str, Value]]) -> Iterator[bytes]:
    """Yield the head, one piece per return, and the end; raises WriteRefused as the CSV writer does."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<{ENVELOPE} xmlns="{ENVELOPE_SPACE}">\n'.encode()
    for record in records:
        yield _document(form, record).encode("utf-8")
    yield f"</{ENVELOPE}>\n".encode()


def _document(form: Form, record: Mapping[str, Value]) -> str:
    common: dict[str, str] = {}
    tree: _Tree = {}
    for name, value in record.items():
        if value is None or value == "":
            continue
        item, copy = _item(form, name)
        text = str(value)
        if _NOT_XML.search(text):
            raise WriteRefused(item=item.name, rule="encoding")
        path, _, reference = item.path.partition("@")
        content = _content(item, text)
        if reference:
            common[reference] = f"<{reference} ID={quoteattr(reference)}>{content}</{reference}>"
            content = f"\x00{reference}"
        _place(form, tree, path.split("/"), copy, content)
    return (
        f'<DATA xmlns="{INCOME_TAX}" xmlns:gen="{GENERAL}" id="DATA">'
        f'<{PROCEDURE} VR="25.0.0" id="{PROCEDURE}">'
        f'<CONTENTS id="CONTENTS"><IT VR="1.5" id="IT">{"".join(common.values())}</IT>'
        f'<{form.code} VR="{VERSION}" id="{form.code}">{_serial(tree)}</{form.code}>'
        f"</CONTENTS></{PROCEDURE}></DATA>\n"
    )


def _item(form: Form, name: str) -> tuple[Item, int]:
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in form.index:
        raise WriteRefused(item=name, rule="unknown-item")
    return form.items[form.index[match[1]]], int(match[2] or 1)


def _content(item: Item, text: str) -> str:
    parts = parts_of(item, text)
    if not parts:
        return escape(text)
    return "".join(f"<gen:{name}>{escape(part)}</gen:{name}>" for name, part in parts.items())


def _place(form: Form, tree: _Tree, steps: list[str], copy: int, content: str) -> None:
    """Put a content into the tree; the copy is counted on the innermost part that repeats, over the pages."""
    known, path = nodes(form), ""
    copies = _copies(steps, copy)
    for step, at in zip(steps, copies, strict=True):
        name = step.partition("*")[0]
        path = f"{path}/{name}" if path else name
        key = (known[path].order, at, name)
        if step is steps[-1]:
            tree[key] = content
        else:
            below = tree.setdefault(key, {})
            tree = below if isinstance(below, dict) else {}


def _copies(steps: list[str], copy: int) -> list[int]:
    """Return the copy of each step: the ninth of four per page is the first of the third page."""
    found = [1] * len(steps)
    for depth in range(len(steps) - 1, -1, -1):
        _, star, most = steps[depth].partition("*")
        if star:
            found[depth] = (copy - 1) % int(most) + 1 if most else copy
            copy = (copy - 1) // int(most) + 1 if most else 1
    return found


def _serial(tree: _Tree) -> str:
    pieces = []
    for (_, _, name), content in sorted(tree.items()):
        if isinstance(content, dict):
            pieces.append(f"<{name}>{_serial(content)}</{name}>")
        elif content.startswith("\x00"):
            pieces.append(f'<{name} IDREF="{content[1:]}"/>')
        else:
            pieces.append(f"<{name}>{content}</{name}>")
    return "".join(pieces)
