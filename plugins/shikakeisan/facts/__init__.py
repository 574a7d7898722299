"""The facts about a person: their vocabulary, schema, strict validation and columns."""
