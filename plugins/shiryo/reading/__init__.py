"""Reading source documents (課税資料): bytes to records with findings, by layouts that are dated data."""
