"""Settings of the server itself."""

from core.settings import Setting, whole

HOST = Setting("host", str, "127.0.0.1", "address to listen on; keep it on loopback behind a TLS proxy")
PORT = Setting("port", whole(0, 65535), 8000, "port to listen on; 0 takes any free one")
WORKERS = Setting("workers", whole(1, 64), 1, "server processes; one per core is a good number")
SETTINGS = (HOST, PORT, WORKERS)
