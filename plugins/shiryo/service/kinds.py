"""What kind of documents a file holds: the manifest's or the caller's word, else the code it begins with."""

from functools import cache

from plugins.shiryo.errors import KindUnknown
from plugins.shiryo.reading.layout import layouts


def known_kind(kind: str) -> str:
    """Check a kind that somebody states; raises KindUnknown."""
    if all(layout.form.kind != kind for layout in layouts()):
        raise KindUnknown(field="kind", rule="unknown")
    return kind


def kind_of(data: bytes) -> str:
    """Tell the kind by how the file begins (`315,`, XML); raises KindUnknown."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<"):
        return known_kind("tax_return")
    line = head.partition(b"\n")[0]
    for body in (line, line.partition(b"@")[2]):  # `@` may be half of a character, so the plain line first
        code = body.partition(b",")[0].strip(b'"').decode("ascii", "replace")
        for layout in layouts():
            if code and layout.form.code == code:
                return layout.form.kind
    raise KindUnknown(field="kind", rule="required")


def has_header(kind: str) -> bool:
    """Tell whether files of the kind begin with a line of headings."""
    return kind in _with_header()


@cache
def _with_header() -> frozenset[str]:
    return frozenset(layout.form.kind for layout in layouts() if layout.form.header)
