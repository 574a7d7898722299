"""Storage: PostgreSQL, embedded or given; sessions, tables, migrations."""
