"""The second part of the fourth form (損失申告用) is kept by kind and year, as the merge names it."""

from collections.abc import Callable
from typing import Any

from plugins.shikakeisan.merge.losses import BY_KIND, SEPARATE
from plugins.shiryo.reading.layout import load_layout

RETURN = load_layout("tax_return", version="23")


def test_what_the_merge_asks_for_is_in_the_layout_and_kept() -> None:
    asked = BY_KIND | {item for pairs in SEPARATE.values() for pair in pairs for item in pair}

    assert asked <= set(RETURN.form.keep)
    assert len({RETURN.form.index[item] for item in asked}) == len(asked) == 48


def test_losses_of_a_return_come_with_every_copy(clean: Callable[..., dict[str, Any]], said: Any) -> None:
    given = clean(RETURN) | {
        "loss_carried": 600_000,
        "loss_left_blue_1": 900_000,
        "loss_left_residence_3": 2_000_000,
        "loss_used_blue_1": 600_000,
    }
    written = RETURN.write([given])

    record = next(iter(RETURN.read(written, "f")))

    kept = {name: value for name, value in said(record).items.items() if name.startswith("loss_")}
    assert kept == {
        "loss_carried": 600_000,
        "loss_left_blue_1": 900_000,
        "loss_left_residence_3": 2_000_000,
        "loss_used_blue_1": 600_000,
    }
    assert b"ABP00740" in written
    assert b"ABP00570" in written
    assert b"ABP01110" in written
