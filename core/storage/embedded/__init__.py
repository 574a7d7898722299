"""The embedded PostgreSQL: a server under `.juminzei/pg/` that starts and stops by itself.

Every command that needs it holds a shared lock while it works; a supervisor process keeps the server up
and stops it when the last lock is gone, however that happened. docs/operations/database.md tells the story.
"""

from core.storage.embedded.server import ServerState, embedded_server, erase, status, stop

__all__ = ["ServerState", "embedded_server", "erase", "status", "stop"]
