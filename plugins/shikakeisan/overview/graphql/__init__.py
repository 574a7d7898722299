"""Years, circumstances that take effect, and findings about the base over GraphQL."""
