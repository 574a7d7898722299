"""The decisions of 課税資料: receiving, reading, attaching, work items, the ledger. Nothing here commits."""
