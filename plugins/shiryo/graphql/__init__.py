"""What 課税資料 brings into the GraphQL schema."""
