"""An exported log that was spoilt in any way is found out, and the first bad row is named."""

from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plugins.audit.chain import canonical, first_link, next_link, row_line
from plugins.audit.errors import ChainBroken, NotAnExport
from plugins.audit.verifier import Verdict, read_kept

Check = Callable[..., Verdict]
Make = Callable[..., Any]
AT = (4, 8, 12)


@pytest.mark.parametrize(("rows", "at"), [(12, AT), (1, (1,)), (300, tuple(range(3, 301, 3))), (0, ())])
def test_a_whole_log_is_in_order(example: Make, check: Check, rows: int, at: Sequence[int]) -> None:
    log = example(rows, at)
    found = check(log.bytes(), log.checkpoints)
    assert (found.origin, found.rows, found.checkpoints, found.kept_elsewhere) == (
        "331007",
        rows,
        len(at),
        len(at),
    )


def test_every_byte_counts(example: Make, check: Check) -> None:
    """1,000 files in each of which one byte was changed, anywhere: header, rows, links, checkpoints."""
    log, random = example(60, (20, 40, 60)), Random(2026)
    whole = log.bytes()
    undetected = []
    for _ in range(1000):
        place, change = random.randrange(len(whole)), random.randrange(1, 256)
        spoilt = whole[:place] + bytes([whole[place] ^ change]) + whole[place + 1 :]
        try:
            check(spoilt)
            undetected.append((place, change))
        except ChainBroken:
            pass
    assert undetected == []


def test_a_changed_byte_in_a_row_names_that_row(example: Make, check: Check) -> None:
    for number in range(1, 13):
        log = example(12, AT)
        at = log.place_of(number)
        log.lines[at] = log.lines[at].replace(b'"staff_number":"10001"', b'"staff_number":"10002"')
        with pytest.raises(ChainBroken) as broken:
            check(log.bytes())
        assert broken.value.details["number"] == number
        assert broken.value.text == f"{number} 件目: 封印した後で内容が変更されています。"


def flip(log: Any) -> None:
    line = bytearray(log.lines[log.place_of(6)])
    line[100] ^= 1
    log.lines[log.place_of(6)] = bytes(line)


def delete(log: Any) -> None:
    del log.lines[log.place_of(6)]


def insert(log: Any) -> None:
    row = canonical(log.row(6))
    log.lines.insert(log.place_of(6), row_line(next_link(bytes(32), row), row))


def reorder(log: Any) -> None:
    six = log.place_of(6)
    log.lines[six], log.lines[six + 1] = log.lines[six + 1], log.lines[six]


def duplicate(log: Any) -> None:
    log.lines.insert(log.place_of(6), log.lines[log.place_of(5)])


def null_for_empty(log: Any) -> None:
    at = log.place_of(6)
    log.lines[at] = log.lines[at].replace(b'"reason":""', b'"reason":null')


def empty_for_null(log: Any) -> None:
    at = log.place_of(6)
    log.lines[at] = log.lines[at].replace(b'"session":null', b'"session":""')


def move_separator(log: Any) -> None:
    at = log.place_of(6)
    log.lines[at] = log.lines[at].replace(b'["name","kana"]', b'["name,kana"]')


def other_spelling(log: Any) -> None:
    at = log.place_of(6)
    log.lines[at] = log.lines[at].replace("税".encode(), b"\\u7a0e")


def rewrite_with_links(log: Any, until: int = 12) -> None:
    """Change row 6 and make all links behind it anew, as somebody who can write the database would."""
    made = type(log)(until, AT, changed={6: {"staff_number": "99999"}})
    spoilt = [line for line in made.lines if line.startswith(b'{"link"')]
    kept = [line for line in log.lines if not line.startswith(b'{"link"')]
    log.lines = [kept[0], *spoilt[:4], kept[1], *spoilt[4:8], kept[2], *spoilt[8:12], kept[3]]


def swap_checkpoints(log: Any) -> None:
    first, second = log.place_of(4) + 1, log.place_of(8) + 1
    log.lines[first], log.lines[second] = log.lines[second], log.lines[first]


def drop_checkpoint(log: Any) -> None:
    del log.lines[log.place_of(8) + 1]


def replay_older_checkpoint(log: Any) -> None:
    log.lines[log.place_of(8) + 1] = log.checkpoints[0].line()


def cut_without_checkpoint(log: Any) -> None:
    log.lines = log.lines[: log.place_of(10) + 1]


def cut_in_the_middle_of_a_row(log: Any) -> None:
    log.lines = [*log.lines[: log.place_of(6)], log.lines[log.place_of(6)][:50]]


def foreign_row(log: Any) -> None:
    """A row, correctly linked, of another municipality's log."""
    other = type(log)(12, AT, origin="331009")
    log.lines[log.place_of(6)] = other.lines[other.place_of(6)]


CRAFTED = [
    (flip, 6, "変更されています"),
    (delete, 6, "あるべき場所に 7 件目があります"),
    (insert, 6, "変更されています"),
    (reorder, 6, "あるべき場所に 7 件目があります"),
    (duplicate, 6, "あるべき場所に 5 件目があります"),
    (null_for_empty, 6, "変更されています"),
    (empty_for_null, 6, "変更されています"),
    (move_separator, 6, "変更されています"),
    (other_spelling, 6, "変更されています"),
    (rewrite_with_links, 5, "5 件目から 8 件目までのどこかが書き換えられています"),
    (swap_checkpoints, 1, "検査点 1 の場所に検査点 2 があります"),
    (drop_checkpoint, 5, "検査点 2 の場所に検査点 3 があります"),
    (replay_older_checkpoint, 5, "検査点 2 の場所に検査点 1 があります"),
    (cut_without_checkpoint, 9, "証明する検査点がありません"),
    (cut_in_the_middle_of_a_row, 6, "記録として読めません"),
    (foreign_row, 6, "変更されています"),
]


NAMES = [spoil.__name__ for spoil, *_ in CRAFTED]


@pytest.mark.parametrize(("spoil", "number", "text"), CRAFTED, ids=NAMES)
def test_crafted_changes_are_found_by_the_public_key_alone(
    example: Make, check: Check, spoil: Callable[[Any], None], number: int, text: str
) -> None:
    log = example(12, AT)
    spoil(log)
    with pytest.raises(ChainBroken) as broken:
        check(log.bytes())
    assert broken.value.details["number"] == number
    assert text in broken.value.text


@pytest.mark.parametrize("spoil", [spoil for spoil, *_ in CRAFTED], ids=NAMES)
def test_crafted_changes_are_found_with_the_second_place_too(
    example: Make, check: Check, spoil: Callable[[Any], None]
) -> None:
    log = example(12, AT)
    spoil(log)
    with pytest.raises(ChainBroken):
        check(log.bytes(), log.checkpoints)


def test_a_tail_cut_off_at_a_checkpoint_shows_only_by_the_second_place(example: Make, check: Check) -> None:
    log = example(12, AT)
    cut = b"".join(log.lines[: log.place_of(8) + 2])
    assert check(cut).rows == 8
    with pytest.raises(ChainBroken) as broken:
        check(cut, log.checkpoints)
    assert broken.value.details["number"] == 9
    assert "検査点 3(2026-06-10T00:03:00Z)は 12 件あったことを示しています" in broken.value.text


def test_an_emptied_log_shows_by_the_second_place(example: Make, check: Check) -> None:
    with pytest.raises(ChainBroken, match="AUDIT_CHAIN_BROKEN"):
        check(example(0, ()).bytes(), example(12, AT).checkpoints)


def test_a_log_rewritten_and_signed_anew_shows_by_the_second_place(example: Make, check: Check) -> None:
    """Even whoever holds the key cannot undo a checkpoint that lies elsewhere."""
    forged = example(12, AT, changed={6: {"staff_number": "99999"}})
    assert check(forged.bytes()).rows == 12
    with pytest.raises(ChainBroken) as broken:
        check(forged.bytes(), example(12, AT).checkpoints)
    assert "別の場所に保管された検査点と一致しません" in broken.value.text
    assert broken.value.details["number"] == 5


def test_a_foreign_key_is_refused(example: Make, check: Check, other_key: Ed25519PrivateKey) -> None:
    with pytest.raises(ChainBroken, match="AUDIT_CHAIN_BROKEN: 検査点 1"):
        check(example(12, AT, key=other_key).bytes())
    with pytest.raises(ChainBroken, match="公開鍵のものではありません"):
        check(example(12, AT).bytes(), example(12, AT, key=other_key).checkpoints)


def test_a_checkpoint_of_another_log_is_refused(example: Make, check: Check) -> None:
    with pytest.raises(ChainBroken, match="別の記録のものです"):
        check(example(12, AT).bytes(), example(12, AT, origin="331009").checkpoints)


def test_two_stories_in_the_second_place_are_refused(example: Make, check: Check) -> None:
    log, other = example(12, AT), example(12, AT, changed={1: {"reason": "x"}})
    with pytest.raises(ChainBroken, match="内容の異なる検査点が二つ"):
        check(log.bytes(), [*log.checkpoints, *other.checkpoints])


def test_a_row_signed_after_its_link_was_broken_is_still_found(example: Make, check: Check) -> None:
    """The link of row 3 is of another row; the checkpoint signs the chain that goes on from it."""
    log = example(2, ())
    row = canonical(log.row(3))
    log.lines.append(row_line(next_link(first_link("x"), row), row))
    with pytest.raises(ChainBroken) as broken:
        check(log.bytes())
    assert broken.value.details["number"] == 3


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"[]\n", b"\xff\xfe", b'{"origin":1}\n', b'{"format":"x","origin":"331007"}\n', b"{}"],
)
def test_another_file_is_no_export(check: Check, data: bytes) -> None:
    with pytest.raises(NotAnExport):
        check(data)


def test_a_line_without_end_is_refused_with_bounded_memory(example: Make, check: Check) -> None:
    with pytest.raises(ChainBroken, match="1 件目: 記録として読めません"):
        check(example(0, ()).bytes() + b"x" * 3_000_000)


def test_a_damaged_copy_of_checkpoints_is_told(example: Make, tmp_path: Path) -> None:
    log = example(12, AT)
    good = b"".join(checkpoint.line() for checkpoint in log.checkpoints)
    (tmp_path / "331007.jsonl").write_bytes(good)
    assert read_kept(tmp_path) == log.checkpoints
    (tmp_path / "331007.jsonl").write_bytes(good.replace(b'"number":2', b'"number":"2"'))
    with pytest.raises(ChainBroken, match=r"331007\.jsonl の 2 行目が壊れています"):
        read_kept(tmp_path)
