"""What the fields of 課税資料 ask for; policy.csv says who holds it."""

from core.access.permission import Permission

DELIVERY = Permission("shiryo.delivery", "read")
DELIVERY_RECEIVE = Permission("shiryo.delivery", "receive")
"""Taking files in, whatever they hold."""
DOCUMENT = Permission("shiryo.document", "read")
ORIGINAL = Permission("shiryo.original", "read")
LEDGER = Permission("shiryo.ledger", "read")
WORK = Permission("shiryo.work", "read")
WORK_WRITE = Permission("shiryo.work", "write")
WORK_CONFIRM = Permission("shiryo.work", "confirm")
EXPECTATION_WRITE = Permission("shiryo.expectation", "write")
FORWARDING_WRITE = Permission("shiryo.forwarding", "write")
