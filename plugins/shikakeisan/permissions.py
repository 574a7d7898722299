"""What the fields of 賦課計算 ask for; policy.csv says who holds it."""

from core.access.permission import Permission

TRIAL = Permission("shikakeisan.trial", "read")
"""Trial calculations on facts that the caller brings: no stored person is read."""
