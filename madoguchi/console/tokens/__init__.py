"""Tokens of the operator's own systems."""
