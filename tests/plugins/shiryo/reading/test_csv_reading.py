"""Every fault is found, with its place; nothing merges, nothing vanishes, no value is echoed."""

from collections.abc import Callable
from typing import Any

import pytest

from plugins.shiryo.reading import findings as kept
from plugins.shiryo.reading.layout import load_layout
from plugins.shiryo.reading.lines import LONGEST

SALARY = load_layout("salary_report", version="2020")
ONE_STOP = load_layout("one_stop_notice", version="1")
Clean = Callable[..., dict[str, Any]]


@pytest.mark.parametrize(
    ("item", "value", "code"),
    [
        ("document_type", "331", "CODE"),
        ("payer_name", "", "REQUIRED"),
        ("kana", "", "REQUIRED"),
        ("correction", "4", "CODE"),
        ("correction", "", "REQUIRED"),
        ("payment", "１２３", "DIGITS"),
        ("payment", "1_000", "DIGITS"),
        ("payment", "+5", "DIGITS"),
        ("payment", "-5", "DIGITS"),
        ("payment", " 5", "DIGITS"),
        ("payment", "1e3", "DIGITS"),
        ("payment", "12345678901", "TOO_LONG"),
        ("reference_1", "123", "TOO_SHORT"),
        ("name", "山" * 31, "TOO_LONG"),
        ("name", "山田 太郎", "WIDTH_KIND"),
        ("kana", "ヤマダ", "WIDTH_KIND"),
        ("name", "山\ue000", "PRIVATE_CHARACTER"),
        ("name", "山\x07", "CHARACTERS"),
        ("husband", "1", "NOT_BLANK"),
        ("husband", "\x07", "CHARACTERS"),
        ("my_number", "0621498320258", "CHECK_DIGIT"),
        ("my_number", "1621498320257", "CHECK_DIGIT"),
        ("payer_number", "2835678256246", "CHECK_DIGIT"),
        ("municipality", "331008", "CHECK_DIGIT"),
        ("municipality", "3310", "TOO_SHORT"),
        ("birth_month", "13", "DATE"),
        ("birth_day", "00", "DATE_UNKNOWN"),
        ("birth_year", "65", "DATE"),
        ("housing_1_year", "05", "DATE"),
        ("spouse_residence", "09", "CODE"),
    ],
)
def test_a_fault_of_an_item_is_named_with_its_place(item: str, value: str, code: str, clean: Clean) -> None:
    data = SALARY.write([clean(SALARY), clean(SALARY, 2) | {item: value}])

    reading = SALARY.read(data, "315.csv").finish()

    place = SALARY.form.index[item]
    first = next(one for one in reading.findings if one.code == code)
    if item.startswith("birth"):
        place = SALARY.form.index["birth_era"]
    second = data.split(b"\r\n")[1]
    assert first.offset == len(data.split(b"\r\n")[0]) + 2 + len(
        b",".join([*second.split(b",")[:place], b""])
    )
    assert (first.file, first.line, first.column) == ("315.csv", 2, place + 1)
    assert first.item == SALARY.items[place].label
    assert len(value) < 4 or value not in first.message


def with_bytes(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"315,", b"315", "COLUMN_COUNT"),
        (b"315,", b"315,,", "COLUMN_COUNT"),
        ("山田".encode("cp932"), b"\x81\x20", "ENCODING"),
        ("山田".encode("cp932"), b"\x80", "CHARACTERS"),
        ("山田".encode("cp932"), b"\xfd", "CHARACTERS"),
        ("山田".encode("cp932"), b'"\x8e', "UNCLOSED_QUOTE"),
        ("山田".encode("cp932"), b'a"b"', "STRAY_QUOTE"),
        ("山田".encode("cp932"), b"\r", "LONE_CR"),
        (b"315,", b"a@b@c,", "PREFIX"),
    ],
)
def test_a_broken_line_is_one_finding_and_the_next_goes_on(
    old: bytes, new: bytes, code: str, clean: Clean
) -> None:
    lines = SALARY.write(clean(SALARY, n) for n in (1, 2, 3)).splitlines(keepends=True)
    lines[1] = with_bytes(lines[1], old, new)

    reading = SALARY.read(b"".join(lines), "f")
    records = list(reading)

    assert [record.ok for record in records] == [True, False, True]
    assert (reading.records, reading.faulty) == (3, 1)
    assert code in reading.counts
    assert {one.line for one in reading.findings} == {2}
    assert all(len(lines[0]) <= one.offset < len(lines[0]) + len(lines[1]) for one in reading.findings)


def test_a_file_in_utf_8_is_refused_line_by_line(clean: Clean) -> None:
    """Nearly all of it could be read as CP932, into other characters."""
    data = SALARY.write(clean(SALARY, n) for n in (1, 2)).decode("cp932").encode()
    reading = SALARY.read(data, "f").finish()
    assert (reading.counts, reading.faulty) == ({"ENCODING": 2}, 2)


def test_a_record_that_cannot_be_taken_apart_has_empty_items(clean: Clean) -> None:
    record = next(iter(SALARY.read(b"315,1,2\r\n", "f")))
    assert not record.ok
    assert set(record.identity) == {""}
    assert (record["name"], record.amount("payment"), record.key_parts()) == ("", 0, ())


def test_a_faulty_item_is_in_no_fact_and_the_others_are(clean: Clean, said: Any) -> None:
    faulty = clean(SALARY) | {"correction": 9, "mutual_aid": "x", "salary_income": "x"}
    record = next(iter(SALARY.read(SALARY.write([faulty]), "f")))
    assert (record.ok, said(record).facts) == (False, {"salary": 4_800_000})
    assert "salary_income" not in said(record).items


def test_the_offset_of_a_bad_byte_is_exact(clean: Clean) -> None:
    data = SALARY.write([clean(SALARY)])
    at = data.index("田".encode("cp932"))
    cut = data[: at + 1]

    finding = next(one for one in SALARY.read(cut, "f").finish().findings if one.code == "ENCODING")

    assert finding.offset == at


def test_an_at_sign_inside_a_character_does_not_split(clean: Clean) -> None:
    """The second byte of the full-width space is that of `@`."""
    assert "　".encode("cp932") == b"\x81\x40"
    prefixed = b"A1@" + SALARY.write([clean(SALARY)])
    record = next(iter(SALARY.read(prefixed, "f")))
    assert (record.prefix, record["name"], record.ok) == ("A1", "山田　太郎", True)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY_FILE"),
        (b"\r\n\r\n", "EMPTY_FILE"),
        (b"x" * (LONGEST * 3), "LINE_TOO_LONG"),
    ],
)
def test_a_file_without_records_says_why(data: bytes, code: str) -> None:
    reading = SALARY.read(data, "f").finish()
    assert code in reading.counts
    assert not reading.ok


def test_after_a_line_too_long_the_next_is_read(clean: Clean) -> None:
    reading = SALARY.read(b"x" * (LONGEST * 3) + b"\n" + SALARY.write([clean(SALARY)]), "f")
    record = next(iter(reading))
    assert (record.line, record.offset, record.ok) == (2, LONGEST * 3 + 1, True)


def test_a_last_line_without_line_break_is_a_warning(clean: Clean) -> None:
    reading = SALARY.read(SALARY.write([clean(SALARY)]).rstrip(), "f").finish()
    assert reading.counts == {"NO_FINAL_NEWLINE": 1}
    assert reading.ok


def test_a_year_beyond_the_published_ones_is_said_once(clean: Clean) -> None:
    reading = SALARY.read(SALARY.write(clean(SALARY, n) | {"income_year": "07"} for n in (1, 2)), "f")
    assert reading.finish().counts == {"LAYOUT_YEAR": 1}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "RECORD_REPEATED"),
        ({"payment": 5_000_000}, "KEY_REPEATED"),
        ({"payment": 5_000_000, "correction": 2}, None),
    ],
)
def test_a_repeated_record_is_seen(changes: dict[str, Any], code: str | None, clean: Clean) -> None:
    reading = SALARY.read(SALARY.write([clean(SALARY), clean(SALARY) | changes]), "f").finish()
    assert reading.counts == ({code: 1} if code else {})


def test_a_document_number_stands_once(clean: Clean) -> None:
    twice = [clean(ONE_STOP), clean(ONE_STOP) | {"donation": 1}]
    reading = ONE_STOP.read(ONE_STOP.write(twice), "f").finish()
    assert reading.counts == {"NUMBER_REPEATED": 1}
    assert not reading.ok


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda head: head[1:], 1),
        (lambda head: [*head, "備考"], len(ONE_STOP.items) + 1),
        (lambda head: [head[1], head[0], *head[2:]], 1),
        (lambda head: [*head[:3], "Name", *head[4:]], 4),
    ],
)
def test_another_header_is_refused(
    change: Callable[[list[str]], list[str]], column: int, clean: Clean
) -> None:
    head, _, rest = ONE_STOP.write([clean(ONE_STOP)]).decode().partition("\r\n")
    reading = ONE_STOP.read((",".join(change(head.split(","))) + "\r\n" + rest).encode(), "f").finish()
    assert [(one.code, one.column) for one in reading.findings] == [("HEADER", column)]
    assert reading.records == 0


def test_a_byte_order_mark_is_taken_on_neutral_files(clean: Clean) -> None:
    reading = ONE_STOP.read(b"\xef\xbb\xbf" + ONE_STOP.write([clean(ONE_STOP)]), "f").finish()
    assert (reading.findings, reading.records) == ([], 1)


@pytest.mark.parametrize("text", ["髙", "﨑", "①", "㈱", "～", "－", "∥", "￠", "￢", "Ⅰ", "葛"])
def test_cp932_is_read_as_it_is(text: str, clean: Clean) -> None:
    record = next(iter(SALARY.read(SALARY.write([clean(SALARY) | {"name": text}]), "f")))
    assert (record["name"], record.ok) == (text, True)


def test_findings_are_counted_beyond_what_is_kept(clean: Clean, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "AT_MOST", 3)
    reading = SALARY.read(SALARY.write(clean(SALARY, n) | {"correction": 9} for n in range(5)), "f").finish()
    assert (len(reading.findings), reading.errors, reading.counts) == (3, 5, {"CODE": 5})


def test_the_synthetic_example_of_144_columns_is_read() -> None:
    """The published example line: payment and deduction figures as text, empty columns in between."""
    values = {
        "payer_address": "東京都千代田区霞が関１－１",
        "payer_name": "（株）見本",
        "payer_phone": "03-0000-0000",
        "correction": "0",
        "income_year": "06",
        "address": "東京都千代田区千代田１－１",
        "name": "山田　太郎",
        "category": "給料・賞与",
        "payment": "4800000",
        "spouse_claimed": "2",
        "birth_era": "4",
        "birth_year": "02",
        "birth_month": "04",
        "birth_day": "01",
        "kana": "ﾔﾏﾀﾞ ﾀﾛｳ",
        "municipality": "131016",
        "my_number": "0621498320257",
        "payer_number": "8000020130001",
    }
    record = next(iter(SALARY.read(SALARY.write([values]), "f")))
    assert record.ok
    assert (record.identity.my_number, record.identity.birth, record.year) == (
        "621498320257",
        "1990-04-01",
        2024,
    )
