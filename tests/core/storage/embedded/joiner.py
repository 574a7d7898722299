"""A command that uses the server: prints its address, waits for a line (or the end of input), leaves."""

import sys
from pathlib import Path

from core.storage.embedded import embedded_server

with embedded_server(Path(sys.argv[1])) as address:
    sys.stdout.write(f"{address.app_url}\n")
    sys.stdout.flush()
    sys.stdin.readline()
