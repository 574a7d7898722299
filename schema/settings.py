"""Settings of the server itself."""

from ipaddress import ip_network
from pathlib import Path

from core.settings import Setting, names, whole


def networks(text: str) -> tuple[str, ...]:
    """Read a list of addresses or networks."""
    return tuple(str(ip_network(part)) for part in names(text))


def is_given(file: Path) -> bool:
    """Tell whether a setting that names a file was given at all."""
    return file != Path()


HOST = Setting(
    "host",
    str,
    "127.0.0.1",
    "address to listen on; in production loopback behind a TLS proxy, or with tls_certificate",
)
PORT = Setting("port", whole(0, 65535), 8000, "port to listen on; 0 takes any free one")
WORKERS = Setting("workers", whole(1, 64), 1, "server processes; one per core is a good number")
TRUSTED_PROXIES: Setting[tuple[str, ...]] = Setting(
    "trusted_proxies",
    networks,
    (),
    "addresses of the TLS proxy (127.0.0.1, 10.1.2.0/24): from these alone X-Forwarded-For is believed. "
    "Without it all who come by a proxy count as one address for the lock-out",
)
TLS_CERTIFICATE = Setting("tls_certificate", Path, Path(), "PEM file with the server's certificate chain")
TLS_KEY = Setting("tls_key", Path, Path(), "PEM file with the key of tls_certificate")
SETTINGS = (HOST, PORT, WORKERS, TRUSTED_PROXIES, TLS_CERTIFICATE, TLS_KEY)
