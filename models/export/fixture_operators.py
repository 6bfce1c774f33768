"""Operators, one family at a time."""
FIXTURES = []
