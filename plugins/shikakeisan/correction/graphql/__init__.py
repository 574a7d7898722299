"""Corrections by GraphQL."""
