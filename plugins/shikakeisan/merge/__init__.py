"""資料併合 (C-1): from everybody's documents to one basis of facts, each with its origin."""
