"""The base of 1 January and its circumstances over GraphQL."""
