"""The documents of a year as records of the layouts of 課税資料, and the facts that they state together."""
