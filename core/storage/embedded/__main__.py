"""`python -m core.storage.embedded FOLDER LOCK`: the supervisor, started by `server.py`."""

import sys

from core.storage.embedded.supervisor import main

main(*sys.argv[1:])
