"""Canonical bytes without ambiguity; links; checkpoints that are what was signed, to the byte."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from plugins.audit.chain import (
    Checkpoint,
    canonical,
    first_link,
    next_link,
    read_checkpoint,
    row_line,
    row_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.one_of(TEXT, st.none(), st.integers(-(2**53) + 1, 2**53 - 1), st.lists(TEXT))
GOOD = Checkpoint("331007", 1, 5, "ab" * 32, "2026-06-10T00:00:00Z").signed(KEY)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), VALUES))
def test_rows_are_written_as_rfc_8785_says(row: dict[str, object]) -> None:
    expected = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(row) == expected.encode()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": None}, {"a": ""}),
        ({"a": "null"}, {"a": None}),
        ({"a": "x", "b": "y,z"}, {"a": "x,y", "b": "z"}),
        ({"a": 'x","b":"y', "b": ""}, {"a": "x", "b": "y"}),
        ({"ids": ["1", "23"]}, {"ids": ["12", "3"]}),
        ({"ids": ["1,2"]}, {"ids": ["1", "2"]}),
        ({"ids": []}, {"ids": [""]}),
        ({"id": 1}, {"id": "1"}),
        ({"a": "\u304b\u3099"}, {"a": "\u304c"}),
    ],
)
def test_different_rows_have_different_bytes(one: dict[str, object], other: dict[str, object]) -> None:
    assert canonical(one) != canonical(other)


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical({"b": 1, "a": 2}) == canonical({"a": 2, "b": 1}) == b'{"a":2,"b":1}'


def test_links_depend_on_everything_before_them() -> None:
    one, two = first_link("331007"), first_link("331009")
    assert one != two
    assert next_link(one, b"row") != next_link(two, b"row")
    assert next_link(next_link(one, b"a"), b"b") != next_link(next_link(one, b"b"), b"a")
    assert next_link(one, b"a" + bytes(32)) != next_link(next_link(one, b"a"), bytes(32))


def test_a_link_is_fixed_for_ever() -> None:
    # made once with sha256sum: exports of earlier years must stay verifiable
    assert next_link(first_link("331007"), b'{"sequence":1}').hex() == (
        "de409eaf90c8b2ae5cb8138387506a55a25f93371172ce03e4ff4fb23e4aa3cc"
    )


def test_a_row_is_found_in_its_line() -> None:
    line = row_line(bytes(32), b'{"a":"}"}')
    assert row_of(line) == b'{"a":"}"}'
    assert json.loads(line) == {"link": "00" * 32, "row": {"a": "}"}}


def test_a_checkpoint_is_read_back() -> None:
    assert read_checkpoint(GOOD.line()) == GOOD
    assert GOOD.is_signed_by([KEY.public_key()])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"null\n",
        b"{}\n",
        b'{"checkpoint":[]}\n',
        b'{"checkpoint":{}}\n',
        b"\xff\n",
        GOOD.line()[:-1],
        GOOD.line() + b" ",
        GOOD.line().replace(b":5", b": 5"),
        GOOD.line().replace(b":5", b":5.0"),
        GOOD.line().replace(b":5", b":true"),
        GOOD.line().replace(b":5", b":null"),
        GOOD.line().replace(b'"331007"', b"331007"),
        GOOD.line().replace(b'"time"', b'"Time"'),
        GOOD.line().replace(b'"number":1', b'"number":2,"number":1'),
        GOOD.line().replace(b'"number":1', b'"extra":0,"number":1'),
    ],
)
def test_anything_but_the_exact_line_is_no_checkpoint(line: bytes) -> None:
    assert read_checkpoint(line) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "331008"),
        ("number", 2),
        ("size", 6),
        ("root", "ac" * 32),
        ("time", "2026-06-10T00:00:01Z"),
        ("signature", ""),
        ("signature", "zz"),
        ("signature", "00" * 64),
        ("signature", GOOD.signature[:-2]),
    ],
)
def test_a_signature_covers_every_word(name: str, value: object) -> None:
    stated = {key: getattr(GOOD, key) for key in GOOD.__dataclass_fields__}
    assert not Checkpoint(**{**stated, name: value}).is_signed_by([KEY.public_key()])
