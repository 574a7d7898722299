"""The engine of the rules: registry, graph, block evaluation and explanation. Knows no tax word."""
