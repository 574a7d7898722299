"""Long work kept in PostgreSQL: progress, cancel, resume, visible while it runs."""
