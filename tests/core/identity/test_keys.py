"""Keys come from files that only their owner may read; a wrong one stops the start with one line."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.errors import StartError
from core.identity.keys import SealKeys, seal_keys, signing_keys
from core.settings import Settings

MakeSettings = Callable[..., Settings]
NO_KEY = b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"


def pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def write(file: Path, content: bytes, mode: int = 0o600) -> str:
    file.write_bytes(content)
    file.chmod(mode)
    return str(file)


def test_the_demo_makes_its_keys_once_for_the_owner_only(make_settings: MakeSettings, tmp_path: Path) -> None:
    first, sealed = signing_keys(make_settings()), seal_keys(make_settings()).seal(b"secret", "here")

    assert signing_keys(make_settings()).kid == first.kid
    assert seal_keys(make_settings()).open(sealed, "here") == b"secret"
    files = sorted((tmp_path / "keys").iterdir())
    assert [(file.name, oct(file.stat().st_mode & 0o777)) for file in files] == [
        ("identity_key_file", "0o600"),
        ("token_key_file", "0o600"),
    ]


@pytest.mark.parametrize("load", [signing_keys, seal_keys])
def test_production_makes_no_keys(load: Callable[[Settings], object], make_settings: MakeSettings) -> None:
    with pytest.raises(StartError, match="required in production"):
        load(make_settings(profile="production"))


@pytest.mark.parametrize(
    ("content", "mode", "message"),
    [
        (b"", 0o600, "Ed25519 private keys as PEM"),
        (
            b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            0o600,
            "Ed25519 private keys as PEM",
        ),
        (pem(ec.generate_private_key(ec.SECP256R1())), 0o600, "Ed25519 private keys as PEM"),
        (pem(Ed25519PrivateKey.generate()), 0o644, "owner only"),
    ],
)
def test_an_unfit_signing_key_stops_the_start(
    content: bytes, mode: int, message: str, make_settings: MakeSettings, tmp_path: Path
) -> None:
    file = write(tmp_path / "token.pem", content, mode)

    with pytest.raises(StartError, match=message):
        signing_keys(make_settings(token_key_file=file))


@pytest.mark.parametrize("content", [b"", b"\n", b"c2hvcnQ=", b"!!!!", b"AAAA\xff"])
def test_an_unfit_seal_key_stops_the_start(
    content: bytes, make_settings: MakeSettings, tmp_path: Path
) -> None:
    file = write(tmp_path / "seal", content)

    with pytest.raises(StartError, match="32-byte keys in base64"):
        seal_keys(make_settings(identity_key_file=file))


@pytest.mark.parametrize("load", [(signing_keys, "token_key_file"), (seal_keys, "identity_key_file")])
def test_a_missing_key_file_stops_the_start(
    load: tuple[Callable[[Settings], object], str], make_settings: MakeSettings, tmp_path: Path
) -> None:
    with pytest.raises(StartError, match="cannot be read"):
        load[0](make_settings(**{load[1]: str(tmp_path / "nowhere")}))


def test_keys_are_exchanged_by_putting_the_new_one_first(make_settings: MakeSettings, tmp_path: Path) -> None:
    old, new = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    before = signing_keys(make_settings(token_key_file=write(tmp_path / "a", pem(old))))

    after = signing_keys(make_settings(token_key_file=write(tmp_path / "b", pem(new) + pem(old))))

    assert after.kid != before.kid
    assert set(after.public) == {after.kid, before.kid}


def test_sealed_secrets_open_with_an_older_key_in_their_own_place_only(
    make_settings: MakeSettings, tmp_path: Path
) -> None:
    old, new = b"o" * 32, b"n" * 32
    sealed = SealKeys([old]).seal(b"secret", "totp 1")
    lines = base64.b64encode(new) + b"\n" + base64.b64encode(old)
    both = seal_keys(make_settings(identity_key_file=write(tmp_path / "seal", lines)))

    assert both.open(sealed, "totp 1") == b"secret"
    for keys, place in ((both, "totp 2"), (SealKeys([new]), "totp 1")):
        with pytest.raises(StartError, match="no key of the file"):
            keys.open(sealed, place)
