"""Which passwords are good enough, and how they are kept."""

import asyncio
from collections.abc import Callable

import pytest

from core.errors import Unavailable
from core.identity import passwords
from core.identity.errors import WeakPassword
from core.identity.passwords import Hasher, check_strength
from core.settings import Settings


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("", "length"),
        ("short-Pass7", "length"),
        ("x1" * 65, "length"),
        ("green\nriver-stone", "characters"),
        ("green\x00river-stone", "characters"),
        ("green\ud800river-stone", "characters"),
        ("river-A1234-stone", "staff_number"),
        ("river-a1234-stone", "staff_number"),
        ("river-Ａ１２３４-stone", "staff_number"),
        ("aaaaaaaaaaaaaaaa", "common"),
        ("ababababababab", "common"),
        ("my-Passw0rd-is-good", "common"),
        ("xx12345xx-river", "common"),
        ("Okayama-shi-yakusho", "common"),
    ],
)
def test_a_weak_password_names_its_rule_and_not_itself(password: str, rule: str) -> None:
    with pytest.raises(WeakPassword) as refusal:
        check_strength(password, "A1234")

    assert refusal.value.details == {"rule": rule}
    assert not password or password not in refusal.value.text


@pytest.mark.parametrize("password", ["green-river-Stone", "緑の川と灰色の石を渡る朝の船", "fjord amber 12"])
def test_long_and_varied_passwords_are_accepted(password: str) -> None:
    check_strength(password, "A1234")


async def test_a_hash_fits_its_password_only(make_settings: Callable[..., Settings]) -> None:
    hasher = Hasher(make_settings())

    hashed = await hasher.hash("green-river-Stone")

    assert hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await hasher.verify(hashed, "green-river-Stone")
    assert await hasher.verify(hashed, "ｇｒｅｅｎ-river-Stone")
    assert not await hasher.verify(hashed, "green-river-stone")


@pytest.mark.parametrize("hashed", [None, "", "not a hash", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA"])
async def test_nothing_fits_what_is_no_hash(
    hashed: str | None, make_settings: Callable[..., Settings]
) -> None:
    assert not await Hasher(make_settings()).verify(hashed, "nobody's password")


@pytest.mark.parametrize("password", ["", "\ud800", "\0", "x" * 100_000])
async def test_any_text_may_be_a_wrong_password(
    password: str, make_settings: Callable[..., Settings]
) -> None:
    hasher = Hasher(make_settings())

    assert not await hasher.verify(await hasher.hash("green-river-Stone"), password)


async def test_a_flood_is_turned_away(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "WAITING", 3)
    hasher = Hasher(make_settings())

    results = await asyncio.gather(*(hasher.verify(None, "x") for _ in range(5)), return_exceptions=True)

    assert [type(result) for result in results] == [bool, bool, bool, Unavailable, Unavailable]
    assert not await hasher.verify(None, "x")
