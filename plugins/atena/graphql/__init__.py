"""What 宛名 brings into the GraphQL schema."""
