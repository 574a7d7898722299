"""資料併合 (C-1): from the documents of a person to the facts of the calculation, each with its origin."""
