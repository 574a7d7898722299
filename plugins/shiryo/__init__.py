"""課税資料 (shiryo): deliveries, files, records; reading, checking, attaching; the ledger."""
