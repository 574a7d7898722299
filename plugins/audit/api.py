"""What others may use of the access log: the permission to read it, and the verifier of exports.

Nobody needs this to be recorded: whatever stands in the journal of a request (core.access.journal) is.
"""

from core.access.permission import Permission
from plugins.audit.chain import Checkpoint
from plugins.audit.errors import ChainBroken, NotAnExport
from plugins.audit.verifier import Verdict, verify

READ_LOG = Permission("audit.entry", "read")

__all__ = ["READ_LOG", "ChainBroken", "Checkpoint", "NotAnExport", "Verdict", "verify"]
