"""The merge over GraphQL: bases with their origins, claims, findings, officers' decisions."""
