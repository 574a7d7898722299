"""Nothing that carries personal data leaves this machine unencrypted: refused at the start, in production."""

import ipaddress
import ssl
from urllib.parse import parse_qs, urlsplit

from core.errors import StartError
from core.runtime import Runtime
from core.storage.address import DATABASE_OWNER_URL, DATABASE_URL
from schema.settings import HOST, TLS_CERTIFICATE, TLS_KEY, is_given

ENCRYPTED = ("require", "verify-ca", "verify-full")


def check_transport(runtime: Runtime) -> None:
    """Raise StartError for a half-given or unreadable certificate, or for plain text over a network."""
    settings = runtime.settings
    if is_given(settings[TLS_CERTIFICATE]) is not is_given(settings[TLS_KEY]):
        raise StartError("settings tls_certificate and tls_key are given together, or not at all")
    if has_tls(runtime):
        _load_certificate(runtime)
    elif runtime.is_production and not _stays_here(settings[HOST]):
        raise StartError("setting host is not loopback: give tls_certificate and tls_key, or use a TLS proxy")
    for setting in (DATABASE_URL, DATABASE_OWNER_URL):
        if runtime.is_production and not _is_encrypted(settings[setting]):
            raise StartError(f"setting {setting.name} leaves this machine: add sslmode=verify-full")


def has_tls(runtime: Runtime) -> bool:
    """Tell whether the server itself speaks TLS."""
    return is_given(runtime.settings[TLS_CERTIFICATE])


def _load_certificate(runtime: Runtime) -> None:
    files = (runtime.settings[TLS_CERTIFICATE], runtime.settings[TLS_KEY])
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*files)
    except (OSError, ssl.SSLError):
        raise StartError("settings tls_certificate and tls_key cannot be read as a PEM pair") from None


def _is_encrypted(url: str) -> bool:
    parts = urlsplit(url)
    modes = parse_qs(parts.query).get("sslmode", [""])
    return _stays_here(parts.hostname or "localhost") or modes[0] in ENCRYPTED


def _stays_here(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
