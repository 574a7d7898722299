"""Hostile and broken XML is refused with its place, in bounded time and memory."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.shiryo.reading.layout import load_layout

RETURN = load_layout("tax_return", version="23")
Clean = Callable[..., dict[str, Any]]
ONE = b"<DATA><RKO0010><CONTENTS><IT/><KOA020>%s</KOA020></CONTENTS></RKO0010></DATA>"
LAUGHS = b"""<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><DATA>&b;</DATA>"""
EXTERNAL = b"""<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><DATA>&a;</DATA>"""


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (LAUGHS, "XML_FORBIDDEN"),
        (EXTERNAL, "XML_FORBIDDEN"),
        (b'<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd"><DATA/>', "XML_FORBIDDEN"),
        (b"<DATA>&undefined;</DATA>", "XML_FORM"),
        (b"<DATA>" + b"<a>" * 100, "XML_LIMIT"),
        (b"<DATA>" + b"<a/>" * 30_000 + b"</DATA>", "XML_LIMIT"),
        (b"<DATA>" + b"x" * 200_000 + b"</DATA>", "XML_LIMIT"),
        (b"<DATA " + b"x" * 3_000_000, "XML_LIMIT"),
        (b"<kokuzei_renkei><DATA>", "XML_FORM"),
        (b"", "XML_FORM"),
        (b"315,abc", "XML_FORM"),
        (b"<html/>", "XML_ELEMENT"),
        (b"<kokuzei_renkei><OTHER/></kokuzei_renkei>", "XML_ELEMENT"),
        (b"<kokuzei_renkei/>", "EMPTY_FILE"),
        (b"<DATA/>", "XML_ELEMENT"),
        (b'<?xml version="1.0" encoding="Shift_JIS"?><DATA>\x8eR</DATA>', "XML_FORM"),
        (ONE % b"<KOA999/>", "XML_ELEMENT"),
        (ONE % b"<KOA020-1/><KOA020-1/>", "XML_REPEATED"),
        (ONE % b'<KOA020-1><ABA00000><ABA00010 IDREF="NOBODY"/></ABA00000></KOA020-1>', "XML_REFERENCE"),
        (ONE.replace(b"<KOA020>", b'<KOA020 VR="22.0">') % b"", "XML_VERSION"),
    ],
)
def test_it_is_refused(data: bytes, code: str) -> None:
    reading = RETURN.read(data, "f").finish()
    assert code in reading.counts
    assert not reading.ok
    assert all(0 <= one.offset <= len(data) for one in reading.findings)


def test_after_a_faulty_return_the_next_is_read(clean: Clean) -> None:
    data = RETURN.write([clean(RETURN, 1), clean(RETURN, 2) | {"income_total": 1}, clean(RETURN, 3)])
    reading = RETURN.read(data, "f")
    assert [record.ok for record in reading] == [True, False, True]
    assert reading.counts == {"TAX-01": 1}


def test_a_cut_file_gives_what_was_whole_and_says_where_it_ends(clean: Clean) -> None:
    data = RETURN.write(clean(RETURN, n) for n in (1, 2, 3))
    cut = data[: data.rindex(b"<KOA020 ")]
    reading = RETURN.read(cut, "f").finish()
    assert reading.records == 2
    assert [(one.code, one.offset) for one in reading.findings] == [("XML_FORM", len(cut))]


def test_a_part_that_repeats_is_read_over_its_pages(clean: Clean) -> None:
    names = {f"dependant_name[{n}]": f"子{n}" for n in range(1, 10)}
    record = next(iter(RETURN.read(RETURN.write([clean(RETURN) | names]), "f")))
    assert [one["dependant_name"] for one in record.groups["ABY00150"]] == [f"子{n}" for n in range(1, 10)]
    assert record["dependant_name"] == "子1"
    assert record.ok


@pytest.mark.parametrize(
    ("item", "value", "code"),
    [
        ("dependant_number[3]", "621498320258", "CHECK_DIGIT"),
        ("dependant_under16[2]", "7", "CODE"),
        ("dependant_name[2]", "あ" * 61, "TOO_LONG"),
        ("my_number", "621498320258", "CHECK_DIGIT"),
        ("salary", "１２３", "DIGITS"),
        ("collection", "3", "CODE"),
    ],
)
def test_a_fault_in_any_copy_is_found(item: str, value: str, code: str, clean: Clean) -> None:
    relatives = {f"dependant_name[{n}]": "子" for n in (1, 2, 3)}
    numbers = {f"dependant_number[{n}]": "621498320257" for n in (1, 2, 3)}
    marks = {f"dependant_under16[{n}]": "1" for n in (1, 2, 3)}
    data = RETURN.write([clean(RETURN) | relatives | numbers | marks | {item: value}])
    reading = RETURN.read(data, "f").finish()
    assert reading.counts == {code: 1}
    assert value not in reading.findings[0].message


def test_the_one_without_an_envelope_is_read(clean: Clean) -> None:
    data = RETURN.write([clean(RETURN)])
    alone = data[data.index(b"<DATA") : data.index(b"</kokuzei_renkei>")]
    reading = RETURN.read(alone, "f")
    assert [record.identity.name for record in reading] == ["山田　一"]
    assert reading.ok


@pytest.mark.parametrize(
    "birth", ["1868-02-01", "1912-07-30", "1926-12-25", "1989-01-07", "1989-01-08", "2019-05-01"]
)
def test_dates_pass_through_their_eras(birth: str, clean: Clean) -> None:
    record = next(iter(RETURN.read(RETURN.write([clean(RETURN) | {"birth_date": birth}]), "f")))
    assert record.identity.birth == birth
