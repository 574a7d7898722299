"""Settings of the server itself."""

from ipaddress import ip_network

from core.settings import Setting, names, whole


def networks(text: str) -> tuple[str, ...]:
    """Read a list of addresses or networks."""
    return tuple(str(ip_network(part)) for part in names(text))


HOST = Setting("host", str, "127.0.0.1", "address to listen on; keep it on loopback behind a TLS proxy")
PORT = Setting("port", whole(0, 65535), 8000, "port to listen on; 0 takes any free one")
WORKERS = Setting("workers", whole(1, 64), 1, "server processes; one per core is a good number")
TRUSTED_PROXIES: Setting[tuple[str, ...]] = Setting(
    "trusted_proxies",
    networks,
    (),
    "addresses of the TLS proxy (127.0.0.1, 10.1.2.0/24): from these alone X-Forwarded-For is believed. "
    "Without it all who come by a proxy count as one address for the lock-out",
)
SETTINGS = (HOST, PORT, WORKERS, TRUSTED_PROXIES)
