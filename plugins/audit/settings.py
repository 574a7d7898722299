"""The settings of the access log."""

import re
from pathlib import Path

from core.settings import Setting, whole

ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def _origin(text: str) -> str:
    if not ORIGIN.fullmatch(text):
        raise ValueError(text)
    return text


AUDIT_ORIGIN = Setting(
    "audit_origin",
    _origin,
    "juminzei",
    "the name of this access log in seals and exports, such as the municipality's code; never change it",
)
AUDIT_SIGNING_KEY = Setting(
    "audit_signing_key",
    Path,
    Path(),
    "the file with the Ed25519 key (PEM, PKCS 8) that signs checkpoints; made up in demo and development",
)
AUDIT_CHECKPOINT_DIR = Setting(
    "audit_checkpoint_dir",
    Path,
    Path(),
    "the second place for signed checkpoints, on another machine; in demo and development under data_dir",
)
AUDIT_SEAL_SECONDS = Setting(
    "audit_seal_seconds", whole(1, 60), 20, "how often the access log is sealed, in seconds"
)
ALL = (AUDIT_ORIGIN, AUDIT_SIGNING_KEY, AUDIT_CHECKPOINT_DIR, AUDIT_SEAL_SECONDS)
