"""Worked examples: published figures as data, run against the rules to the yen."""
