"""GraphQL over HTTP: the guarded way in, fields with permissions, scalars, pages, loaders, typed errors."""
