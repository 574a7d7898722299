"""What is written is read again, item by item, from the bytes of each record alone."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from plugins.shiryo.reading.errors import WriteRefused
from plugins.shiryo.reading.form import Action, Item, Presence
from plugins.shiryo.reading.layout import Layout, layouts, load_layout

EVERY = pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.id)
ELTAX = pytest.mark.parametrize(
    "layout", [one for one in layouts() if one.form.eltax_prefix], ids=lambda layout: layout.id
)
VALUES = {
    "X": "A-1",
    "N": "髙﨑　①",
    "K": "ｶﾞｷﾞ ﾄ",
    "M": "髙﨑 a",
    "yen": "1200",
    "signed": "-1200",
    "count": "2",
    "date": "1964-07",
    "my_number": "621498320257",
    "payer_number": "7000012050002",
    "corporate_number": "7000012050002",
    "municipality": "331007",
}


def value(item: Item) -> str:
    """Return some value that the item may hold."""
    if item.type == "code":
        return next(iter(item.codes))
    if item.type == "part":
        return "2025" if item.most == 4 else "6"
    text = VALUES[item.type]
    return text[: item.most].strip() if item.least <= len(text) else "1" * item.least


def full(layout: Layout) -> dict[str, str]:
    return {item.name: value(item) for item in layout.items if item.presence is not Presence.BLANK}


@EVERY
def test_every_item_comes_back(layout: Layout) -> None:
    given = full(layout)

    record = next(iter(layout.read(layout.write([given]), "f")))

    assert {name: record[name] for name in given} == given


@EVERY
def test_a_clean_file_has_no_findings(layout: Layout, clean_file: Callable[[Layout, int], bytes]) -> None:
    reading = layout.read(clean_file(layout, 30), "f").finish()

    assert reading.findings == []
    assert (reading.records, reading.faulty, reading.ok) == (30, 0, True)


@EVERY
def test_a_record_is_its_bytes(layout: Layout, clean_file: Callable[[Layout, int], bytes]) -> None:
    data = clean_file(layout, 3)
    second = list(layout.read(data, "f"))[1]
    piece = data[second.offset : second.offset + second.length]
    alone = (layout.form.header and data.split(b"\r\n")[0] + b"\r\n") or b""

    again = next(iter(layout.read(alone + piece, "f")))

    assert again.fields == second.fields
    assert again.key == second.key
    assert second.number == 2


@EVERY
def test_bytes_path_and_stream_read_alike(
    layout: Layout, clean_file: Callable[[Layout, int], bytes], tmp_path: Path
) -> None:
    data = clean_file(layout, 3)
    path = tmp_path / "file"
    path.write_bytes(data)
    ways = [layout.read(source, "f") for source in (data, path, BytesIO(data))]
    assert len({str([list(record.fields) for record in reading]) for reading in ways}) == 1


@ELTAX
def test_lines_of_eltax_carry_a_prefix(layout: Layout, clean: Callable[..., dict[str, Any]]) -> None:
    record = next(iter(layout.read(layout.write([clean(layout)], prefix="2025,001"), "f")))

    assert record.prefix == "2025,001"
    assert record.ok
    assert record["name"] == clean(layout)["name"]


@EVERY
def test_the_identity_is_neutral(layout: Layout, clean: Callable[..., dict[str, Any]]) -> None:
    given = clean(layout)
    identity = next(iter(layout.read(layout.write([given]), "f"))).identity

    assert identity.name == given["name"]
    assert identity.my_number == str(given.get("my_number", ""))[-12:]
    assert identity.birth in {"1964-07-01", "1945-07-01", ""}
    assert repr(identity) == "Identity(…)"


@pytest.mark.parametrize(
    ("kind", "version", "changes", "facts"),
    [
        (
            "salary_report",
            "2020",
            {"life_care": 30_000},
            {"salary": 4_800_000, "social_insurance": 600_000, "mutual_aid": 120_000, "life_care": 30_000},
        ),
        ("pension_report", "2020", {"social_insurance": 5}, {"pension": 1_800_010, "social_insurance": 5}),
        ("one_stop_notice", "1", {}, {"donation_furusato": 30_000}),
        ("withheld_levy", "1", {}, {"listed_dividend": 100_000, "dividend_levy_withheld": 5_000}),
        (
            "tax_return",
            "23",
            {
                "business_income": -3,
                "farm_income": 5,
                "life_care": "８０，０００円",
                "quake": "源泉徴収票のとおり",
            },
            {
                "salary": 5_000_000,
                "social_insurance": 700_000,
                "business": -3,
                "agriculture": 5,
                "life_care": 80_000,
            },
        ),
    ],
)
def test_amounts_are_facts_of_the_calculation(
    kind: str,
    version: str,
    changes: dict[str, int],
    facts: dict[str, int],
    clean: Callable[..., dict[str, Any]],
    said: Callable[..., Any],
) -> None:
    layout = load_layout(kind, version=version)
    record = next(iter(layout.read(layout.write([clean(layout) | changes]), "f")))
    found = said(record).facts
    assert found.pop("mutual_aid", 0) == facts.pop("mutual_aid", 0)
    assert found == facts


@pytest.mark.parametrize(
    ("kind", "version", "mark", "action"),
    [
        ("salary_report", "2020", "0", Action.NEW),
        ("salary_report", "2020", "1", Action.ADD),
        ("salary_report", "2020", "2", Action.CORRECT),
        ("salary_report", "2020", "3", Action.CANCEL),
        ("pension_report", "2020", "1", Action.CANCEL),
        ("one_stop_notice", "1", "3", Action.CANCEL),
    ],
)
def test_the_mark_is_that_of_the_layout(
    kind: str, version: str, mark: str, action: Action, clean: Callable[..., dict[str, Any]]
) -> None:
    layout = load_layout(kind, version=version)
    item = layout.form.action_item
    data = layout.write([clean(layout), clean(layout) | {item: mark}])
    first, second = layout.read(data, "f")
    assert second.action is action
    assert second.key == first.key


def test_a_key_forgets_the_number_and_the_name_beside_a_recipient_number(
    clean: Callable[..., dict[str, Any]],
) -> None:
    layout = load_layout("salary_report", version="2020")
    other = clean(layout) | {"name": "山多　太郎", "my_number": "", "correction": 2}
    first, second = layout.read(layout.write([clean(layout), other]), "f")
    assert second.key == first.key


def test_quotes_are_read_where_none_are_due(clean: Callable[..., dict[str, Any]]) -> None:
    layout = load_layout("salary_report", version="2020")
    plain = layout.write([clean(layout)])
    quoted = b",".join(b'"' + cell + b'"' for cell in plain.rstrip().split(b",")) + b"\r\n"
    reading = layout.read(quoted, "f")
    assert [list(record.fields) for record in reading] == [list(r.fields) for r in layout.read(plain, "f")]
    assert reading.findings == []


@pytest.mark.parametrize(
    ("kind", "version", "record", "item", "rule"),
    [
        ("salary_report", "2020", {"name": "𠮷田　太郎"}, "name", "encoding"),
        ("salary_report", "2020", {"name": "山田,太郎"}, "name", "structure"),
        ("salary_report", "2020", {"nothing": 1}, "nothing", "unknown-item"),
        ("one_stop_notice", "1", {"name": "山田\r\n"}, "name", "structure"),
        ("tax_return", "23", {"name": "山田\x00"}, "name", "encoding"),
        ("tax_return", "23", {"nothing": 1}, "nothing", "unknown-item"),
    ],
)
def test_what_cannot_be_written_is_refused_without_the_value(
    kind: str, version: str, record: dict[str, Any], item: str, rule: str
) -> None:
    with pytest.raises(WriteRefused) as refusal:
        load_layout(kind, version=version).write([record])
    assert refusal.value.details == {"item": item, "rule": rule}
    assert "山田" not in str(refusal.value)


def test_neutral_layouts_quote_commas_and_quotes() -> None:
    layout = load_layout("one_stop_notice", version="1")
    text = '岡山市, "大供"'
    record = next(iter(layout.read(layout.write([{"address": text}]), "f")))
    assert record["address"] == text
