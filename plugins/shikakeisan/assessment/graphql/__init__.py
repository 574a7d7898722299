"""Assessments, their explanation, runs and undecided people by GraphQL."""
