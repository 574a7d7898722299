"""Return forms by GraphQL."""
