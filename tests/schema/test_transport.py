"""Plain text over a network is refused in production, before anything is bound."""

import ssl
import warnings
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from starlette.applications import Starlette

from core.errors import StartError
from core.settings import PROFILE
from schema.build import build_runtime
from schema.serve import config_of
from schema.testing import environ_of
from schema.transport import check_transport

HOST = "JUMINZEI_HOST"
FAR, NEAR = "postgresql://app@db.example.lg.jp/city", "postgresql://app@127.0.0.1/city"


def check(folder: Path, profile: str = "production", **environ: str) -> None:
    check_transport(build_runtime(environ_of(folder) | {PROFILE.variable: profile, **environ}))


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({HOST: "0.0.0.0"}, "setting host is not loopback"),
        ({HOST: "192.0.2.1"}, "setting host is not loopback"),
        ({HOST: "tax.example.lg.jp"}, "setting host is not loopback"),
        ({"DATABASE_URL": FAR}, "database_url leaves this machine"),
        ({"DATABASE_URL": f"{FAR}?sslmode=prefer"}, "database_url leaves this machine"),
        ({"DATABASE_URL": NEAR, "DATABASE_OWNER_URL": FAR}, "database_owner_url leaves this machine"),
        ({"JUMINZEI_TLS_KEY": "key.pem"}, "given together"),
        ({"JUMINZEI_TLS_KEY": "none", "JUMINZEI_TLS_CERTIFICATE": "none"}, "cannot be read as a PEM pair"),
    ],
)
def test_what_would_leave_unencrypted_is_refused(
    tmp_path: Path, environ: dict[str, str], message: str
) -> None:
    with pytest.raises(StartError, match=message):
        check(tmp_path, **environ)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {HOST: "127.0.0.2"},
        {HOST: "::1"},
        {"DATABASE_URL": NEAR},
        {"DATABASE_URL": "postgresql:///city?host=/run/postgresql"},
        {"DATABASE_URL": f"{FAR}?sslmode=verify-full"},
    ],
)
def test_what_stays_here_or_is_encrypted_is_served(tmp_path: Path, environ: dict[str, str]) -> None:
    check(tmp_path, **environ)


def test_development_may_listen_anywhere(tmp_path: Path) -> None:
    check(tmp_path, "development", **{HOST: "0.0.0.0"})


def certificate_in(folder: Path) -> dict[str, str]:
    key, now = Ed25519PrivateKey.generate(), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    (folder / "certificate.pem").write_bytes(
        builder.add_extension(here, critical=False).sign(key, None).public_bytes(Encoding.PEM)
    )
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return {
        "JUMINZEI_TLS_KEY": str(folder / "key.pem"),
        "JUMINZEI_TLS_CERTIFICATE": str(folder / "certificate.pem"),
    }


def test_a_certificate_allows_any_address(tmp_path: Path) -> None:
    check(tmp_path, **{HOST: "0.0.0.0"}, **certificate_in(tmp_path))


@pytest.mark.parametrize(
    ("version", "answered"), [(ssl.TLSVersion.TLSv1_3, True), (ssl.TLSVersion.TLSv1_1, False)]
)
def test_the_server_speaks_tls(tmp_path: Path, version: ssl.TLSVersion, answered: bool) -> None:
    runtime = build_runtime(environ_of(tmp_path) | certificate_in(tmp_path))
    config = config_of(runtime, Starlette())
    config.load()
    server, client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asked = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        asked.minimum_version = asked.maximum_version = version
    here = asked.wrap_bio(client, server, server_hostname="127.0.0.1")
    there = config.ssl.wrap_bio(server, client, server_side=True)  # type: ignore[union-attr]
    assert shake_hands(here, there) is answered


def shake_hands(here: ssl.SSLObject, there: ssl.SSLObject) -> bool:
    for side in (here, there) * 4:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
        except ssl.SSLError:
            return False
    return here.version() is not None
