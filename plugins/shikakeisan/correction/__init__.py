"""賦課更正 (D): proposals that another person approves, single and in bulk."""
