"""Inquiries by GraphQL."""
