"""All SQL of 課税資料."""
