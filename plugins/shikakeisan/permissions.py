"""What the fields of 賦課計算 ask for; policy.csv says who holds it."""

from core.access.permission import Permission

TRIAL = Permission("shikakeisan.trial", "read")
"""Trial calculations on facts that the caller brings: no stored person is read."""
ASSESSMENT = Permission("shikakeisan.assessment", "read")
"""Persons' decided tax with its explanation and history."""
RUN = Permission("shikakeisan.run", "read")
"""Runs over the whole base: counts, sums, differences."""
RUN_START = Permission("shikakeisan.run", "run")
CORRECTION = Permission("shikakeisan.correction", "read")
CORRECTION_PROPOSE = Permission("shikakeisan.correction", "propose")
CORRECTION_APPROVE = Permission("shikakeisan.correction", "approve")
"""Another person's proposals only: the service compares the numbers of the two."""
CLOSING = Permission("shikakeisan.closing", "read")
"""Closes and the files that other systems got; a close is made at the terminal."""
