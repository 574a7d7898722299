"""The commands of 課税資料: `intake`, `ledger`, `worklist`."""
