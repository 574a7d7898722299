"""The second factor, against the test vectors of RFC 6238 and its own rules."""

from datetime import UTC, datetime, timedelta

import pytest

from core.identity import totp

RFC_SECRET = b"12345678901234567890"
NOON = datetime(2026, 6, 10, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code_at(RFC_SECRET, seconds // totp.STEP_SECONDS) == code


@pytest.mark.parametrize(("away", "accepted"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_is_good_one_step_around_now(away: int, accepted: bool) -> None:
    step = totp.step_of(NOON) + away

    found = totp.matching_step(RFC_SECRET, totp.code_at(RFC_SECRET, step), NOON)

    assert found == (step if accepted else None)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "１２３４５６", "٠٠٠٠٠٠", "12 456", "-12345"])
def test_what_is_not_six_ascii_digits_is_no_code(code: str) -> None:
    assert totp.matching_step(RFC_SECRET, code, NOON) is None


def test_the_uri_carries_the_secret_for_the_authenticator() -> None:
    assert totp.uri(RFC_SECRET, "juminzei", "001234") == (
        "otpauth://totp/juminzei:001234?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=juminzei"
    )


def test_steps_change_every_thirty_seconds() -> None:
    assert totp.step_of(NOON + timedelta(seconds=29)) == totp.step_of(NOON)
    assert totp.step_of(NOON + timedelta(seconds=30)) == totp.step_of(NOON) + 1
